/** Where the reviewer wants to be once a conversation is open. */
export const wanted: {
  /** The conversation whose question it is. */
  question: string | null;
  /** The message, and the conversation it is of. */
  message: { conversation: string; message: string } | null;
} = { question: null, message: null };

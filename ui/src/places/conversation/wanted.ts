/** What is wanted of a conversation once it is open, by its id. */
type Wanted = {
  /** Its question. */
  question: string | null;
  /** The focus, at the turn the reviewer comes to. */
  focus: string | null;
  /** Its sound, from the beginning. */
  sound: string | null;
  /** The message, and the conversation it is of. */
  message: { conversation: string; message: string } | null;
};

export const wanted: Wanted = { question: null, focus: null, sound: null, message: null };

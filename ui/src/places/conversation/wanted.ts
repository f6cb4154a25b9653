/** The conversation whose question the reviewer wants to go to, once it is open. */
export const wanted: { question: string | null } = { question: null };

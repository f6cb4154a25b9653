/** Where in the window the reviewer is. */
export type Place = "conversations" | "feedback" | "settings";

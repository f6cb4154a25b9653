/** One row of the list of all comments. */
import type { CommentView, FeedbackRow } from "../../backend";

/** Whether it can be dealt with, and is not. */
export const isOpen = ({ interactionId, resolved }: FeedbackRow) => interactionId !== null && !resolved;

/** A row as a comment of its conversation. */
export function commentOf(row: FeedbackRow): CommentView {
  const { id, author, createdAt, text, interactionId, messageId, resolved, dealt } = row;
  return { id, author, createdAt, text, interactionId, messageId, resolved, dealt };
}

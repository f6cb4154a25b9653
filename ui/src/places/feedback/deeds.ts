/** What is done with the comment that is looked at. */
import type { CommentView } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import type { Comments } from "../conversation/comments.svelte";

/** Resolves a comment, or opens it again. Answers whether that was kept. */
export async function setResolved(
  comments: Comments,
  comment: CommentView,
  resolved: boolean,
): Promise<boolean> {
  if (comment.interactionId === null || comment.resolved === resolved) return false;
  const kept = await comments.setResolved(comment, resolved);
  if (kept) toast(resolved ? "Comment resolved." : "Comment reopened.", () => perform("undo"));
  return kept;
}

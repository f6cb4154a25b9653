/**
 * Comments that were taken away. Each is deleted when the time to take it back is over, or sooner when the account changes or
 * the window closes. All this is kept outside the conversation that is shown: turning to another one must not stop it, and
 * coming back in time must not show the comment again.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { backend, troubleFrom } from "../../backend";
import type { Problem } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { holdBack } from "../../lib/held-back";

/** How long a deleted comment can be taken back, in milliseconds. */
export const UNDO_MS = 5_000;

const leaving = new SvelteSet<string>();
// Those that went: an older reading of the comments may still hold them.
const gone = new SvelteSet<string>();
/** Why the last change of a comment was refused, by its id. */
export const refusals = new SvelteMap<string, Problem>();

// Counts the accounts: what belongs to an earlier one must neither be sent to a later one nor be shown there.
let account = 0;

/** Whether a comment was taken away and must not be shown. */
export const isTaken = (comment: string) => leaving.has(comment) || gone.has(comment);

/**
 * Deletes a comment when the time to take it back is over. Answers how to take it back, which in turn answers whether that
 * is too late because it is deleted. `onrefused` is told why the server kept it.
 */
export function deleteSoon(
  conversation: string,
  comment: string,
  onrefused: (problem: Problem) => void,
): () => Promise<boolean> {
  const mine = account;
  let deletion: Promise<boolean> | undefined;
  const isMine = () => mine === account;

  const letGo = () => {
    clearTimeout(timer);
    release();
  };
  const send = () => {
    letGo();
    if (isMine()) deletion ??= remove(conversation, comment, isMine, onrefused);
    return deletion ?? Promise.resolve(false);
  };
  const timer = setTimeout(() => void send(), UNDO_MS);
  const release = holdBack(send);
  refusals.delete(comment);
  leaving.add(comment);
  // A window that closes may send nothing any more; the shell can. Should it refuse, the time still runs here.
  void backend.deleteCommentWhenClosing(conversation, comment).catch(() => {});

  return () => {
    if (!isMine()) return Promise.resolve(false);
    if (deletion) return deletion;
    letGo();
    leaving.delete(comment);
    void backend.keepCommentWhenClosing(comment).catch(() => {});
    return Promise.resolve(false);
  };
}

async function remove(
  conversation: string,
  comment: string,
  isMine: () => boolean,
  onrefused: (problem: Problem) => void,
): Promise<boolean> {
  try {
    await backend.deleteComment(conversation, comment);
    if (isMine()) gone.add(comment);
    return true;
  } catch (thrown) {
    const problem = troubleFrom(thrown);
    if (isMine()) {
      refusals.set(comment, problem);
      onrefused(problem);
    }
    // By now the reviewer may be anywhere; the comment itself says it too, where it stands.
    toast(`A comment was not deleted and is shown again. ${problem.message}`);
    return false;
  } finally {
    if (isMine()) leaving.delete(comment);
  }
}

/** Forgets everything: another account is signed in. */
export function forgetDeletions(): void {
  account += 1;
  leaving.clear();
  gone.clear();
  refusals.clear();
}

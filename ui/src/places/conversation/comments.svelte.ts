/**
 * A conversation's comments while they are written: every change shows at once, says it is being saved, and goes back with
 * the reason when it is refused.
 */
import { SvelteSet } from "svelte/reactivity";
import { backend, Trouble, troubleFrom } from "../../backend";
import type { CommentsView, CommentView, PersonView, Problem } from "../../backend";
import { deleteSoon, isTaken, refusals } from "./deletions.svelte";
import { deskOf, typedAt, type Desk } from "./drafts";

/** Why an edit is not offered. */
export const RESOLVED_IS_CLOSED = "A resolved comment cannot be edited. Reopen it first.";

/** Refusals that may come of somebody having changed or deleted the comment meanwhile. */
const STALE = new Set<Problem["code"]>(["comment-refused", "refused", "not-found"]);
const DELETED: Problem = {
  code: "not-found",
  message: "This comment was deleted meanwhile.",
  retryable: false,
  retryAfterMs: null,
  reference: null,
};
const RESOLVED = "This comment was resolved meanwhile, and a resolved one cannot be edited.";
const STILL_THERE = "This comment could not be found just now, but it is still there. Do it once more.";

type Change = Partial<Pick<CommentView, "text" | "resolved">>;

/** Whether a comment has not reached the server yet, so that nothing can be done to it there. */
export const isUnsent = (comment: CommentView) => comment.id.startsWith(UNSENT);
const UNSENT = "unsent-";

const byAge = (a: CommentView, b: CommentView) => Date.parse(a.createdAt) - Date.parse(b.createdAt);

/** Each id once, as two of the same could not be told apart: the first place it has, and what it says there. */
function onceEach(comments: readonly CommentView[]): CommentView[] {
  const byId = new Map<string, CommentView>();
  for (const comment of comments) if (!byId.has(comment.id)) byId.set(comment.id, comment);
  return [...byId.values()];
}

export class Comments {
  /** Whether this server keeps comments; absent until known. */
  support = $state.raw<CommentsView["support"] | null>(null);
  /** Feedback of a kind that cannot be shown. */
  unreadable = $state(0);
  reading = $state(false);
  /** Why they could not be read. */
  problem = $state.raw<Problem | null>(null);
  /** Comments a change of which is on its way. */
  readonly saving = new SvelteSet<string>();
  /** Why the last change of a comment was refused, by its id. */
  readonly refused = refusals;

  /** Comments that are not on the server any more, and stay until the reviewer has put them away. */
  readonly gone = new SvelteSet<string>();

  #conversation: string;
  #desk: Desk;
  #me: PersonView;
  #kept = $state.raw<readonly CommentView[]>([]);
  #made = 0;
  #asked = 0;

  /** The comments that are shown, oldest first. */
  readonly shown = $derived(this.#kept.filter(({ id }) => !isTaken(id)));
  /** Those still to be dealt with. */
  readonly open = $derived(
    this.shown.filter(
      ({ id, interactionId, resolved }) => interactionId !== null && !resolved && !this.gone.has(id),
    ),
  );

  constructor(conversation: string, me: PersonView) {
    this.#conversation = conversation;
    this.#desk = deskOf(conversation);
    this.#me = me;
  }

  /** Reads them. */
  async read(): Promise<void> {
    const asked = ++this.#asked;
    this.reading = true;
    this.problem = null;
    try {
      const view = await backend.listComments(this.#conversation);
      if (asked !== this.#asked) return;
      this.support = view.support;
      this.unreadable = view.unreadable;
      this.#keep(view.comments);
    } catch (thrown) {
      if (asked === this.#asked) this.problem = troubleFrom(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  /** Writes a comment on an interaction, or on the whole conversation. Answers why not, if it was refused. */
  async add(interaction: string | null, text: string): Promise<Problem | null> {
    this.#made += 1;
    const id = `${UNSENT}${this.#made}`;
    this.saving.add(id);
    this.#kept = [
      ...this.#kept,
      {
        id,
        author: this.#me,
        createdAt: new Date().toISOString(),
        text,
        interactionId: interaction,
        resolved: false,
      },
    ];
    try {
      const comment = await backend.addComment(this.#conversation, interaction, text);
      this.#put(id, comment);
      return null;
    } catch (thrown) {
      this.#kept = this.#kept.filter((other) => other.id !== id);
      return troubleFrom(thrown);
    } finally {
      this.saving.delete(id);
    }
  }

  /** Changes what a comment says. Answers whether it was saved. */
  edit(comment: CommentView, text: string): Promise<boolean> {
    return this.#change(comment, { text }, () => backend.editComment(this.#conversation, comment.id, text));
  }

  /** Resolves or reopens a comment. Answers whether it was saved. */
  setResolved(comment: CommentView, resolved: boolean): Promise<boolean> {
    return this.#change(comment, { resolved }, () =>
      backend.setCommentResolved(this.#conversation, comment.id, resolved),
    );
  }

  /**
   * Takes a comment away; it is deleted when the time to take it back is over. Answers how to take it back, which works
   * later too: a comment that is gone already is written again.
   */
  remove(comment: CommentView): () => void {
    const takeBack = deleteSoon(this.#conversation, comment.id, (problem) => {
      if (STALE.has(problem.code)) void this.read();
    });
    return () => void takeBack().then((deleted) => (deleted ? this.#writeAgain(comment) : undefined));
  }

  /** Puts away one that is not on the server any more. */
  putAway(id: string): void {
    this.gone.delete(id);
    this.refused.delete(id);
    this.#kept = this.#kept.filter((comment) => comment.id !== id);
  }

  /** Takes what the server has now. What is missing there stays while it is being changed or holds unsent words. */
  #keep(listed: readonly CommentView[]): void {
    const there = new Set(listed.map(({ id }) => id));
    const held = this.#kept.filter(
      ({ id }) =>
        !there.has(id) && (this.saving.has(id) || typedAt(this.#desk, id) !== "" || this.gone.has(id)),
    );
    this.gone.clear();
    const [sending, gone] = [held.filter(isUnsent), held.filter((comment) => !isUnsent(comment))];
    for (const { id } of gone) {
      this.gone.add(id);
      this.refused.set(id, DELETED);
    }
    // Where each stood, so that nothing the reviewer is at moves away.
    this.#kept = onceEach([...[...listed, ...gone].sort(byAge), ...sending]);
  }

  async #writeAgain(comment: CommentView): Promise<void> {
    const problem = await this.add(comment.interactionId, comment.text);
    const again = this.#kept.at(-1);
    if (problem === null && comment.resolved && again) await this.setResolved(again, true);
  }

  async #change(before: CommentView, change: Change, send: () => Promise<CommentView>): Promise<boolean> {
    if (this.saving.has(before.id)) return false;
    this.refused.delete(before.id);
    this.saving.add(before.id);
    this.#put(before.id, { ...before, ...change });
    try {
      this.#put(before.id, await send());
      return true;
    } catch (thrown) {
      this.#put(before.id, before);
      const problem = troubleFrom(thrown);
      if (STALE.has(problem.code)) await this.read();
      return this.#refuse(before.id, change, problem);
    } finally {
      this.saving.delete(before.id);
    }
  }

  /** Says why a change was refused, going by the comment as it is now. Answers whether it stands as wanted all the same. */
  #refuse(id: string, change: Change, problem: Problem): boolean {
    if (this.gone.has(id)) return false;
    const now = this.#kept.find((comment) => comment.id === id);
    const { text = now?.text, resolved = now?.resolved } = change;
    if (now && now.text === text && now.resolved === resolved) return true;
    let message = problem.message;
    if (change.text !== undefined && now?.resolved) message = RESOLVED;
    else if (problem.code === "not-found" && this.problem === null) message = STILL_THERE;
    const { code, retryable, retryAfterMs, reference } = problem;
    this.refused.set(id, new Trouble({ code, message, retryable, retryAfterMs, reference }));
    return false;
  }

  #put(id: string, comment: CommentView): void {
    this.#kept = onceEach(this.#kept.map((other) => (other.id === id ? comment : other)));
  }
}

/**
 * A conversation's comments while they are written: every change shows at once, says it is being saved, and goes back with
 * the reason when it is refused.
 */
import { SvelteSet } from "svelte/reactivity";
import { backend, troubleFrom } from "../../backend";
import type { CommentsView, CommentView, PersonView, Problem } from "../../backend";
import { deleteSoon, isTaken, refusals } from "./deletions.svelte";

/** Why an edit is not offered. */
export const RESOLVED_IS_CLOSED = "A resolved comment cannot be edited. Reopen it first.";

/** Whether a comment has not reached the server yet, so that nothing can be done to it there. */
export const isUnsent = (comment: CommentView) => comment.id.startsWith(UNSENT);
const UNSENT = "unsent-";

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

  #conversation: string;
  #me: PersonView;
  #kept = $state.raw<readonly CommentView[]>([]);
  #made = 0;
  #asked = 0;

  /** The comments that are shown, oldest first. */
  readonly shown = $derived(this.#kept.filter(({ id }) => !isTaken(id)));
  /** Those still to be dealt with. */
  readonly open = $derived(
    this.shown.filter((comment) => comment.interactionId !== null && !comment.resolved),
  );

  constructor(conversation: string, me: PersonView) {
    this.#conversation = conversation;
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
      const sending = this.#kept.filter((comment) => this.saving.has(comment.id));
      this.#kept = onceEach([...view.comments, ...sending]);
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
    return this.#change(comment, { ...comment, text }, () =>
      backend.editComment(this.#conversation, comment.id, text),
    );
  }

  /** Resolves or reopens a comment. Answers whether it was saved. */
  setResolved(comment: CommentView, resolved: boolean): Promise<boolean> {
    return this.#change(comment, { ...comment, resolved }, () =>
      backend.setCommentResolved(this.#conversation, comment.id, resolved),
    );
  }

  /**
   * Takes a comment away; it is deleted when the time to take it back is over. Answers how to take it back, which works
   * later too: a comment that is gone already is written again.
   */
  remove(comment: CommentView): () => void {
    const takeBack = deleteSoon(this.#conversation, comment.id);
    return () => void takeBack().then((deleted) => (deleted ? this.#writeAgain(comment) : undefined));
  }

  async #writeAgain(comment: CommentView): Promise<void> {
    const problem = await this.add(comment.interactionId, comment.text);
    const again = this.#kept.at(-1);
    if (problem === null && comment.resolved && again) await this.setResolved(again, true);
  }

  async #change(before: CommentView, after: CommentView, send: () => Promise<CommentView>): Promise<boolean> {
    if (this.saving.has(before.id)) return false;
    this.refused.delete(before.id);
    this.saving.add(before.id);
    this.#put(before.id, after);
    try {
      this.#put(before.id, await send());
      return true;
    } catch (thrown) {
      this.#put(before.id, before);
      this.refused.set(before.id, troubleFrom(thrown));
      return false;
    } finally {
      this.saving.delete(before.id);
    }
  }

  #put(id: string, comment: CommentView): void {
    this.#kept = onceEach(this.#kept.map((other) => (other.id === id ? comment : other)));
  }
}

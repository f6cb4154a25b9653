/** A conversation's comments while they are written. */
import { SvelteMap } from "svelte/reactivity";
import { backend, troubleFrom } from "../../backend";
import type { CommentsView, CommentView, Problem, WorkView } from "../../backend";
import { deskOf, typedOn, type Desk } from "./drafts";
import type { Work } from "./work.svelte";

/** Why an edit is not offered. */
export const RESOLVED_IS_CLOSED = "A resolved comment cannot be edited. Reopen it first.";

const byAge = (a: CommentView, b: CommentView) => Date.parse(a.createdAt) - Date.parse(b.createdAt);

export class Comments {
  /** Whether this server keeps comments; absent until known. */
  support = $state.raw<CommentsView["support"] | null>(null);
  /** When the server told what is shown, where it cannot be asked now. */
  keptSince = $state.raw<string | null>(null);
  /** Feedback of a kind that cannot be shown. */
  unreadable = $state(0);
  reading = $state(false);
  /** Why they could not be read. */
  problem = $state.raw<Problem | null>(null);
  /** Why the last change of a comment was refused, by its id. */
  readonly refused = new SvelteMap<string, Problem>();

  readonly #conversation: string;
  readonly #desk: Desk;
  readonly #work: Work;
  /** Comments that vanished while something typed for them was not saved: they stay until the reviewer puts them away. */
  #gone = $state.raw<readonly CommentView[]>([]);
  /** Those the reviewer has deleted: what was typed for them waits for them to come back. */
  #removed = new Set<string>();
  #asked = 0;

  /** The comments that are shown, oldest first: where each stood, so that nothing the reviewer is at moves away. */
  readonly shown = $derived.by(() => {
    const { comments } = this.#work;
    return this.#gone.length === 0 ? comments : [...comments, ...this.#gone].sort(byAge);
  });
  /** Those still to be dealt with. */
  readonly open = $derived.by(() =>
    this.#work.comments.filter(({ interactionId, resolved }) => interactionId !== null && !resolved),
  );

  constructor(conversation: string, work: Work) {
    this.#conversation = conversation;
    this.#desk = deskOf(conversation);
    this.#work = work;
    work.onTaken((before, now) => this.#follow(before, now));
  }

  /** The message of an interaction the reviewer is at, if he is at one of it. */
  messageIn: (interaction: string) => string | null = () => null;

  /** Whether a comment vanished. */
  isGone = (id: string) => this.#gone.some((comment) => comment.id === id);

  /** Reads them from the server. */
  async read(): Promise<void> {
    const asked = ++this.#asked;
    this.reading = true;
    this.problem = null;
    try {
      const view = await this.#work.askSlowly(() => backend.listComments(this.#conversation));
      if (asked !== this.#asked) return;
      this.support = view.support;
      this.keptSince = view.keptSince;
      this.unreadable = view.unreadable;
    } catch (thrown) {
      if (asked === this.#asked) this.problem = troubleFrom(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  /** Writes a comment on a message, on its interaction, or on the whole conversation. Answers why not, if it was refused. */
  async add(
    interaction: string | null,
    text: string,
    message = interaction === null ? null : this.messageIn(interaction),
  ): Promise<Problem | null> {
    try {
      await this.#work.edit(() => this.#write(interaction, message, text));
      return null;
    } catch (thrown) {
      return troubleFrom(thrown);
    }
  }

  /** Answers a comment: another one on the same turn. Answers whether that was kept. */
  reply({ id, interactionId, messageId }: CommentView, text: string): Promise<boolean> {
    return this.#change(id, () => this.#write(interactionId, messageId, text));
  }

  /** Resolves a comment with a reason, which stands as a reply before. Answers whether that was kept. */
  resolveWith({ id }: CommentView, reason: string): Promise<boolean> {
    return this.#change(id, () => backend.resolveWithReason(this.#conversation, id, reason));
  }

  /** Changes what a comment says. Answers whether that was kept. */
  edit({ id }: CommentView, text: string): Promise<boolean> {
    return this.#change(id, () => backend.editComment(this.#conversation, id, text));
  }

  /** Resolves or reopens a comment. Answers whether that was kept. */
  setResolved({ id }: CommentView, resolved: boolean): Promise<boolean> {
    return this.#change(id, () => backend.setCommentResolved(this.#conversation, id, resolved));
  }

  /** Deletes a comment. Answers whether that was kept. */
  async remove({ id }: CommentView): Promise<boolean> {
    const done = await this.#change(id, () => {
      this.#removed.add(id);
      return backend.deleteComment(this.#conversation, id);
    });
    if (!done) this.#removed.delete(id);
    return done;
  }

  /** Puts away one that vanished. */
  putAway(id: string): void {
    this.#gone = this.#gone.filter((comment) => comment.id !== id);
  }

  #write(interaction: string | null, message: string | null, text: string): Promise<WorkView> {
    return interaction !== null && message !== null
      ? backend.commentOnTurn(this.#conversation, interaction, message, text)
      : backend.addComment(this.#conversation, interaction, text);
  }

  async #change(id: string, call: () => Promise<WorkView>): Promise<boolean> {
    this.refused.delete(id);
    try {
      await this.#work.edit(call);
      return true;
    } catch (thrown) {
      this.refused.set(id, troubleFrom(thrown));
      return false;
    }
  }

  #follow(before: WorkView, now: WorkView): void {
    const there = new Set(now.comments.map(({ id }) => id));
    for (const id of there) this.#removed.delete(id);
    const lost = before.comments.filter(
      ({ id }) => !there.has(id) && !this.#removed.has(id) && typedOn(this.#desk, id) !== "",
    );
    if (lost.length > 0 || this.#gone.length > 0)
      this.#gone = [...this.#gone.filter(({ id }) => !there.has(id)), ...lost];
  }
}

/**
 * A conversation's tags and comments as the reviewer has made them, whether the server knows it already or not, and where each
 * change is. The shell keeps all this and answers at once with the whole of it.
 */
import { SvelteSet } from "svelte/reactivity";
import { backend } from "../../backend";
import type { CardView, ChangeView, Choice, CommentView, ShownIn, TagView, WorkView } from "../../backend";
import { forgetUndos } from "../../elements/toasts.svelte";
import { countOpen } from "../../lib/open-comments.svelte";
import { keepSame } from "../../lib/same";
import { sameInRow, type RowWork } from "../conversations/row";

/** How long it is said that a change was sent, in milliseconds. */
export const SENT_MS = 4_000;

/** Where a change is. */
export type Whereabouts = "saved here" | "needs you" | "only here" | "sent";

/** A change the reviewer is asked about. */
export type Question = ChangeView & { card: CardView };

/** Hears of every new state, and what stood before. */
type Hearer = (before: WorkView, now: WorkView) => void;

const tagNamed = (key: string) => `tag/${key}`;
const commentNamed = (id: string) => `comment/${id}`;
const subjectOf = ({ tag, comment }: ChangeView) =>
  tag === null ? commentNamed(comment ?? "") : tagNamed(tag);

/** Each id once, as two of the same could not be told apart: the first place it has, and what it says there. */
function onceEach(comments: readonly CommentView[]): CommentView[] {
  const byId = new Map<string, CommentView>();
  for (const comment of comments) if (!byId.has(comment.id)) byId.set(comment.id, comment);
  return [...byId.values()];
}

export class Work {
  #view = $state.raw<WorkView>({
    tags: [],
    comments: [],
    review: null,
    flags: [],
    changes: [],
  });
  readonly #sent = new SvelteSet<string>();
  readonly #conversation: string;
  /** Told the tags and the review whenever they are not those it knows. */
  readonly #saved: (work: RowWork) => void;
  #known: RowWork;
  #hearers: Hearer[] = [];
  #line: Promise<unknown> = Promise.resolve();
  #asked = 0;

  readonly tags = $derived(this.#view.tags);
  readonly comments = $derived(this.#view.comments);
  /** The messages that are flagged. */
  readonly flags = $derived(this.#view.flags);
  /** How far the review is; nothing before anybody has begun. */
  readonly review = $derived(this.#view.review);
  /** What the reviewer is asked, in the order the changes were made. */
  readonly questions = $derived(
    this.#view.changes.filter((change): change is Question => change.card !== null),
  );
  readonly #waiting = $derived.by(() => {
    const waiting = new Map<string, Whereabouts>();
    for (const change of this.#view.changes) {
      const subject = subjectOf(change);
      if (change.card) waiting.set(subject, "needs you");
      else if (change.onlyHere) waiting.set(subject, "only here");
      else if (!waiting.has(subject)) waiting.set(subject, "saved here");
    }
    return waiting;
  });

  constructor(conversation: string, known: RowWork, saved: (work: RowWork) => void) {
    this.#conversation = conversation;
    this.#known = known;
    this.#saved = saved;
    this.showAs(known);
  }

  /** Shows what stands in the list: nothing else is known before it is read. */
  showAs(known: RowWork): void {
    this.#known = known;
    this.#view = { ...this.#view, tags: known.tags, review: known.review };
  }

  /** Says in which place it is edited from now on, before anything that is edited. */
  showIn(place: ShownIn): void {
    this.#line = this.#line.then(() => backend.showIn(this.#conversation, place)).catch(() => {});
  }

  /** Where the change of a tag is; nothing when the server has what is shown. */
  ofTag = (key: string) => this.#whereIs(tagNamed(key));
  /** Where the change of a comment is. */
  ofComment = (id: string) => this.#whereIs(commentNamed(id));

  #whereIs(subject: string): Whereabouts | null {
    return this.#waiting.get(subject) ?? (this.#sent.has(subject) ? "sent" : null);
  }

  /** Calls on every new state. */
  onTaken(hear: Hearer): void {
    this.#hearers.push(hear);
  }

  /** Reads everything anew from this computer. */
  async read(): Promise<void> {
    // What is shown stays; whatever is amiss is said where something is done.
    await this.#ask(() => backend.readWork(this.#conversation)).catch(() => {});
  }

  /** Notes what stands in the list: where something else comes to be shown here, the list is told. Answers whether both are the same. */
  told(known: RowWork): boolean {
    this.#known = known;
    return sameInRow(this.#view, known);
  }

  /** Makes a change. Throws when it breaks a rule or cannot be kept on this computer. */
  async edit(call: () => Promise<WorkView>): Promise<void> {
    // From now on "undo" means this change, and no earlier one.
    forgetUndos();
    await this.#ask(call);
  }

  /** Answers a question. */
  choose = (change: string, choice: Choice): Promise<void> =>
    this.edit(() => backend.chooseSide(change, choice));

  /** Asks for something slow that holds the work too, which may be older than what was done meanwhile. */
  async askSlowly<T extends { work: WorkView }>(call: () => Promise<T>): Promise<T> {
    const asked = this.#asked;
    const answer = await call();
    if (asked === this.#asked) this.#take(answer.work);
    else void this.read();
    return answer;
  }

  /** One call after the other: each answer is the whole of it, and an older one must not overwrite a newer one. */
  #ask(call: () => Promise<WorkView>): Promise<void> {
    this.#asked += 1;
    const answered = this.#line.then(call).then((view) => this.#take(view));
    this.#line = answered.catch(() => {});
    return answered;
  }

  #take(view: WorkView): void {
    const before = this.#view;
    // An edit changes one of them: the rest is not drawn anew, nor the waveform with the marks of comments.
    const now = {
      ...view,
      tags: keepSame(before.tags, view.tags),
      comments: keepSame(before.comments, onceEach(view.comments)),
      flags: keepSame(before.flags, view.flags),
      changes: keepSame(before.changes, view.changes),
    };
    this.#view = now;
    this.#noteSent(before, now);
    if (now.comments !== before.comments) countOpen([this.#conversation]);
    for (const hear of this.#hearers) hear(before, now);
    if (sameInRow(now, this.#known)) return;
    this.#known = { tags: now.tags, review: now.review };
    this.#saved(this.#known);
  }

  /** What was waiting and stands unchanged was sent; what was taken back does not stand any more. */
  #noteSent(before: WorkView, now: WorkView): void {
    for (const change of before.changes) {
      const subject = subjectOf(change);
      if (change.card || now.changes.some((other) => subjectOf(other) === subject)) continue;
      const { tag, comment } = change;
      const said = (view: WorkView) =>
        tag === null
          ? view.comments.find(({ id }) => id === comment)
          : view.tags.find(({ key }) => key === tag);
      const [was, is] = [said(before), said(now)];
      if (was && is && saysTheSame(was, is)) this.#say(subject);
    }
  }

  #say(subject: string): void {
    this.#sent.add(subject);
    setTimeout(() => this.#sent.delete(subject), SENT_MS);
  }
}

function saysTheSame(was: TagView | CommentView, is: TagView | CommentView): boolean {
  if ("key" in was || "key" in is) return "value" in was && "value" in is && was.value === is.value;
  return was.text === is.text && was.resolved === is.resolved;
}

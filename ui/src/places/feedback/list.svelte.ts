/**
 * The list of all comments: pages of it as the store gives them, the one that is looked at, and what the reviewer did. What was
 * dealt with stays where it stood until the list is read anew, so that nothing moves under the reviewer.
 */
import { SvelteMap } from "svelte/reactivity";
import { backend, troubleFrom } from "../../backend";
import type {
  ConversationRow,
  FeedbackChoice,
  FeedbackPage,
  FeedbackRow,
  PageToken,
  Trouble,
  Turn,
  WorkView,
} from "../../backend";
import { Selection } from "../../elements/selection.svelte";
import { whereNow } from "../../elements/rows";
import { EVERYTHING, filterFrom as everything } from "../conversations/filters";
import { filterFrom, OPEN, type Narrowing } from "./narrowing";
import { putBack, readFar, type Beginning } from "./pages";
import { isOpen } from "./row";

/** Turns the shell is told of. */
const AHEAD = 100;
/** Rows in one answer at most. */
const MOST = 200;
/** Pages that are read to find the next open one. */
const FAR = 50;

export class FeedbackList {
  /** What has been read. Raw: a deep proxy over 10,000 rows would be slow. */
  rows = $state.raw<readonly FeedbackRow[]>([]);
  narrowing = $state.raw<Narrowing>(OPEN);
  /** How many the filter let through when it was read. */
  total = $state(0);
  /** Rises with every new beginning. */
  epoch = $state(0);
  loading = $state(false);
  trouble = $state.raw<Trouble | null>(null);
  /** Which reading of the organization's comments the rows come from; nothing before the first page. */
  revision = $state<number | null>(null);
  /** The row the reviewer is at. */
  at = $state(0);
  /** The comment that is looked at. */
  opened = $state.raw<string | null>(null);
  /** Whether the end was reached with nothing left to do. */
  done = $state(false);
  /** The conversations of the rows; `null` is one that is not on the server any more. */
  readonly conversations = new SvelteMap<string, ConversationRow | null>();

  /** The comments something is to be done with at once; none is all of them. */
  readonly selection = new Selection();

  readonly #me: string;
  #next = $state.raw<PageToken | null>(null);
  /** The page that is being read. */
  #page: Promise<boolean> | null = null;
  /** The beginning that is being read, or was read last. */
  #anew: Promise<void> = Promise.resolve();
  /** Counts what is asked; answers to anything older are thrown away. */
  #asked = 0;
  /** Conversations of rows that were changed since the beginning was asked for. */
  readonly #touched = new Set<string>();
  #told = "";

  readonly current = $derived.by((): FeedbackRow | undefined =>
    this.rows.find(({ id }) => id === this.opened),
  );
  /** The open comment that will be looked at next in another conversation. */
  readonly following = $derived.by((): FeedbackRow | undefined =>
    this.rows
      .slice(this.at + 1, this.at + 1 + AHEAD)
      .find((row) => isOpen(row) && row.conversationId !== this.current?.conversationId),
  );
  readonly complete = $derived(this.revision !== null && this.#next === null);

  constructor(me: string) {
    this.#me = me;
  }

  /** Reads it from its beginning, narrowed anew. */
  narrow(narrowing: Narrowing, revision = this.revision ?? 0): Promise<void> {
    this.narrowing = narrowing;
    this.selection.clear();
    return (this.#anew = this.#begin(revision));
  }

  /** Reads it anew as far as it was read, as more of the organization's comments are known. The reviewer stays where he is. */
  refresh(revision: number): Promise<void> {
    return (this.#anew = this.rows.length === 0 ? this.#begin(revision) : this.#renew(revision));
  }

  async #begin(revision: number): Promise<void> {
    const read = await this.#readFar(0);
    if (read === null) return;
    this.epoch += 1;
    this.#stand(read, revision);
    await this.#settle(0);
  }

  async #renew(revision: number): Promise<void> {
    const read = await this.#readFar(this.rows.length);
    if (read === null) return;
    const [stood, at, { current, done }] = [this.rows, this.at, this];
    this.#stand(read, revision);
    // Nobody is taken away from what he looks at.
    if (current && !done && this.current === undefined) {
      this.rows = putBack(current, stood, this.rows);
      this.total += 1;
      this.#touched.add(current.conversationId);
    }
    this.selection.keep(new Set(this.rows.map(({ id }) => id)));
    await this.#settle(whereNow(stood, at, this.rows));
  }

  async #readFar(rows: number): Promise<Beginning | null> {
    const asked = ++this.#asked;
    this.loading = true;
    this.trouble = null;
    this.#touched.clear();
    try {
      return await readFar(
        (next) => this.#ask(next),
        rows,
        () => asked === this.#asked,
      );
    } catch (thrown) {
      if (asked === this.#asked) this.trouble = troubleFrom(thrown);
      return null;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  #ask(next: PageToken | null): Promise<FeedbackPage> {
    return backend.listFeedback(filterFrom(this.narrowing, this.#me, new Date()), next);
  }

  #stand({ rows, conversations, total, next }: Beginning, revision: number): void {
    this.#know(conversations);
    this.rows = rows;
    this.total = total;
    this.#next = next;
    this.revision = revision;
    this.done = false;
  }

  /** Goes to where the reviewer was, or to a row where that is gone. */
  async #settle(otherwise: number): Promise<void> {
    const at = this.rows.findIndex(({ id }) => id === this.opened);
    this.at = at >= 0 ? at : otherwise;
    if (at < 0 && this.opened !== null) {
      this.opened = null;
      this.open(otherwise);
    } else this.#tell();
    // What was done meanwhile may have been read as it was before.
    await this.readAnew([...this.#touched]);
  }

  /** Reads the next page, or waits for the one that is on its way. Answers whether it brought anything. */
  more(): Promise<boolean> {
    if (this.complete) return Promise.resolve(false);
    this.#page ??= this.#readMore().finally(() => (this.#page = null));
    return this.#page;
  }

  async #readMore(): Promise<boolean> {
    // What comes next is known once the beginning stands.
    for (let anew; anew !== this.#anew;) await (anew = this.#anew);
    if (this.#next === null) return false;
    const asked = this.#asked;
    this.loading = true;
    try {
      const page = await this.#ask(this.#next);
      if (asked !== this.#asked) return false;
      this.#know(page.conversations);
      const known = new Set(this.rows.map(({ id }) => id));
      this.rows = [...this.rows, ...page.rows.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
      return page.rows.length > 0;
    } catch (thrown) {
      if (asked === this.#asked) this.trouble = troubleFrom(thrown);
      return false;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  /** Looks at the comment of a row. */
  open(at: number): boolean {
    const row = this.rows[at];
    if (!row) return false;
    this.at = at;
    this.opened = row.id;
    this.done = false;
    this.#tell();
    return true;
  }

  /** Goes so many rows on, held at both ends. */
  step(by: 1 | -1): boolean {
    return this.open(this.opened === null ? 0 : Math.max(0, Math.min(this.rows.length - 1, this.at + by)));
  }

  /** Goes to the next open one, or the one before; past the end begins again. Answers whether there is one. */
  async nextOpen(by: 1 | -1): Promise<boolean> {
    for (let page = 0; page < FAR; page += 1) {
      const to = this.#openFrom(this.opened === null ? this.at : this.at + by, by);
      if (to >= 0) return this.open(to);
      if (by < 0 || !(await this.more())) break;
    }
    const around = this.#openFrom(by > 0 ? 0 : this.rows.length - 1, by);
    if (around >= 0) return this.open(around);
    // What could not be read may hold more of them.
    this.done = this.complete;
    return false;
  }

  #openFrom(from: number, by: 1 | -1): number {
    for (let at = from; at >= 0 && at < this.rows.length; at += by) if (isOpen(this.rows[at]!)) return at;
    return -1;
  }

  /** Takes over what the reviewer did in a conversation, by what stood there before; `stays` though it is not there any more. */
  take(conversation: string, before: WorkView, now: WorkView, stays: (id: string) => boolean): void {
    const is = new Map(now.comments.map((comment) => [comment.id, comment]));
    const was = new Set(before.comments.map(({ id }) => id));
    const asked = new Set(now.changes.filter(({ card }) => card !== null).map(({ comment }) => comment));
    this.#replace((row) => {
      if (row.conversationId !== conversation) return row;
      const comment = is.get(row.id);
      if (!comment) return was.has(row.id) && !stays(row.id) ? null : row;
      return { ...row, text: comment.text, resolved: comment.resolved, needsYou: asked.has(row.id) };
    });
  }

  /** Reads the rows of these conversations anew. */
  async readAnew(changed: readonly string[]): Promise<void> {
    const there = new Set(this.rows.map(({ conversationId }) => conversationId));
    const ids = changed.filter((id) => there.has(id));
    if (ids.length === 0) return;
    const rows = await backend.feedbackOf(ids).catch(() => null);
    if (rows === null) return;
    const read = new Set(ids);
    const now = new Map(rows.map((row) => [row.id, row]));
    // Where the answer is full, one that is not in it may be there all the same; and nobody is taken away from what he looks at.
    const stays = ({ id }: FeedbackRow) => rows.length >= MOST || id === this.opened;
    this.#replace((row) =>
      read.has(row.conversationId) ? (now.get(row.id) ?? (stays(row) ? row : null)) : row,
    );
  }

  /** What is selected of the list, or all of it. */
  choice(): FeedbackChoice {
    return { filter: filterFrom(this.narrowing, this.#me, new Date()), comments: [...this.selection.ids] };
  }

  /** Those that were selected, or all, were resolved. */
  takeResolved(choice: FeedbackChoice): void {
    const some = new Set(choice.comments);
    const meant = (row: FeedbackRow) => isOpen(row) && (some.size === 0 || some.has(row.id));
    this.#replace((row) => (meant(row) ? { ...row, resolved: true } : row));
    this.selection.clear();
  }

  /** What is known of a row's conversation; asks for it where nothing is. */
  async learn(id: string): Promise<void> {
    if (this.conversations.has(id)) return;
    const page = await backend.listConversations({ ...everything(EVERYTHING), ids: [id] }, null);
    this.conversations.set(id, page.rows[0] ?? null);
  }

  /** Changes rows; nothing in place of one takes it away. The reviewer stays where he is. */
  #replace(change: (row: FeedbackRow) => FeedbackRow | null): void {
    const rows: FeedbackRow[] = [];
    let at = this.at;
    let moved = false;
    this.rows.forEach((row, index) => {
      const changed = change(row);
      const isSame = changed !== null && same(row, changed);
      if (!isSame) this.#touched.add(row.conversationId);
      if (changed) rows.push(isSame ? row : changed);
      else {
        moved = true;
        if (index < this.at) at -= 1;
      }
    });
    if (!moved && rows.every((row, index) => row === this.rows[index])) return;
    this.rows = rows;
    if (!moved) return;
    this.at = Math.max(0, Math.min(at, rows.length - 1));
    if (this.current === undefined) this.opened = rows[this.at]?.id ?? null;
  }

  #know(conversations: readonly ConversationRow[]): void {
    for (const row of conversations) this.conversations.set(row.id, row);
  }

  /** Tells the shell what will be looked at next. */
  #tell(): void {
    const turns: Turn[] = this.rows
      .slice(this.at + 1, this.at + 1 + AHEAD)
      .filter(isOpen)
      .map(({ conversationId, interactionId }) => ({ conversationId, interactionId }));
    const told = JSON.stringify(turns);
    if (told === this.#told) return;
    this.#told = told;
    // Without it everything comes as well, only later.
    void backend.lookAheadAt(turns).catch(() => {});
  }

  /** Another place tells the shell something else: it must be told anew. */
  tellAnew(): void {
    this.#told = "";
    this.#tell();
  }
}

function same(one: FeedbackRow, other: FeedbackRow): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

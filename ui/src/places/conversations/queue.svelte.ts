/**
 * A queue that is open: its conversations as the list shows them, read some at once. Which they are was fixed when it was
 * made; one that is gone since stays at its place, said to be gone.
 */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import {
  backend,
  type ConversationPage,
  type ConversationRow,
  type ItemReason,
  type PageToken,
  type QueueItemView,
  type QueueView,
} from "../../backend";
import { EVERYTHING, filterFrom } from "./filters";
import { isAmong, progressOf, type Only } from "./queue-progress";

/** Conversations in one call: as many as the list has on a page. */
const AT_ONCE = 150;

export class OpenQueue {
  readonly queue: QueueView;
  /** What its rows are narrowed by. */
  only = $state<Only>("all");
  /** Those that are not on the server any more. */
  readonly gone = new SvelteSet<string>();
  /** Conversations in which something is typed and not sent. */
  #drafted = $state.raw<ReadonlySet<string>>(new Set());
  #items: readonly QueueItemView[] | null = null;
  #reasons = new Map<string, ItemReason>();
  readonly #rows = new SvelteMap<string, ConversationRow>();
  /** Those that were read since they were asked for anew. */
  #read = new Set<string>();
  /** Since when those that could not be read from the server are kept here. */
  #keptSince: string | null = null;
  #unreadable = 0;

  readonly progress = $derived.by(() => progressOf(this.#rows.values(), this.#drafted));

  constructor(queue: QueueView) {
    this.queue = queue;
  }

  /** Why a conversation is in it. */
  reasonOf = (id: string): ItemReason | undefined => this.#reasons.get(id);

  /** Whether a conversation is in it and cannot be shown. */
  isAbsent = (id: string): boolean => this.#reasons.has(id) && !this.#rows.has(id);

  /** Has everything be read anew. */
  outdate(): void {
    this.#read = new Set();
    this.#keptSince = null;
    this.#unreadable = 0;
  }

  /** The rows from a place on that are among those of the choice, as a page of the list. */
  async page(next: PageToken | null): Promise<ConversationPage> {
    const items = (this.#items ??= await this.#readItems());
    if (next === null) await this.readDrafts();
    let from = Number(next ?? 0);
    for (;;) {
      const chunk = items.slice(from, from + AT_ONCE);
      await this.#readRows(chunk.map(({ id }) => id).filter((id) => !this.#read.has(id)));
      from += chunk.length;
      const rows = chunk
        .map(({ id }) => this.#rows.get(id) ?? absent(id))
        .filter((row) => this.#isShown(row));
      const goesOn = from < items.length;
      if (rows.length === 0 && goesOn) continue;
      return {
        rows,
        next: goesOn ? String(from) : null,
        unreadable: this.#unreadable,
        keptSince: this.#keptSince,
        late: null,
      };
    }
  }

  /** What the server has of these conversations now: `null` for one that is gone. Nothing where it does not tell of all. */
  async askAgain(ids: readonly string[]): Promise<Map<string, ConversationRow | null>> {
    const page = await this.#ask(ids);
    if (!isWhole(page)) return new Map();
    this.#miss(ids, page);
    const there = new Map(page.rows.map((row) => [row.id, row]));
    return new Map(ids.map((id) => [id, there.get(id) ?? null]));
  }

  /** Reads in which conversations something is typed. */
  async readDrafts(): Promise<void> {
    const drafted = await backend.draftedConversations().catch(() => null);
    if (drafted) this.#drafted = new Set(drafted);
  }

  /** Takes over a row that was changed. */
  replace(row: ConversationRow): void {
    if (this.#rows.has(row.id)) this.#rows.set(row.id, row);
  }

  #isShown(row: ConversationRow): boolean {
    return this.#rows.has(row.id) ? isAmong(this.only, row, this.#drafted) : this.only === "all";
  }

  async #readItems(): Promise<readonly QueueItemView[]> {
    const items = await backend.readQueue(this.queue.id);
    this.#reasons = new Map(items.map(({ id, reason }) => [id, reason]));
    return items;
  }

  async #readRows(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const page = await this.#ask(ids);
    for (const row of page.rows) this.#rows.set(row.id, row);
    for (const id of ids) this.#read.add(id);
    this.#keptSince ??= page.keptSince;
    this.#unreadable += page.unreadable;
    if (isWhole(page)) this.#miss(ids, page);
  }

  #ask(ids: readonly string[]): Promise<ConversationPage> {
    return backend.listConversations({ ...filterFrom(EVERYTHING), ids: [...ids] }, null);
  }

  /** Notes which of them are not on the server any more. */
  #miss(ids: readonly string[], page: ConversationPage): void {
    const there = new Set(page.rows.map(({ id }) => id));
    for (const id of ids) {
      if (there.has(id)) this.gone.delete(id);
      else {
        this.gone.add(id);
        this.#rows.delete(id);
      }
    }
  }
}

/** Only the server knows what is not there any more, and only where it told everything else. */
const isWhole = ({ keptSince, unreadable }: ConversationPage) => keptSince === null && unreadable === 0;

/** Stands at the place of a conversation that cannot be shown. */
function absent(id: string): ConversationRow {
  return {
    id,
    user: { id, name: null },
    service: { id: "", name: null },
    version: null,
    createdAt: "",
    isFinished: true,
    finalMessage: "",
    numMessages: 0,
    tags: [],
    review: null,
  };
}

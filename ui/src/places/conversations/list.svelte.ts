/** The list of conversations: pages of it as they are read, what is chosen, and the names that belong to ids. */
import { SvelteMap } from "svelte/reactivity";
import {
  backend,
  Trouble,
  troubleFrom,
  type ConversationPage,
  type ConversationRow,
  type PageToken,
  type ServiceView,
} from "../../backend";
import { whereNow } from "../../elements/rows";
import { countOpen } from "../../lib/open-comments.svelte";
import { Common } from "./common";
import { EVERYTHING, filterFrom, type Narrowing } from "./filters";
import { overtaken, type Overtaken } from "./meanwhile";
import type { OpenQueue } from "./queue.svelte";
import { sameInRow, type RowWork } from "./row";
import { nextUnreviewed } from "./unreviewed";

/** How many people are named in one call. */
const NAMES_AT_ONCE = 100;

/** Pages in a row that may bring nothing before the reviewer is asked whether to go on. */
const EMPTY_PAGES = 2;

/** Why reading stopped though the server says there is more. */
const stopped = (message: string) =>
  new Trouble({ code: "malformed", message, retryable: true, retryAfterMs: null, reference: null });
const LEADS_BACK = "The server’s list leads back to where it was: what comes after it cannot be reached.";
const BRINGS_NOTHING = "The server says there is more, but its latest pages brought nothing new.";

export class ConversationList {
  /** What has been read, newest first. Raw: a deep proxy over 100,000 rows would be slow. */
  rows = $state.raw<readonly ConversationRow[]>([]);
  narrowing = $state.raw<Narrowing>(EVERYTHING);
  /** Rises with every new beginning; answers to an older one are thrown away. */
  epoch = $state(0);
  loading = $state(false);
  /** Why the latest page is missing. */
  trouble = $state.raw<Trouble | null>(null);
  /** Whether the beginning is being read again, while what was read before still stands. */
  refreshing = $state(false);
  /** Why the beginning could not be read again: what stands is from {@link beganAt}. */
  outdated = $state.raw<Trouble | null>(null);
  /** Whether everything the filters let through has been read. */
  complete = $state(false);
  /** Conversations that came but could not be read. */
  unreadable = $state(0);
  /** When the latest page came; null before the first. */
  readAt = $state.raw<Date | null>(null);
  /** Since when what stands is kept on this computer, where the server is {@link late} or could not be asked for it. */
  keptSince = $state.raw<string | null>(null);
  /** Whether the server's own page is still waited for, while what stands is the one that was kept. */
  late = $state(false);
  /** When the beginning of what stands came; null before that. */
  beganAt = $state.raw<Date | null>(null);
  /** The row the keyboard is at. */
  at = $state(0);
  /** The conversation that is open. */
  opened = $state.raw<ConversationRow | null>(null);
  /** Whether the reviewer came to the end: none that follows is still to be reviewed. */
  over = $state(false);

  /** The queue that is shown in place of what the filters let through. */
  queue = $state.raw<OpenQueue | null>(null);

  /** What others did in the queue, as far as it was not told yet when it was passed over. */
  readonly overtaken = new SvelteMap<string, Overtaken>();

  services = $state.raw<readonly ServiceView[]>([]);
  servicesTrouble = $state.raw<Trouble | null>(null);

  readonly people = new SvelteMap<string, string>();
  #first: Promise<ConversationPage> | null;
  #reading: Promise<void> = Promise.resolve();
  /** Done when the server's own page is there, or will not come. */
  #waiting: Promise<void> | null = null;
  #next: PageToken | null = null;
  #indexes = new Map<string, number>();
  #asked = new Set<string>();
  #common = new Common();
  /** Counts what is asked and what is changed, to tell which came first. */
  #moment = 0;
  /** What was changed here, and when. */
  #changed = new Map<string, { work: RowWork; moment: number }>();

  /** `first` is the beginning of the list, if it was asked for already. */
  constructor(first: Promise<ConversationPage> | null = null) {
    this.#first = first;
  }

  /** Reads the list from its beginning, narrowed anew. */
  async narrow(narrowing: Narrowing): Promise<void> {
    this.queue = null;
    this.narrowing = narrowing;
    this.#begin();
    await this.more();
  }

  /** Shows a queue, and reads all of it: how far it is can only be told of the whole. */
  async show(queue: OpenQueue): Promise<void> {
    this.queue = queue;
    this.#begin();
    await this.#readAll();
  }

  async #readAll(): Promise<void> {
    const { epoch } = this;
    do await this.more();
    while (epoch === this.epoch && !this.complete && !this.trouble);
  }

  /** One page: of the queue that is open, or of what the filters let through. */
  #page(next: PageToken | null): Promise<ConversationPage> {
    return this.queue ? this.queue.page(next) : backend.listConversations(filterFrom(this.narrowing), next);
  }

  /** Reads the list from its beginning as it is narrowed now. What stands stays until the new beginning is there. */
  async refresh(): Promise<void> {
    this.queue?.outdate();
    if (this.rows.length === 0) return this.queue ? this.show(this.queue) : this.narrow(this.narrowing);
    if (this.refreshing || this.late) return;
    const epoch = this.epoch;
    this.refreshing = true;
    this.outdated = null;
    const moment = ++this.#moment;
    try {
      let page = await this.#page(null);
      // What stands was read later than what is kept, or is just that.
      if (page.late && epoch === this.epoch) page = await this.#page(page.late);
      if (epoch !== this.epoch) return;
      this.#begin();
      const isEmpty = this.#take(page, moment) === 0;
      if (this.queue) await this.#readAll();
      else if (isEmpty) await this.more();
    } catch (thrown) {
      if (epoch === this.epoch) this.outdated = troubleFrom(thrown);
    } finally {
      if (epoch === this.epoch) this.refreshing = false;
    }
  }

  /** Starts over with nothing read. */
  #begin(): void {
    this.epoch += 1;
    this.#clear();
    this.loading = false;
    this.refreshing = false;
    this.late = false;
    this.#waiting = null;
    this.trouble = null;
    this.outdated = null;
    this.at = 0;
    this.over = false;
    this.overtaken.clear();
  }

  #clear(): void {
    this.rows = [];
    this.#indexes = new Map();
    this.#next = null;
    this.unreadable = 0;
    this.complete = false;
    this.beganAt = null;
    this.keptSince = null;
  }

  /** Waits for the server's own page, asked for at a moment, and puts it in place of the kept one: the reviewer stays where he is. */
  async #wait(late: PageToken, moment: number): Promise<void> {
    const epoch = this.epoch;
    this.late = true;
    try {
      const page = await this.#page(late);
      if (epoch !== this.epoch) return;
      const stood = this.rows;
      this.#clear();
      this.#take(page, moment);
      this.at = whereNow(stood, this.at, this.rows);
    } catch (thrown) {
      if (epoch === this.epoch) this.outdated = troubleFrom(thrown);
    } finally {
      if (epoch === this.epoch) {
        this.late = false;
        this.#waiting = null;
      }
    }
    if (epoch === this.epoch && this.rows.length === 0) await this.more();
  }

  /** Reads the next page. What is already read stays whatever happens. */
  more(): Promise<void> {
    if (this.complete) return Promise.resolve();
    if (!this.loading) this.#reading = this.#readOn();
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    const epoch = this.epoch;
    this.loading = true;
    this.trouble = null;
    try {
      if (this.#waiting) await this.#waiting;
      if (epoch !== this.epoch || this.complete) return;
      // A page on which nothing could be read must not look like the end; nor may reading never end.
      for (let empty = 0; empty < EMPTY_PAGES; empty += 1) {
        const asked = this.#next;
        const moment = ++this.#moment;
        const first = this.#first;
        this.#first = null;
        const page = await (first ?? this.#page(asked));
        if (epoch !== this.epoch) return;
        const added = this.#take(page, moment);
        if (page.late) return void (this.#waiting = this.#wait(page.late, moment));
        if (this.complete) return;
        if (page.next === asked) throw stopped(LEADS_BACK);
        if (added > 0) return;
      }
      throw stopped(BRINGS_NOTHING);
    } catch (thrown) {
      if (epoch === this.epoch) this.trouble = troubleFrom(thrown);
    } finally {
      if (epoch === this.epoch) this.loading = false;
    }
  }

  /** Joins a page that was asked for at a moment to what is there; answers how many rows were new. */
  #take(page: ConversationPage, moment: number): number {
    // Conversations that begin meanwhile push known ones onto the next page: each is shown once.
    const from = this.rows.length;
    const fresh: ConversationRow[] = [];
    for (const row of page.rows) {
      if (this.#indexes.has(row.id)) continue;
      this.#indexes.set(row.id, from + fresh.length);
      const changed = this.#changed.get(row.id);
      // The page may tell what stood before the change.
      fresh.push(this.#light(changed && changed.moment > moment ? { ...row, ...changed.work } : row));
    }
    this.rows = this.rows.concat(fresh);
    this.opened = fresh.find(({ id }) => id === this.opened?.id) ?? this.opened;
    this.#next = page.next;
    // Whether there is more is for the server to say.
    this.complete = page.next === null && page.late === null;
    this.unreadable += page.unreadable;
    this.keptSince = page.keptSince;
    this.readAt = new Date();
    this.beganAt ??= this.readAt;
    void this.#name(fresh);
    countOpen(fresh.map(({ id }) => id));
    return fresh.length;
  }

  /** The row itself, with what it has in common with others: nobody else holds it yet. */
  #light(row: ConversationRow): ConversationRow {
    row.user = this.#common.share(row.user);
    row.service = this.#common.share(row.service);
    row.version = this.#common.share(row.version);
    row.tags = this.#common.share(row.tags);
    row.review = this.#common.share(row.review);
    return row;
  }

  async #name(rows: readonly ConversationRow[]): Promise<void> {
    const unknown = rows.filter(
      ({ id, user }) => user.name === null && !this.#asked.has(user.id) && !this.queue?.isAbsent(id),
    );
    const ids = [...new Set(unknown.map(({ user }) => user.id))];
    ids.forEach((id) => this.#asked.add(id));
    for (let from = 0; from < ids.length; from += NAMES_AT_ONCE) {
      const batch = ids.slice(from, from + NAMES_AT_ONCE);
      try {
        for (const { id, name } of await backend.namePeople(batch)) if (name) this.people.set(id, name);
      } catch {
        // The id stands in for the name, and the next page that holds this person asks again.
        batch.forEach((id) => this.#asked.delete(id));
      }
    }
  }

  /** Reads the services, for their names and for the filter. */
  async readServices(): Promise<void> {
    this.servicesTrouble = null;
    try {
      this.services = await backend.listServices();
    } catch (thrown) {
      this.servicesTrouble = troubleFrom(thrown);
    }
  }

  /** Place of a conversation in the list; -1 when it is not there. */
  indexOf(id: string): number {
    return this.#indexes.get(id) ?? -1;
  }

  /** Opens the conversation at a place. */
  open(index: number): void {
    const row = this.rows[index];
    if (!row || this.queue?.isAbsent(row.id)) return;
    this.at = index;
    this.opened = row;
    this.over = false;
  }

  /** The place of the next one after the open one that is still to be reviewed, read on for where it has to be; -1 at the end. */
  async findUnreviewed(): Promise<number> {
    const { epoch } = this;
    let from = this.opened ? this.indexOf(this.opened.id) + 1 || this.at : this.at;
    for (;;) {
      const found = nextUnreviewed(this.rows, from, this.queue?.isAbsent);
      if (found >= 0 || this.complete) return found;
      from = this.rows.length;
      await this.more();
      if (epoch !== this.epoch) return this.findUnreviewed();
      if (this.trouble) throw this.trouble;
    }
  }

  /** The reviewer came to the end: what was open is put away, and nothing else is opened in its place. */
  finish(): void {
    this.opened = null;
    this.over = true;
  }

  /** Opens the next (1) or the previous (-1) conversation; answers whether there is one. */
  step(by: 1 | -1): boolean {
    const open = this.opened ? this.indexOf(this.opened.id) : -1;
    let to = open >= 0 ? open + by : this.opened ? this.at : by > 0 ? 0 : -1;
    for (let row = this.rows[to]; row && this.queue?.isAbsent(row.id); row = this.rows[to]) to += by;
    if (!this.rows[to]) return false;
    this.open(to);
    return true;
  }

  /** The row with the names that are known by now. */
  named(row: ConversationRow): ConversationRow {
    const service = this.services.find(({ id }) => id === row.service.id);
    return {
      ...row,
      user: { ...row.user, name: row.user.name ?? this.people.get(row.user.id) ?? null },
      service: { ...row.service, name: row.service.name ?? service?.name ?? null },
    };
  }

  /** Reads anew what the rows show of the work in those of these conversations that are shown. */
  async readWork(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.indexOf(id) < 0 && this.opened?.id !== id) continue;
      const work = await backend.readWork(id).catch(() => null);
      // The list may have been read anew meanwhile.
      const row = this.rows[this.indexOf(id)] ?? (this.opened?.id === id ? this.opened : undefined);
      if (work && row && !sameInRow(row, work))
        this.replace({ ...row, tags: work.tags, review: work.review });
    }
  }

  /** Reads these of the queue again, and notes what others did to them meanwhile. */
  async readAgain(ids: readonly string[]): Promise<void> {
    const { epoch } = this;
    const moment = ++this.#moment;
    const read = await this.queue?.askAgain(ids);
    if (epoch !== this.epoch || !read) return;
    for (const [id, now] of read) {
      const stood = this.rows[this.indexOf(id)];
      // What was changed here since is newer than what was read.
      if (!stood || (this.#changed.get(id)?.moment ?? 0) > moment) continue;
      const found = overtaken(stood, now);
      if (found) this.overtaken.set(id, found);
      if (now && !sameInRow(stood, now)) this.replace(now);
    }
  }

  /** Takes over a row whose tags or review were changed. */
  replace(row: ConversationRow): void {
    const { tags, review } = row;
    this.#changed.set(row.id, { work: { tags, review }, moment: ++this.#moment });
    this.queue?.replace(row);
    const index = this.indexOf(row.id);
    if (index >= 0) this.rows = this.rows.with(index, row);
    if (this.opened?.id === row.id) this.opened = row;
  }
}

/** A conversation while it is read: its beginning first, then page after page. */
import { backend, troubleFrom } from "../../backend";
import type { OpenedConversation, Problem } from "../../backend";
import { append, NOTHING_READ } from "./transcript";
import type { Transcript } from "./transcript";

/** The beginning of a transcript that was read before it is opened. */
export type ReadyTranscript = {
  about: Omit<OpenedConversation, "first">;
  transcript: Transcript;
  /** Number of the first message that is not in it; null where all are. */
  next: number | null;
};

/** The beginning of a transcript, as the shell told it. */
export function beginningOf({ first, ...about }: OpenedConversation): ReadyTranscript {
  return { about, transcript: append(NOTHING_READ, first.messages), next: first.next };
}

export class Opened {
  /** What is known beside the transcript; absent until the conversation is open. */
  about = $state.raw<Omit<OpenedConversation, "first"> | null>(null);
  transcript = $state.raw<Transcript>(NOTHING_READ);
  /** Whether more is being read. */
  reading = $state(true);
  /** Whether the shell has opened it: what was ready is drawn before. */
  isOpen = false;
  /** Why it could not be opened, or not be read to its end; what was read stays. */
  problem = $state.raw<Problem | null>(null);

  #conversation: string;
  #grew: () => void;
  #ready: ReadyTranscript | null;
  #asked = 0;
  #next: number | null = null;

  /** `grew` is told when more of it was read, before that is drawn; `ready` is what was read before it is opened, and there at once. */
  constructor(conversation: string, grew: () => void = () => {}, ready: ReadyTranscript | null = null) {
    this.#conversation = conversation;
    this.#grew = grew;
    this.#ready = ready;
    if (ready) {
      this.about = ready.about;
      this.transcript = ready.transcript;
      this.#next = ready.next;
      this.reading = false;
    }
  }

  /** Whether nothing more of it is awaited. Of one that is not opened, that is not known. */
  get isRead(): boolean {
    return !this.reading && this.#asked > 0;
  }

  /** Opens the conversation, or reads it anew from the server. */
  async open(refresh: boolean): Promise<void> {
    await this.#read(async (current) => {
      const ready = refresh ? null : this.#ready;
      this.#ready = null;
      if (ready) {
        this.#grew();
        this.reading = ready.next !== null;
      }
      const told = beginningOf(await backend.openConversation(this.#conversation, refresh));
      if (!current()) return;
      this.isOpen = true;
      // What was ready is not drawn a second time.
      if (ready && JSON.stringify(told.about) === JSON.stringify(ready.about)) this.#grew();
      else this.#begin(told);
      await this.#pages(current);
    });
  }

  /** Goes on after trouble: with the missing page, or from the start when nothing is there yet. */
  async goOn(): Promise<void> {
    if (!this.isOpen || this.#next === null) await this.open(this.isOpen);
    else await this.#read((current) => this.#pages(current));
  }

  /** Reads who the agent is, for the pane that shows it. Without an answer its id stands there. */
  async nameAgent(): Promise<void> {
    if (this.about === null) return;
    const named = await backend.conversationDetails(this.#conversation).catch(() => null);
    if (named) this.about = { ...this.about, details: named };
  }

  /** Nothing is read any more. */
  leave(): void {
    this.#asked += 1;
  }

  #begin({ about, transcript, next }: ReadyTranscript): void {
    this.about = about;
    this.transcript = transcript;
    this.#next = next;
    this.#grew();
  }

  async #pages(current: () => boolean): Promise<void> {
    while (this.#next !== null) {
      const page = await backend.readTranscript(this.#conversation, this.#next);
      if (!current()) return;
      this.transcript = append(this.transcript, page.messages);
      // A page that leads to itself would be asked for for ever.
      this.#next = page.next !== null && page.next > this.#next ? page.next : null;
      this.#grew();
    }
  }

  async #read(work: (current: () => boolean) => Promise<void>): Promise<void> {
    const asked = ++this.#asked;
    const current = () => asked === this.#asked;
    this.reading = true;
    this.problem = null;
    try {
      await work(current);
    } catch (thrown) {
      if (current()) this.problem = troubleFrom(thrown);
    } finally {
      if (current()) this.reading = false;
    }
  }
}

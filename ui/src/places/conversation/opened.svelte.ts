/** A conversation while it is read: its beginning first, then page after page. */
import { backend, troubleFrom } from "../../backend";
import type { OpenedConversation, Problem } from "../../backend";
import { append, NOTHING_READ } from "./transcript";
import type { Transcript } from "./transcript";

export class Opened {
  /** What is known beside the transcript; absent until the conversation is open. */
  about = $state.raw<Omit<OpenedConversation, "first"> | null>(null);
  transcript = $state.raw<Transcript>(NOTHING_READ);
  /** Whether more is being read. */
  reading = $state(true);
  /** Why it could not be opened, or not be read to its end; what was read stays. */
  problem = $state.raw<Problem | null>(null);

  #conversation: string;
  #grew: () => void;
  #asked = 0;
  #next: number | null = null;

  /** `grew` is told when more of it was read, before that is drawn. */
  constructor(conversation: string, grew: () => void = () => {}) {
    this.#conversation = conversation;
    this.#grew = grew;
  }

  /** Opens the conversation, or reads it anew from the server. */
  async open(refresh: boolean): Promise<void> {
    await this.#read(async (current) => {
      const { first, ...about } = await backend.openConversation(this.#conversation, refresh);
      if (!current()) return;
      this.about = about;
      this.transcript = append(NOTHING_READ, first.messages);
      this.#next = first.next;
      this.#grew();
      await this.#pages(current);
    });
  }

  /** Goes on after trouble: with the missing page, or from the start when nothing is there yet. */
  async goOn(): Promise<void> {
    if (this.about === null || this.#next === null) await this.open(this.about !== null);
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

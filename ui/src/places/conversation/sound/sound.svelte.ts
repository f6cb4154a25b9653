/** The sound of a conversation as the shell knows it: its timeline, its peaks, and what the insights mark on it. */
import { backend, troubleFrom } from "../../../backend";
import type { MarkerView, Problem, SoundView } from "../../../backend";
import { Peaks } from "./peaks.svelte";
import { byMessage, NO_SOUND } from "./timeline";

export class Sound {
  view = $state.raw<SoundView>(NO_SOUND);
  markers = $state.raw<readonly MarkerView[]>([]);
  /** Why there is no timeline. */
  problem = $state.raw<Problem | null>(null);
  readonly peaks: Peaks;

  readonly parts = $derived(byMessage(this.view.parts));
  /** Those that cannot be played. */
  readonly failed = $derived(this.view.parts.filter(({ state }) => state === "failed"));

  #conversation: string;
  #opened = false;
  #wanted = 0;
  #left = false;
  #reading: Promise<void> | null = null;

  constructor(conversation: string) {
    this.#conversation = conversation;
    this.peaks = new Peaks(conversation);
  }

  /** Lays the timeline, and has the sound fetched in the order it is heard. Once more when the transcript has grown. */
  async open(): Promise<void> {
    this.problem = null;
    const wanted = this.#wanted;
    try {
      this.#take(await backend.openSound(this.#conversation));
      this.#opened = true;
      // What was told on the way may be newer than the answer, and nothing tells of it again.
      if (wanted !== this.#wanted) this.again();
    } catch (thrown) {
      if (!this.#left) this.problem = troubleFrom(thrown);
    }
  }

  /** Reads it again: something arrived, or is laid otherwise. Many requests while one is under way are one. */
  again(): void {
    this.#wanted += 1;
    if (!this.#opened || this.#left) return;
    this.#reading ??= this.#readWanted().finally(() => (this.#reading = null));
  }

  /** Reads what the insights that were read mark. Without an answer there are no marks. */
  async readMarkers(): Promise<void> {
    const markers = await backend.readMarkers(this.#conversation).catch(() => null);
    if (markers && !this.#left) this.markers = markers;
  }

  /** Nothing is read any more. */
  leave(): void {
    this.#left = true;
  }

  async #readWanted(): Promise<void> {
    for (let done = 0; done !== this.#wanted && !this.#left;) {
      done = this.#wanted;
      // What is shown stays: the next report asks again.
      const view = await backend.readSound(this.#conversation).catch(() => null);
      if (view) this.#take(view);
    }
  }

  #take(view: SoundView): void {
    if (this.#left) return;
    this.view = view;
    this.peaks.outdate();
  }
}

/** The sound of a conversation as the shell knows it: its timeline, its peaks, and what the insights mark on it. */
import { backend, troubleFrom } from "../../../backend";
import type { MarkerView, Problem, SoundView } from "../../../backend";
import { keepSame } from "../../../lib/same";
import { Peaks } from "./peaks.svelte";
import { byMessage, NO_SOUND } from "./timeline";

/** Reads something, and once more if that was asked for meanwhile: many requests while one is under way are one. */
class Again {
  #read: () => Promise<void>;
  #wanted = false;
  #reading = false;

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  read(): void {
    this.#wanted = true;
    if (!this.#reading) void this.#goOn();
  }

  async #goOn(): Promise<void> {
    this.#reading = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#read();
    }
    this.#reading = false;
  }
}

export class Sound {
  view = $state.raw<SoundView>(NO_SOUND);
  markers = $state.raw<MarkerView[]>([]);
  /** Why there is no timeline. */
  problem = $state.raw<Problem | null>(null);
  readonly peaks: Peaks;

  readonly parts = $derived(byMessage(this.view.parts));
  /** Those that cannot be played. */
  readonly failed = $derived(this.view.parts.filter(({ state }) => state === "failed"));

  #conversation: string;
  #opened = false;
  #left = false;
  /** How often something new was told. */
  #told = 0;
  #view = new Again(async () => {
    // What is shown stays: the next report asks again.
    const view = await backend.readSound(this.#conversation).catch(() => null);
    if (view) this.#take(view);
  });
  #marked = new Again(async () => {
    // Without an answer there are no new marks.
    const markers = await backend.readMarkers(this.#conversation).catch(() => null);
    if (markers && !this.#left) this.markers = keepSame(this.markers, markers);
  });

  /** `view` and `markers` are what was read before it is opened. */
  constructor(conversation: string, view = NO_SOUND, markers: MarkerView[] = []) {
    this.#conversation = conversation;
    this.view = view;
    this.markers = markers;
    this.peaks = new Peaks(conversation);
  }

  /** Lays the timeline, and has the sound fetched in the order it is heard. Once more when the transcript has grown. */
  async open(): Promise<void> {
    this.problem = null;
    const told = this.#told;
    try {
      this.#take(await backend.openSound(this.#conversation));
      this.#opened = true;
      // What was told on the way may be newer than the answer, and nothing tells of it again.
      if (told !== this.#told) this.again();
    } catch (thrown) {
      if (!this.#left) this.problem = troubleFrom(thrown);
    }
  }

  /** Reads it again: something arrived, or is laid otherwise. */
  again(): void {
    this.#told += 1;
    if (this.#opened && !this.#left) this.#view.read();
  }

  /** Reads what the insights that were read mark. */
  readMarkers(): void {
    if (!this.#left) this.#marked.read();
  }

  /** Nothing is read any more. */
  leave(): void {
    this.#left = true;
  }

  #take(view: SoundView): void {
    if (this.#left || JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    this.peaks.outdate();
  }
}

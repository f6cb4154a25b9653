/** Which stretch of the conversation the waveform shows, and how it changes. Times in milliseconds. */
import { follow, nextLevel, stretchOf, within, type Level, type Stretch } from "./zoom";

export class View {
  level = $state<Level>(0);
  #stretch = $state.raw<Stretch>({ fromMs: 0, toMs: 0 });

  /** What is shown of a conversation of this length. */
  stretch(totalMs: number): Stretch {
    return this.level === 0 ? { fromMs: 0, toMs: totalMs } : within(this.#stretch, totalMs);
  }

  /** Whether it can be seen closer (1) or farther (−1). */
  canZoom(by: 1 | -1, totalMs: number): boolean {
    return nextLevel(this.level, by, totalMs) !== this.level;
  }

  /** Goes closer (1) or farther (−1); the time `heldMs` stays where it is, or comes to the middle when it is out of view. */
  zoom(by: 1 | -1, heldMs: number, totalMs: number): void {
    const { fromMs, toMs } = this.stretch(totalMs);
    const share = (heldMs - fromMs) / (toMs - fromMs);
    const seen = share >= 0 && share <= 1;
    this.level = nextLevel(this.level, by, totalMs);
    this.#stretch = stretchOf(this.level, heldMs, seen ? share : 0.5, totalMs);
  }

  /** Moves what is shown. */
  pan(byMs: number, totalMs: number): void {
    const { fromMs, toMs } = this.stretch(totalMs);
    this.#stretch = within({ fromMs: fromMs + byMs, toMs: toMs + byMs }, totalMs);
  }

  /** Goes along with a playhead that was in view. */
  follow(beforeMs: number, nowMs: number, totalMs: number): void {
    if (this.level > 0) this.#stretch = follow(this.stretch(totalMs), beforeMs, nowMs, totalMs);
  }
}

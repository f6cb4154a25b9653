/**
 * Where the sound is, between two reports of the player. The player tells its position at most four times a second; the
 * playhead moves on every frame. Positions are in the conversation's own time, which passes faster or slower than the wall's
 * when the speed is not 1.
 */
import type { PlayerView } from "../../../backend";

/** A report that is behind what is shown by less than this only holds the playhead: stepping back would show as a jitter. */
const JITTER_MS = 250;

/** Interpolates the player's position. All times are in milliseconds; `now` is any steady clock. */
export class SoundClock {
  #view: PlayerView | null = null;
  #seenAt = 0;
  #shown = 0;

  /** Takes a report. */
  see(view: PlayerView, now: number): void {
    const before = this.#view;
    const goesOn =
      before?.conversationId === view.conversationId &&
      before?.status === "playing" &&
      view.status === "playing";
    const behind = this.at(now) - view.positionMs;
    this.#view = view;
    this.#seenAt = now;
    const jitter = (JITTER_MS * view.speedPercent) / 100;
    if (!goesOn || behind < 0 || behind > jitter) this.#shown = view.positionMs;
  }

  /** Puts the playhead where the reviewer moved it, until the player reports. */
  move(positionMs: number, now: number): void {
    if (!this.#view) return;
    this.#view = { ...this.#view, positionMs };
    this.#seenAt = now;
    this.#shown = positionMs;
  }

  /** The position now. It never runs past the end, and never back while playing goes on. */
  at(now: number): number {
    const view = this.#view;
    if (!view) return 0;
    if (view.status !== "playing") return view.positionMs;
    const passed = (Math.max(0, now - this.#seenAt) * view.speedPercent) / 100;
    this.#shown = Math.max(this.#shown, Math.min(view.totalMs, view.positionMs + passed));
    return this.#shown;
  }
}

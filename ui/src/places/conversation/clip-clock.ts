/**
 * Where a playing message is, between two reports of the player. The player tells its position at most four times a second;
 * the playhead moves on every frame.
 */
import type { PlayerView } from "../../backend";

/** A report that is behind what is shown by less than this only holds the playhead: stepping back would show as a jitter. */
const JITTER_MS = 250;

/** Interpolates the player's position. All times are in milliseconds; `now` is any steady clock. */
export class ClipClock {
  #view: PlayerView | null = null;
  #seenAt = 0;
  #shown = 0;

  /** Takes a report. */
  see(view: PlayerView, now: number): void {
    const before = this.#view;
    const goesOn =
      before?.messageId === view.messageId && before?.status === "playing" && view.status === "playing";
    const behind = this.at(now) - view.positionMs;
    this.#view = view;
    this.#seenAt = now;
    if (!goesOn || behind < 0 || behind > JITTER_MS) this.#shown = view.positionMs;
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
    const reached = Math.min(view.durationMs, view.positionMs + Math.max(0, now - this.#seenAt));
    this.#shown = Math.max(this.#shown, reached);
    return this.#shown;
  }
}

/**
 * What the pointer does on the waveform: a click seeks; a drag moves the playhead, or what is shown where that is only a part
 * of the conversation. Places in CSS pixels from the left edge.
 */
import { msOf, xOf } from "./scene";
import type { View } from "./view.svelte";

/** How far the pointer moves before a click is a drag, and how near the playhead it takes hold of it. */
const DRAGS = 4;
const NEAR_HEAD = 6;

type Box = () => { left: number; width: number };

export class Pointing {
  /** Where the pointer is. */
  x = $state<number | null>(null);
  /** Where it holds the playhead, in the conversation's time. */
  heldMs = $state<number | null>(null);

  #taken: { x: number; seeks: boolean; pans: boolean } | null = null;
  #box: Box;
  #view: View;
  #onseek: (ms: number) => void;
  #head: () => number;

  constructor(box: Box, view: View, onseek: (ms: number) => void, head: () => number) {
    this.#box = box;
    this.#view = view;
    this.#onseek = onseek;
    this.#head = head;
  }

  take(event: PointerEvent, totalMs: number): void {
    if (event.button !== 0 || totalMs === 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const x = this.#place(event);
    const head = xOf(this.#head(), this.#view.stretch(totalMs), this.#box().width);
    const seeks = this.#view.level === 0 || Math.abs(x - head) <= NEAR_HEAD;
    this.#taken = { x, seeks, pans: false };
    this.heldMs = seeks ? this.#time(x, totalMs) : null;
  }

  move(event: PointerEvent, totalMs: number): void {
    const x = this.#place(event);
    this.x = x;
    const taken = this.#taken;
    if (!taken) return;
    if (taken.seeks) this.heldMs = this.#time(x, totalMs);
    else if (taken.pans || Math.abs(x - taken.x) > DRAGS) {
      taken.pans = true;
      this.#view.pan(this.#time(taken.x, totalMs) - this.#time(x, totalMs), totalMs);
      taken.x = x;
    }
  }

  drop(event: PointerEvent, totalMs: number): void {
    const taken = this.#taken;
    this.letGo();
    if (taken && !taken.pans) this.#onseek(this.#time(this.#place(event), totalMs));
  }

  letGo(): void {
    this.#taken = null;
    this.heldMs = null;
  }

  leave(): void {
    this.x = null;
  }

  /** Ctrl and the wheel zoom at the pointer; sideways it pans. */
  wheel(event: WheelEvent, totalMs: number): void {
    const { width } = this.#box();
    if (totalMs === 0 || width === 0) return;
    const { fromMs, toMs } = this.#view.stretch(totalMs);
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.ctrlKey && event.deltaY !== 0) this.#turn(event, totalMs);
    else if (this.#view.level > 0 && sideways !== 0)
      this.#view.pan((sideways / width) * (toMs - fromMs), totalMs);
    else return;
    event.preventDefault();
  }

  #turned = 0;

  // A notch of a wheel is about 100; a pinch comes in many small steps.
  #turn(event: WheelEvent, totalMs: number): void {
    const step = 40;
    if (Math.sign(this.#turned) !== Math.sign(event.deltaY)) this.#turned = 0;
    this.#turned += event.deltaY;
    if (Math.abs(this.#turned) < step) return;
    const by = this.#turned < 0 ? 1 : -1;
    this.#turned = 0;
    this.#view.zoom(by, this.#time(this.#place(event), totalMs), totalMs);
  }

  #place(event: MouseEvent): number {
    const { left, width } = this.#box();
    return Math.max(0, Math.min(width, event.clientX - left));
  }

  #time(x: number, totalMs: number): number {
    return msOf(x, this.#view.stretch(totalMs), this.#box().width);
  }
}

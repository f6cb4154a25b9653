/**
 * The loudness of a stretch as bars. Bars stand at fixed times, so that the picture moves as one when it is panned and no bar
 * changes its height. Times in milliseconds.
 */
import type { Stretch } from "./zoom";

/** Bars as wide as they are drawn, in CSS pixels, with the gap to the next one. */
export const BAR = { width: 2, step: 3 };

/** One bar: the time it stands for, and how loud it is there (0 to 1); `null` where that is not known. */
export interface Bar {
  fromMs: number;
  toMs: number;
  loud: number | null;
}

/** Values the shell gives for one tile, and the least time one value stands for. */
export const TILE = 512;
const FINEST_MS = 10;

/** How long each bar is when a stretch fills the width (in CSS pixels). */
export const barLength = ({ fromMs, toMs }: Stretch, width: number) => ((toMs - fromMs) * BAR.step) / width;

/**
 * What one value asked of the shell stands for, given a bar's length: the finest peaks doubled until they are about as long.
 * It changes in steps only, so that a conversation whose length becomes known little by little is not asked for anew each time.
 */
export function valueLength(bar: number): number {
  let length = FINEST_MS;
  while (length * 2 <= bar) length *= 2;
  return length;
}

/** Bars for a stretch. `tile` answers the loudest samples (0 to 255) of a tile, if they are there yet. */
export function bars(
  stretch: Stretch,
  length: number,
  value: number,
  tile: (number: number) => readonly number[] | undefined,
): Bar[] {
  if (!(length > 0)) return [];
  const [first, last] = [Math.floor(stretch.fromMs / length), Math.ceil(stretch.toMs / length)];
  return Array.from({ length: last - first }, (_, at) => {
    const fromMs = (first + at) * length;
    const toMs = fromMs + length;
    let loudest = -1;
    for (let i = Math.floor(fromMs / value); i < Math.ceil(toMs / value); i += 1) {
      loudest = Math.max(loudest, tile(Math.floor(i / TILE))?.[i % TILE] ?? -1);
    }
    return { fromMs, toMs, loud: loudest < 0 ? null : loudest / 255 };
  });
}

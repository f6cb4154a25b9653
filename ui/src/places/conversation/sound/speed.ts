/** How fast the sound plays: one setting for every recording, in percent. */
import { changeNow, settings } from "../../../lib/settings.svelte";

/** The steps, slowest first. */
export const SPEEDS = [50, 75, 100, 125, 150, 175, 200, 250, 300] as const;

/** As in "1.5×". */
export const speedInWords = (percent: number) => `${percent / 100}×`;

/** The next step up (1) or down (−1), or the normal speed (0). A speed between two steps goes to the nearer one in that direction. */
export function stepFrom(percent: number, by: 1 | 0 | -1): number {
  if (by === 0) return 100;
  if (by === 1) return SPEEDS.find((step) => step > percent) ?? SPEEDS.at(-1) ?? 100;
  return SPEEDS.findLast((step) => step < percent) ?? SPEEDS[0];
}

/** Plays faster, slower, or at the normal speed. */
export function changeSpeed(by: 1 | 0 | -1): void {
  const speedPercent = stepFrom(settings().speedPercent, by);
  if (speedPercent !== settings().speedPercent) changeNow({ speedPercent });
}

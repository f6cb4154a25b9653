/** Whole seconds until a moment, never negative; both in milliseconds of the same clock. */
export function secondsLeft(nowMs: number, untilMs: number): number {
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
}

/** A duration in words, as in "12 s" or "1 min 5 s". */
export function secondsInWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** Which stretch of the conversation the waveform shows. Times in milliseconds. */

/** From where to where. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** How much the waveform shows at each level; the whole first. */
const LEVELS = [Infinity, 60_000, 10_000] as const;

/** A level of zoom: 0 is the whole conversation. */
export type Level = 0 | 1 | 2;

/** What a level shows in a conversation of this length. */
const spanOf = (level: Level, totalMs: number) => Math.min(LEVELS[level], totalMs);

/** The next level closer or farther that shows something else; the same one when there is none. */
export function nextLevel(level: Level, by: 1 | -1, totalMs: number): Level {
  for (let to = level + by; to >= 0 && to < LEVELS.length; to += by) {
    if (spanOf(to as Level, totalMs) !== spanOf(level, totalMs)) return to as Level;
  }
  return level;
}

/** A stretch moved so that it lies within the conversation. */
export function within({ fromMs, toMs }: Stretch, totalMs: number): Stretch {
  const span = Math.min(toMs - fromMs, totalMs);
  const from = Math.max(0, Math.min(totalMs - span, fromMs));
  return { fromMs: from, toMs: from + span };
}

/** What a level shows, with the time `heldMs` at `share` (0 to 1) of the width. */
export function stretchOf(level: Level, heldMs: number, share: number, totalMs: number): Stretch {
  const span = spanOf(level, totalMs);
  const fromMs = heldMs - share * span;
  return within({ fromMs, toMs: fromMs + span }, totalMs);
}

/** How near the edge the playhead turns the page, and where it stands on the next one: shares of the width. */
const TURN_AT = 0.92;
const TURN_TO = 0.08;

/** The stretch a playhead that was in view goes on in. Turned like a page: a moving picture would be a restless one. */
export function follow(stretch: Stretch, beforeMs: number, nowMs: number, totalMs: number): Stretch {
  const span = stretch.toMs - stretch.fromMs;
  const wasIn = beforeMs >= stretch.fromMs && beforeMs <= stretch.toMs;
  const atEnd = stretch.toMs >= totalMs && nowMs <= stretch.toMs;
  const fits = nowMs >= stretch.fromMs && nowMs <= stretch.fromMs + span * TURN_AT;
  if (!wasIn || fits || (atEnd && nowMs >= stretch.fromMs)) return stretch;
  const fromMs = nowMs - span * TURN_TO;
  return within({ fromMs, toMs: fromMs + span }, totalMs);
}

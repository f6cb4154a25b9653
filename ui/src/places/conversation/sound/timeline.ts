/** The conversation's messages on one line of time, as the shell laid them: finding one's way in it. Times in milliseconds. */
import type { SoundPart, SoundView } from "../../../backend";

export const NO_SOUND: SoundView = { conversationId: "", parts: [], totalMs: 0, savedMs: 0 };

/** Where a part ends. */
export const endOf = (part: SoundPart) => part.startMs + part.durationMs;

/** How many parts begin at or before a time. They are in order of time. */
function begunBy(parts: readonly SoundPart[], ms: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.startMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is heard at a time: the part that lasts then, else (in a pause, at the end) the last one before that has a length. */
export function heardAt(parts: readonly SoundPart[], ms: number): SoundPart | undefined {
  const begun = begunBy(parts, ms);
  for (let at = begun - 1; at >= 0; at -= 1) {
    const part = parts[at];
    if (part && part.durationMs > 0) return part;
  }
  return parts[begun - 1] ?? parts[0];
}

/** The parts that reach into a stretch of time, with those of no length in it. */
export function partsIn(parts: readonly SoundPart[], fromMs: number, toMs: number): readonly SoundPart[] {
  let first = begunBy(parts, fromMs);
  while (first > 0 && endOf(parts[first - 1] as SoundPart) >= fromMs) first -= 1;
  return parts.slice(first, begunBy(parts, toMs));
}

/** Parts by their message. */
export const byMessage = (parts: readonly SoundPart[]): ReadonlyMap<string, SoundPart> =>
  new Map(parts.map((part) => [part.messageId, part]));

/** The recording that cannot be played and was passed over just before a message, if there is one. */
export function passedBefore(parts: readonly SoundPart[], message: string): SoundPart | undefined {
  const voices = parts.filter(({ kind }) => kind === "voice");
  const before = voices[voices.findIndex(({ messageId }) => messageId === message) - 1];
  return before?.state === "failed" ? before : undefined;
}

/** What the waveform draws of a stretch: put together of the timeline, the peaks and the marks. Pure but for the tiles asked for. */
import type { SoundPart } from "../../../backend";
import { sideOf, type Transcript } from "../transcript";
import { BAR, barLength, bars, valueLength } from "./bars";
import type { Column, Inks, Picture } from "./paint";
import { endOf, partsIn } from "./timeline";
import type { Stretch } from "./zoom";

/** Least width of what cannot be played: it has no length, and must be seen all the same. */
const FAILED_WIDTH = 7;

type Ink = "user" | "agent" | "other";
type Drawn = Picture["bars"];

/** Whose colour a message has. */
export function inkOf(message: string, { places, messages }: Transcript): Ink {
  const place = places.get(message);
  const side = sideOf((place && messages[place.message]?.kind) ?? "");
  return side === "user" || side === "agent" ? side : "other";
}

/** The place of a time, in CSS pixels. */
export const xOf = (ms: number, { fromMs, toMs }: Stretch, width: number) =>
  toMs > fromMs ? ((ms - fromMs) / (toMs - fromMs)) * width : 0;

/** The time of a place. */
export const msOf = (x: number, { fromMs, toMs }: Stretch, width: number) =>
  width > 0 ? fromMs + (x / width) * (toMs - fromMs) : fromMs;

/** The bars of a stretch with their colours; a bar belongs to the part in its middle. */
export function drawn(
  stretch: Stretch,
  width: number,
  parts: readonly SoundPart[],
  transcript: Transcript,
  tile: (number: number, valueMs: number) => readonly number[] | undefined,
): Drawn {
  const length = barLength(stretch, width);
  const value = valueLength(length);
  const voices = partsIn(parts, stretch.fromMs, stretch.toMs).filter(({ durationMs }) => durationMs > 0);
  let at = 0;
  return bars(stretch, length, value, (number) => tile(number, value)).map((bar) => {
    const middle = (bar.fromMs + bar.toMs) / 2;
    while (at < voices.length - 1 && endOf(voices[at] as SoundPart) <= middle) at += 1;
    const part = voices[at];
    const heard = part !== undefined && part.startMs < bar.toMs && endOf(part) > bar.fromMs;
    return {
      ...bar,
      x: xOf(bar.fromMs, stretch, width),
      ink: part ? inkOf(part.messageId, transcript) : "other",
      waits: part?.state === "waiting",
      heard,
    };
  });
}

/** Where what somebody wrote and what cannot be played stand. */
export function columns(
  stretch: Stretch,
  width: number,
  parts: readonly SoundPart[],
  transcript: Transcript,
): { failed: Column[]; texts: number[] } {
  const here = partsIn(parts, stretch.fromMs, stretch.toMs);
  const column = (part: SoundPart): Column => {
    const [from, to] = [xOf(part.startMs, stretch, width), xOf(endOf(part), stretch, width)];
    const wide = Math.max(FAILED_WIDTH, to - from);
    return { x: Math.max(0, Math.min(width - wide, from - (wide - (to - from)) / 2)), width: wide };
  };
  return {
    failed: here.filter(({ state }) => state === "failed").map(column),
    texts: here
      .filter(({ kind, messageId }) => kind === "mark" && inkOf(messageId, transcript) !== "other")
      .map(({ startMs }) => xOf(startMs, stretch, width)),
  };
}

/** How many bars are played. */
export const playedBars = (positionMs: number, stretch: Stretch, width: number) =>
  Math.ceil(xOf(positionMs, stretch, width) / BAR.step);

/** The colours as they are now: a token is a pair, and only a computed colour says which of the two holds. */
export function inksOf(samples: HTMLElement): Inks {
  const inks: Record<string, string> = {};
  for (const sample of samples.children) {
    inks[(sample as HTMLElement).dataset["ink"] ?? ""] = getComputedStyle(sample).color;
  }
  return inks as Inks;
}

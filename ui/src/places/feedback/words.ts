/** How a comment reads in the list of all. */
import type { FeedbackRow, ResolvePlan } from "../../backend";

/** Words of a heading at most. */
const LONGEST = 60;

/** The first sentence or line of a comment as its heading, and the rest. */
export function headed(text: string): { title: string; rest: string } {
  const flat = text.trim();
  const line = flat.indexOf("\n");
  const sentence = /[.!?:](?=\s)/.exec(flat);
  const ends = [line < 0 ? Infinity : line, sentence ? sentence.index + 1 : Infinity];
  const end = Math.min(...ends);
  if (end <= LONGEST)
    return { title: flat.slice(0, end).replace(/[.:]$/, ""), rest: oneLine(flat.slice(end)) };
  return { title: oneLine(flat), rest: "" };
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

const MINUTE = 60_000;
const UNITS = [
  { of: 7 * 24 * 60 * MINUTE, sign: "w" },
  { of: 24 * 60 * MINUTE, sign: "d" },
  { of: 60 * MINUTE, sign: "h" },
  { of: MINUTE, sign: "min" },
];

/** How long ago, as in "2 d". */
export function age(iso: string, now: Date): string {
  const ms = now.getTime() - Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  const unit = UNITS.find(({ of }) => ms >= of);
  return unit ? `${Math.floor(ms / unit.of)} ${unit.sign}` : "now";
}

/** What a comment is about, as in "interaction 5". */
export function placeOf({ interactionId, interaction }: FeedbackRow): string {
  if (interactionId === null) return "whole conversation";
  return interaction === null ? "an interaction" : `interaction ${interaction}`;
}

/** How long it takes until the server has what was resolved at once. */
export function howLong({ perMinute, seconds }: ResolvePlan): string {
  const limit = perMinute === null ? "" : ` at the server’s ${perMinute} calls a minute`;
  if (seconds < 20) return `Sent within moments${limit}.`;
  if (seconds < 90) return `Sent within about a minute${limit}.`;
  return `Sent within about ${Math.ceil(seconds / 60)} minutes${limit}.`;
}

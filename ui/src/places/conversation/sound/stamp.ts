/** The time a comment is about, at its beginning: `[1:23] …`. Any reviewer's program shows it as text. */
import { reached } from "../../../lib/times";

const STAMP = /^\[(?:(\d{1,2}):)?(\d{1,2}):(\d\d)\]\s*/;

/** How a comment about a time of the conversation (in milliseconds) begins. */
export const stamp = (ms: number) => `[${reached(ms)}] `;

/** The time a comment begins with, in milliseconds and as it is written, and the words after it; absent where there is none. */
export function stampOf(text: string): { ms: number; written: string; words: string } | undefined {
  const found = STAMP.exec(text);
  if (!found) return undefined;
  const [all, hours = "0", minutes, seconds] = found;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return { ms, written: all.trim().slice(1, -1), words: text.slice(all.length) };
}

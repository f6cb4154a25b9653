/**
 * The beginning of the conversation that will be opened next: had before it is opened, it is drawn with the key press and not
 * after the answers. Only one is kept, in memory. What it is made of comes with code that the first list does not wait for.
 */
import { backend } from "../../backend";
import type { ReadyTranscript } from "./opened.svelte";
import type { Sound } from "./sound/sound.svelte";

/** What is there before it is opened; the sound where it was spoken. */
export type Ready = ReadyTranscript & { sound: Sound | null };

/** How long what was just opened is left to be drawn, in milliseconds. */
const REST_MS = 150;

/** What was asked for last, and what came of it. */
let asked: { id: string; turn: string | null; ready: Ready | null } | null = null;

let rest: ReturnType<typeof setTimeout> | undefined;

/** Soon has the beginning of the one that will be opened next ready, if there is one. */
export function readyNext(id: string | undefined, turn: string | null = null): void {
  clearTimeout(rest);
  rest = setTimeout(() => void makeReady(id, turn), REST_MS);
}

/**
 * Has the beginning of a conversation ready, at a turn or at its first, in place of the one before: as soon as the shell has
 * read it.
 */
export async function makeReady(id: string | undefined, turn: string | null = null): Promise<void> {
  if (id === asked?.id && turn === (asked?.turn ?? null)) return;
  const mine = (asked = id === undefined ? null : { id, turn, ready: null as Ready | null });
  if (!mine) return;
  // Without it, it is read when it is opened.
  const told = backend.awaitBeginning(mine.id, turn).catch(() => null);
  const [beginning, { readied }] = await Promise.all([told, import("./readied")]);
  if (asked !== mine) return;
  if (beginning) mine.ready = readied(beginning);
  else asked = null;
}

/** Hands out what is ready of a conversation, once. */
export function takeReady(id: string): Ready | null {
  if (asked?.id !== id) return null;
  const { ready } = asked;
  asked = null;
  return ready;
}

/** Forgets it: whoever it was for has left. */
export function forgetReady(): void {
  clearTimeout(rest);
  asked = null;
}

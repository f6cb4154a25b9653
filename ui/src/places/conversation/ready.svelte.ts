/**
 * The beginning of the conversation that will be opened next: had before it is opened, it is drawn out of sight and only shown
 * with the key press. Only one is kept, in memory. What it is made of comes with code that the first list does not wait for.
 */
import { backend } from "../../backend";
import type { ReadyTranscript } from "./opened.svelte";
import type { Sound } from "./sound/sound.svelte";

/** What is there before it is opened; the sound where it was spoken. */
export type Ready = ReadyTranscript & { sound: Sound | null };

/** How long what was just opened is left to be drawn, in milliseconds. */
const REST_MS = 150;

/** What was asked for last, and what came of it. */
let asked = $state.raw<{ id: string; turn: string | null; ready: Ready | null } | null>(null);

/** The conversation that is open. */
let open: string | null = null;

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
  const mine = (asked = id === undefined || id === open ? null : { id, turn, ready: null });
  if (!mine) return;
  // Without it, it is read when it is opened.
  const told = backend.awaitBeginning(mine.id, turn).catch(() => null);
  const [beginning, { readied }] = await Promise.all([told, import("./readied")]);
  if (asked === mine) asked = beginning && { ...mine, ready: readied(beginning) };
}

/** The conversation that can be drawn before it is opened. */
export const readyId = (): string | null => (asked?.ready ? asked.id : null);

/** What is ready of a conversation. */
export const readyOf = (id: string): Ready | null => (asked?.id === id ? asked.ready : null);

/** A conversation is opened: what was ready of it will not do for another time. */
export function noteOpened(id: string): void {
  open = id;
  if (asked?.id === id) asked = null;
}

/** A conversation is left: it may be the next one again. */
export function noteLeft(id: string): void {
  if (open === id) open = null;
}

/** Forgets it: whoever it was for has left. */
export function forgetReady(): void {
  clearTimeout(rest);
  asked = null;
  open = null;
}

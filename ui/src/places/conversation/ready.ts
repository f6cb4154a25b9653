/**
 * The beginning of the conversation that will be opened next: had before it is opened, it is drawn with the key press and not
 * after the answers. Only one is kept, in memory.
 */
import { backend, type BeginningView } from "../../backend";
import { knowInsight } from "./insights.svelte";
import type { ReadyTranscript } from "./opened.svelte";
import { drawn } from "./sound/scene";
import { Sound } from "./sound/sound.svelte";
import { waveform } from "./sound/waveform";
import { append, NOTHING_READ } from "./transcript";

/** What is there before it is opened; the sound where it was spoken. */
export type Ready = ReadyTranscript & { sound: Sound | null };

/** What was asked for last, and what came of it. */
let asked: { id: string; ready: Ready | null } | null = null;

/** Has the beginning of a conversation ready as soon as the shell has read it, in place of the one before. */
export async function makeReady(id: string | undefined, turn: string | null = null): Promise<void> {
  if (id === asked?.id) return;
  const mine = (asked = id === undefined ? null : { id, ready: null as Ready | null });
  if (!mine) return;
  // Without it, it is read when it is opened.
  const told = await backend.awaitBeginning(mine.id, turn).catch(() => null);
  if (asked !== mine) return;
  if (told) mine.ready = readied(told);
  else asked = null;
}

/** Hands out what is ready of a conversation, once. */
export function takeReady(id: string): Ready | null {
  if (asked?.id !== id) return null;
  const { ready } = asked;
  asked = null;
  return ready;
}

/** Forgets it: another account is signed in. */
export function forgetReady(): void {
  asked = null;
}

function readied({ opened, interactionId, insight, sound, markers }: BeginningView): Ready {
  const { first, ...about } = opened;
  const transcript = append(NOTHING_READ, first.messages);
  knowInsight(opened.id, interactionId, insight);
  if (!sound) return { about, transcript, next: first.next, sound: null };
  const laid = new Sound(opened.id, sound, markers);
  const whole = { fromMs: 0, toMs: sound.totalMs };
  // Only for the peaks it asks for.
  if (waveform.width > 0)
    drawn(whole, waveform.width, sound.parts, transcript, (number, valueMs) =>
      laid.peaks.tile(number, valueMs, sound.totalMs),
    );
  return { about, transcript, next: first.next, sound: laid };
}

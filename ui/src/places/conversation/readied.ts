/** Puts together what the window draws of a beginning that the shell handed out. */
import type { BeginningView } from "../../backend";
import { knowInsight } from "./insights.svelte";
import { beginningOf } from "./opened.svelte";
import type { Ready } from "./ready.svelte";
import { drawn } from "./sound/scene";
import { Sound } from "./sound/sound.svelte";
import { waveform } from "./sound/waveform";

/** What is ready of it; its insight is known from then on, and its peaks are asked for. */
export function readied({ opened, interactionId, insight, sound, markers }: BeginningView): Ready {
  const beginning = beginningOf(opened);
  knowInsight(opened.id, interactionId, insight);
  if (!sound) return { ...beginning, sound: null };
  const laid = new Sound(opened.id, sound, markers);
  const whole = { fromMs: 0, toMs: sound.totalMs };
  // Only for the peaks it asks for.
  if (waveform.width > 0)
    drawn(whole, waveform.width, sound.parts, beginning.transcript, (number, valueMs) =>
      laid.peaks.tile(number, valueMs, sound.totalMs),
    );
  return { ...beginning, sound: laid };
}

/** Puts together what the window draws of a beginning that the shell handed out. */
import type { BeginningView } from "../../backend";
import { knowInsight } from "./insights.svelte";
import { beginningOf } from "./opened.svelte";
import type { Ready } from "./ready.svelte";
import { Sound } from "./sound/sound.svelte";

/** What is ready of it; its insight is known from then on. */
export function readied({ opened, interactionId, insight, sound, markers }: BeginningView): Ready {
  const beginning = beginningOf(opened);
  knowInsight(opened.id, interactionId, insight);
  return { ...beginning, sound: sound && new Sound(opened.id, sound, markers) };
}

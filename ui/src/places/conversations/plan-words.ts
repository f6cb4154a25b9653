/** What would be in a queue, in words. */
import type { QueueForm, QueuePlan } from "../../backend";
import { count } from "./row";

/** As in "50 conversations: 40 by rule (of 312), 10 random (of 1,204)". */
export function planInWords(
  { byRule, atRandom, matching, others, goesOn }: QueuePlan,
  { narrowing, started, draw }: QueueForm,
): string {
  const all = byRule + atRandom;
  // With a start they are looked at from the latest on, whichever comes first in the queue.
  const looked = narrowing.oldestFirst && started === "anyTime" ? "oldest" : "newest";
  const further = goesOn ? ` Only the ${looked} 3,000 conversations are looked at.` : "";
  if (all === 0) return `Nothing would be in it.${further}`;
  const rule = `${byRule.toLocaleString()} by rule (of ${matching.toLocaleString()})`;
  const random =
    others === null ? "" : `, ${atRandom.toLocaleString()} random (of ${others.toLocaleString()})`;
  const full =
    draw === null && byRule < matching ? " A queue holds no more: the first of them are in it." : "";
  return `${count(all, "conversation")}: ${rule}${random}.${full}${further}`;
}

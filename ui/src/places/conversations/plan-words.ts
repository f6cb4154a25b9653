/** What would be in a queue, in words. */
import type { QueuePlan } from "../../backend";
import { count } from "./row";

/** As in "50 conversations: 40 by rule (of 312), 10 random (of 1,204)". */
export function planInWords({ byRule, atRandom, matching, others, goesOn }: QueuePlan): string {
  const all = byRule + atRandom;
  if (all === 0) return "Nothing would be in it.";
  const rule = `${byRule.toLocaleString()} by rule (of ${matching.toLocaleString()})`;
  const random =
    others === null ? "" : `, ${atRandom.toLocaleString()} random (of ${others.toLocaleString()})`;
  const further = goesOn ? " Only the first 3,000 of the list are looked at." : "";
  return `${count(all, "conversation")}: ${rule}${random}.${further}`;
}

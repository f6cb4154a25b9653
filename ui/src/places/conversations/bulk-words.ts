/** What an edit of the tags of many conversations would do, in words. */
import type { BulkPlan } from "../../backend";
import { count } from "./row";

/** How long so many calls take where a minute allows so many, as in "a little over 1 min". */
export function durationInWords(calls: number, perMinute: number): string {
  if (calls === 0) return "no time";
  if (perMinute === 0) return "an unknown time";
  const full = Math.floor((calls - 1) / perMinute);
  return full === 0 ? "less than 1 min" : `a little over ${full} min`;
}

/** What would come of it, one line for each thing there is. */
export function planInLines(plan: BulkPlan): string[] {
  const { added, changed, removed, stay, refused } = plan;
  const line = (number: number, many: string) =>
    number > 0 ? [`${count(number, "conversation")} ${many}`] : [];
  return [
    ...line(added, added === 1 ? "gets it" : "get it"),
    ...line(changed, changed === 1 ? "gets another value" : "get another value"),
    ...line(removed, removed === 1 ? "loses it" : "lose it"),
    ...line(stay, stay === 1 ? "stays as it is" : "stay as they are"),
    ...line(
      refused.length,
      refused.length === 1 ? "has 20 tags and cannot take it" : "have 20 tags and cannot take it",
    ),
  ];
}

/** How long it takes to send, with what waits already. */
export function waitInWords({ calls, ahead, perMinute }: BulkPlan): string {
  if (calls === 0) return "Nothing would be changed.";
  const behind =
    ahead > 0 ? `, behind ${count(ahead, "change")} that ${ahead === 1 ? "waits" : "wait"} already` : "";
  return `Sent within ${durationInWords(calls + ahead, perMinute)}${behind}: the server takes ${perMinute} a minute.`;
}

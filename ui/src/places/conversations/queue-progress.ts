/** How far a queue is. The tags of its conversations decide, so that the same queue agrees on two computers. */
import type { ConversationRow } from "../../backend";

/** What becomes of a conversation of a queue. */
type ItemState = "toDo" | "inProgress" | "done" | "skipped";

/** What the rows of a queue are narrowed by. */
export type Only = "all" | ItemState | "drafts";

/** The choices, in the order they are offered. */
export const ONLY: readonly { id: Only; label: string }[] = [
  { id: "all", label: "All" },
  { id: "toDo", label: "To do" },
  { id: "inProgress", label: "In progress" },
  { id: "done", label: "Done" },
  { id: "skipped", label: "Skipped" },
  { id: "drafts", label: "Drafts" },
];

/** How many there are of each; `all` are those that are still there. */
export type Progress = Record<Only, number>;

/** The state of one conversation. */
const stateOf = ({ review }: Pick<ConversationRow, "review">): ItemState => review?.step ?? "toDo";

/** Whether a conversation is among those of a choice. */
export function isAmong(only: Only, row: ConversationRow, drafted: ReadonlySet<string>): boolean {
  return only === "all" || (only === "drafts" ? drafted.has(row.id) : stateOf(row) === only);
}

/** How many conversations there are of each choice. */
export function progressOf(rows: Iterable<ConversationRow>, drafted: ReadonlySet<string>): Progress {
  const counted: Progress = { all: 0, toDo: 0, inProgress: 0, done: 0, skipped: 0, drafts: 0 };
  for (const row of rows) {
    counted.all += 1;
    counted[stateOf(row)] += 1;
    if (drafted.has(row.id)) counted.drafts += 1;
  }
  return counted;
}

/** As in "12 of 40 done, 3 drafts". */
export function progressInWords({ all, done, drafts }: Progress): string {
  const told = `${done.toLocaleString()} of ${all.toLocaleString()} done`;
  return drafts === 0 ? told : `${told}, ${drafts.toLocaleString()} ${drafts === 1 ? "draft" : "drafts"}`;
}

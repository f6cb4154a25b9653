/** The list of all comments as it stands in the store, page after page. */
import type { ConversationRow, FeedbackPage, FeedbackRow, PageToken } from "../../backend";
import { whereNow } from "../../elements/rows";

/** The beginning of the list. */
export type Beginning = {
  rows: readonly FeedbackRow[];
  conversations: readonly ConversationRow[];
  /** How many there are altogether. */
  total: number;
  next: PageToken | null;
};

/** Reads from the beginning until there are more rows than so many, or all; nothing where it is not wanted any more. */
export async function readFar(
  ask: (next: PageToken | null) => Promise<FeedbackPage>,
  rows: number,
  isWanted: () => boolean,
): Promise<Beginning | null> {
  const read = new Map<string, FeedbackRow>();
  const conversations: ConversationRow[] = [];
  for (let next: PageToken | null = null; ;) {
    const page: FeedbackPage = await ask(next);
    if (!isWanted()) return null;
    for (const row of page.rows) read.set(row.id, row);
    conversations.push(...page.conversations);
    ({ next } = page);
    if (next === null || read.size > rows)
      return { rows: [...read.values()], conversations, total: page.total, next };
  }
}

/** The rows with one that is not among them any more, put where it stood among those that are. */
export function putBack(
  one: FeedbackRow,
  stood: readonly FeedbackRow[],
  rows: readonly FeedbackRow[],
): readonly FeedbackRow[] {
  const at = stood.indexOf(one);
  const beside = whereNow(stood, at, rows);
  const isAbove = stood.slice(0, at).some(({ id }) => id === rows[beside]?.id);
  return rows.toSpliced(isAbove ? beside + 1 : beside, 0, one);
}

/** Which conversations are still to be reviewed: their review is neither done nor skipped. */
import type { ConversationRow } from "../../backend";

/** Whether the review of a conversation is still open. */
export function isUnreviewed({ review }: Pick<ConversationRow, "review">): boolean {
  return review === null || review.step === "inProgress";
}

/** The place of the first one from a place on that is still to be reviewed and can be opened; -1 where none is. */
export function nextUnreviewed(
  rows: readonly ConversationRow[],
  from: number,
  isGone: (id: string) => boolean = () => false,
): number {
  return rows.findIndex((row, at) => at >= from && isUnreviewed(row) && !isGone(row.id));
}

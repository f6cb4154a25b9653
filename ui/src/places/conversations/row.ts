/** How a row of the list reads. */
import type { ConversationRow, ItemReason, TagView } from "../../backend";

/** What a row shows of the work in its conversation. */
export type RowWork = Pick<ConversationRow, "tags" | "review">;

/** Whether a row shows the same of both. */
export const sameInRow = (some: RowWork, others: RowWork) =>
  JSON.stringify([some.tags, some.review]) === JSON.stringify([others.tags, others.review]);

/** Why a conversation is in a queue. */
export const WHY: Record<ItemReason, string> = { rule: "By rule", random: "At random" };

/** The person's name, or what can be said instead. */
export function personInWords(user: ConversationRow["user"], known: ReadonlyMap<string, string>): string {
  return user.name ?? known.get(user.id) ?? `Person ${user.id}`;
}

/** The latest message, or why none is shown. */
export function snippet({ finalMessage, numMessages }: ConversationRow): { text: string; said: boolean } {
  if (finalMessage !== "") return { text: finalMessage, said: true };
  return { text: numMessages === 0 ? "No messages yet" : "The last message may not be read", said: false };
}

/** A number of things, as in "1 message" or "1,204 messages". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** A tag on one line. */
export function tagText({ key, value }: TagView): string {
  return value === null ? key : `${key}: ${value}`;
}

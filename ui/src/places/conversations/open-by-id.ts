/** Goes to a conversation of which only the id is known. */
import { backend, type ConversationRow } from "../../backend";
import { EVERYTHING, filterFrom } from "./filters";
import type { ConversationList } from "./list.svelte";

/** A conversation's row, also of one that is not in the list; null where the organization has none of that id. */
export async function rowOf(list: ConversationList, id: string): Promise<ConversationRow | null> {
  const there = list.rows[list.indexOf(id)];
  if (there) return there;
  const page = await backend.listConversations({ ...filterFrom(EVERYTHING), ids: [id] }, null);
  return page.rows[0] ?? null;
}

/** Opens it. Answers whether it is there; throws when that cannot be known. */
export async function openById(list: ConversationList, id: string): Promise<boolean> {
  if (list.opened?.id === id) return true;
  const row = await rowOf(list, id);
  if (!row) return false;
  const at = list.indexOf(id);
  if (at >= 0) list.open(at);
  else list.opened = row;
  return true;
}

/** Goes back to where the reviewer was writing when the program ended. */
import { backend } from "../../backend";
import { resumed } from "../conversation/drafts";
import type { ConversationList } from "./list.svelte";
import { rowOf } from "./open-by-id";

/** Opens the conversation of the latest draft, unless the reviewer has opened one by then. */
export async function resume(list: ConversationList): Promise<void> {
  const draft = await backend.latestDraft().catch(() => null);
  if (!draft || list.opened) return;
  const row = await rowOf(list, draft.conversationId).catch(() => null);
  if (!row || list.opened) return;
  if (draft.field === "comment") resumed.comment = row.id;
  list.opened = row;
}

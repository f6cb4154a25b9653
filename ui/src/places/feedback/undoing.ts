/** Taking back and making again in the list of all comments: what comes back is gone to. */
import { backend, troubleFrom } from "../../backend";
import { forgetUndos, toast } from "../../elements/toasts.svelte";
import { SAID } from "../../frame/going";
import { tellChanged } from "../../lib/outbox.svelte";
import type { FeedbackList } from "./list.svelte";

/** Takes the latest change back, or makes again what was undone last, and goes to where it was. */
export async function undoThere(way: "undo" | "redo", list: FeedbackList): Promise<void> {
  // What a toast offers to take back is not the latest change any more.
  forgetUndos();
  try {
    const what = await backend[way]();
    if (!what) return void toast(SAID[way].nothing);
    const before = list.rows;
    tellChanged([what.conversationId]);
    await (what.conversations > 1 ? list.refresh(list.revision ?? 0) : list.readAnew([what.conversationId]));
    const at = list.rows.findIndex((row, index) => row !== before[index]);
    if (at >= 0) list.open(at);
    toast(`${SAID[way].done}: ${what.what}${at >= 0 ? "" : ", in another conversation"}.`);
  } catch (thrown) {
    toast(`Nothing was changed. ${troubleFrom(thrown).message}`);
  }
}

/** Taking back and making again in the list of all comments: one that comes back is gone to, of many none. */
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
    const said = `${SAID[way].done}: ${what.what}`;
    if (what.conversations > 1) {
      // The comment that is looked at may be one of the many.
      tellChanged([what.conversationId, ...(list.current ? [list.current.conversationId] : [])]);
      await list.refresh(list.revision ?? 0);
      if (list.current === undefined) list.open(list.at);
      return void toast(`${said}.`);
    }
    const before = list.rows;
    tellChanged([what.conversationId]);
    await list.readAnew([what.conversationId]);
    const at = list.rows.findIndex((row, index) => row !== before[index]);
    if (at >= 0) list.open(at);
    toast(at >= 0 ? `${said}.` : `${said}, in another conversation.`);
  } catch (thrown) {
    toast(`Nothing was changed. ${troubleFrom(thrown).message}`);
  }
}

/** What the frame does with the reviewer's changes: takes them back, makes them again, and goes to those that need an answer. */
import { backend, troubleFrom } from "../backend";
import { forgetUndos, toast } from "../elements/toasts.svelte";
import { outboxNow, tellChanged } from "../lib/outbox.svelte";
import { wanted } from "../places/conversation/wanted";
import { goBack, wasLeftByGoingOn } from "../places/conversations/advance";
import type { ConversationList } from "../places/conversations/list.svelte";
import { openById } from "../places/conversations/open-by-id";

export const SAID = {
  undo: { done: "Undone", nothing: "Nothing to undo." },
  redo: { done: "Made again", nothing: "Nothing to make again." },
};

/** Shows a conversation; `show` brings the place of conversations into view. */
export async function goTo(list: ConversationList, id: string, show: () => void): Promise<void> {
  try {
    if (await openById(list, id)) {
      show();
      return tellChanged([id]);
    }
    toast("That conversation is not there any more.");
  } catch (thrown) {
    toast(
      `The conversation cannot be opened now; what you did in it is kept. ${troubleFrom(thrown).message}`,
    );
  }
  wanted.question = null;
  wanted.message = null;
}

/** Takes the latest change back, or makes again what was undone last, and says what it was. */
export async function travel(
  way: "undo" | "redo",
  list: ConversationList,
  show: () => void,
  inView: () => boolean,
): Promise<void> {
  // What a toast offers to take back is not the latest change any more.
  forgetUndos();
  try {
    const what = await backend[way]();
    if (!what) return void toast(SAID[way].nothing);
    tellChanged([what.conversationId]);
    const said = `${SAID[way].done}: ${what.what}`;
    if (what.conversations > 1) return void toast(`${said}.`);
    if (inView() && list.opened?.id === what.conversationId) return void toast(`${said}.`);
    if (way === "undo" && wasLeftByGoingOn(what.conversationId)) {
      if (await goBack(list, what.conversationId)) show();
      return void toast(`${said}. You are back in its conversation.`);
    }
    const act = () => void goTo(list, what.conversationId, show);
    toast(`${said}, in another conversation.`, undefined, { label: "Open it", act });
  } catch (thrown) {
    toast(`Nothing was changed. ${troubleFrom(thrown).message}`);
  }
}

/** Goes to the next change that needs an answer. */
export function goToQuestion(list: ConversationList, show: () => void): void {
  const { needingYou } = outboxNow();
  const next = needingYou.find((id) => id !== list.opened?.id) ?? needingYou[0];
  if (next === undefined) return;
  wanted.question = next;
  void goTo(list, next, show);
}

/** Going on by itself: from a review that is over, or a sound that has ended, to the next conversation still to be reviewed. */
import { troubleFrom } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { changeNow, settings } from "../../lib/settings.svelte";
import type { Said } from "../conversation/progress.svelte";
import { wanted } from "../conversation/wanted";
import type { ConversationList } from "./list.svelte";
import { saidPassing } from "./meanwhile";
import { openById } from "./open-by-id";
import { personInWords } from "./row";
import { nextUnreviewed } from "./unreviewed";

/** The conversation whose review was said to be over last: whoever takes that back wants to be there again. */
let left: string | null = null;

/** Whether a conversation was left by going on from it. */
export const wasLeftByGoingOn = (conversation: string): boolean => left === conversation;

/** Goes back to a conversation, with the focus in its transcript. Answers whether it is there. */
export async function goBack(list: ConversationList, conversation: string): Promise<boolean> {
  left = null;
  wanted.focus = conversation;
  return openById(list, conversation);
}

/** Says that a review is over, and opens the next conversation where the reviewer wants that. */
export async function goOn(list: ConversationList, { words, undo }: Said): Promise<void> {
  const from = list.opened?.id;
  if (!settings().autoAdvance || from === undefined) return void toast(words, undo);
  const back = undo && (() => void takeBack(list, from, undo));
  try {
    const next = await list.findUnreviewed();
    // The reviewer was quicker, and is elsewhere by now.
    if (list.opened?.id !== from) return void toast(words, back);
    left = from;
    const passing = saidPassing(list, list.indexOf(from) + 1, next);
    const told = passing === "" ? words : `${words} ${passing}`;
    if (next < 0) {
      list.finish();
      return void toast(`${told} Queue done.`, back);
    }
    open(list, next);
    toast(`${told} Next: ${nameOfOpen(list)}.`, back);
  } catch (thrown) {
    toast(`${words} What follows in the list could not be read. ${troubleFrom(thrown).message}`, back);
  }
}

/** The sound goes on in the next conversation. At the end it is over. */
export async function hearOn(list: ConversationList): Promise<void> {
  const from = list.opened?.id;
  const next = await list.findUnreviewed().catch(() => -1);
  if (next < 0 || list.opened?.id !== from) return;
  open(list, next);
  wanted.sound = list.opened?.id ?? null;
  toast(`The sound goes on: ${nameOfOpen(list)}.`);
}

/** Opens the first conversation of the list that is still to be reviewed. */
export function openUnreviewed(list: ConversationList): void {
  open(list, nextUnreviewed(list.rows, 0, list.queue?.isAbsent));
}

/** Switches going on by itself, and says so. */
export function switchAutoAdvance(): void {
  const autoAdvance = !settings().autoAdvance;
  changeNow({ autoAdvance });
  toast(autoAdvance ? "After a review, the next one opens." : "After a review, it stays open.");
}

function open(list: ConversationList, index: number): void {
  wanted.focus = list.rows[index]?.id ?? null;
  list.open(index);
}

async function takeBack(
  list: ConversationList,
  from: string,
  undo: NonNullable<Said["undo"]>,
): Promise<void> {
  await undo();
  if (wasLeftByGoingOn(from)) await goBack(list, from).catch(() => {});
}

const nameOfOpen = (list: ConversationList) =>
  list.opened ? personInWords(list.named(list.opened).user, list.people) : "";

/**
 * What the reviewer has typed and not sent, by account, conversation and place, so that an error, another conversation, another
 * account, a closed pane or a crash loses none of it. The fields show what is kept here, so that a text which comes back after
 * a refusal stands in whichever field is there by then. The shell keeps a copy that outlives the program.
 */
import { SvelteMap } from "svelte/reactivity";
import { backend, type DraftView } from "../../backend";
import { keepSoon } from "./draft-keeping.svelte";

/** A text that is being written: where the caret stands in it, and for a comment what it is about (`null` is the whole conversation). */
interface Draft {
  text: string;
  interaction: string | null;
  caret: number;
}

/** Where the texts of one conversation are kept. */
export type Desk = string & { readonly desk: unique symbol };

/** The place of a new comment. */
const COMMENT = "comment";

/** The conversation in which a comment was being written when the program ended: the caret goes back there. */
export const resumed: { comment: string | null } = { comment: null };

const drafts = new SvelteMap<string, Draft>();
/** Places that were written at in this run: what the shell kept before is older. */
const touched = new Set<string>();
let account = "";

/** Tells whose texts are typed from now on, by the account's id. */
export function turnDraftsTo(id: string): void {
  account = id;
}

/** A conversation's desk in the account that is signed in; it stays that account's when another one signs in. */
export const deskOf = (conversation: string) => `${account}/${conversation}` as Desk;

const keyOf = (desk: Desk, place: string) => `${desk}/${place}`;

/** What was typed at a place; empty when nothing was. */
export const typedAt = (desk: Desk, place: string) => drafts.get(keyOf(desk, place))?.text ?? "";

/** Where a reply to a comment is typed. */
export const replyTo = (comment: string) => `reply/${comment}`;
/** What is typed about a comment: other words for it, or a reply. */
export const typedOn = (desk: Desk, comment: string) =>
  typedAt(desk, comment) || typedAt(desk, replyTo(comment));

/** Keeps what is typed at a place; an empty text forgets it. The caret is at its end unless it is told. */
export function keepTyped(desk: Desk, place: string, text: string, caret = text.length): void {
  keep(desk, place, { text, interaction: null, caret });
}

/** The new comment that is being written in a conversation, if any. */
export const commentDraft = (desk: Desk) => drafts.get(keyOf(desk, COMMENT));

/** Keeps it; an empty text forgets it. */
export function keepComment(desk: Desk, text: string, interaction: string | null, caret = text.length): void {
  keep(desk, COMMENT, { text, interaction, caret });
}

function keep(desk: Desk, place: string, draft: Draft): void {
  const key = keyOf(desk, place);
  const before = drafts.get(key);
  if (draft.text === "") drafts.delete(key);
  else drafts.set(key, draft);
  touched.add(key);
  // Forgetting what was never there is nothing to keep.
  if (draft.text === "" && before === undefined) return;
  if (desk.startsWith(`${account}/`)) keepSoon(viewOf(desk, place, draft));
}

function viewOf(desk: Desk, field: string, { text, interaction, caret }: Draft): DraftView {
  return { conversationId: desk.slice(account.length + 1), field, text, interactionId: interaction, caret };
}

/** Brings back what was typed in a conversation in an earlier run. */
export async function recallDrafts(desk: Desk): Promise<void> {
  const kept = await backend.readDrafts(desk.slice(desk.indexOf("/") + 1)).catch(() => []);
  for (const { field, text, interactionId: interaction, caret } of kept) {
    const key = keyOf(desk, field);
    if (!touched.has(key)) drafts.set(key, { text, interaction, caret });
  }
}

/** What the shell keeps may be more than what was typed in this run: from now on it is what holds. */
export function trustKept(): void {
  touched.clear();
}

/** Forgets everything in this window; what the shell keeps stays. */
export function forgetDrafts(): void {
  drafts.clear();
  touched.clear();
}

/**
 * What the reviewer has typed and not sent, kept in memory by account, conversation and place, so that an error, another
 * conversation, another account or a closed pane loses none of it. The fields show what is kept here, so that a text which
 * comes back after a refusal stands in whichever field is there by then.
 */
import { SvelteMap } from "svelte/reactivity";

/** A comment that is being written, and what it is about (`null` is the whole conversation). */
export interface CommentDraft {
  text: string;
  interaction: string | null;
}

/** Where the texts of one conversation are kept. */
export type Desk = string & { readonly desk: unique symbol };

const texts = new SvelteMap<string, string>();
const comments = new SvelteMap<string, CommentDraft>();
let account = "";

/** Tells whose texts are typed from now on, by the account's id. */
export function turnDraftsTo(id: string): void {
  account = id;
}

/** A conversation's desk in the account that is signed in; it stays that account's when another one signs in. */
export const deskOf = (conversation: string) => `${account}/${conversation}` as Desk;

const keyOf = (desk: Desk, place: string) => `${desk}/${place}`;

/** What was typed at a place; empty when nothing was. */
export const typedAt = (desk: Desk, place: string) => texts.get(keyOf(desk, place)) ?? "";

/** Keeps what is typed at a place; an empty text forgets it. */
export function keepTyped(desk: Desk, place: string, text: string): void {
  if (text === "") texts.delete(keyOf(desk, place));
  else texts.set(keyOf(desk, place), text);
}

/** The new comment that is being written in a conversation, if any. */
export const commentDraft = (desk: Desk) => comments.get(desk);

/** Keeps it; an empty text forgets it. */
export function keepComment(desk: Desk, draft: CommentDraft): void {
  if (draft.text === "") comments.delete(desk);
  else comments.set(desk, { ...draft });
}

/** Forgets everything. */
export function forgetDrafts(): void {
  texts.clear();
  comments.clear();
}

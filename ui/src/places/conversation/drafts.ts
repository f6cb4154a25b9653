/**
 * What the reviewer has typed and not sent, kept in memory by conversation and place, so that an error, another conversation
 * or a closed pane loses none of it. The fields show what is kept here, so that a text which comes back after a refusal stands
 * in whichever field is there by then.
 */
import { SvelteMap } from "svelte/reactivity";

/** A comment that is being written, and what it is about (`null` is the whole conversation). */
export interface CommentDraft {
  text: string;
  interaction: string | null;
}

const texts = new SvelteMap<string, string>();
const comments = new SvelteMap<string, CommentDraft>();

const keyOf = (conversation: string, place: string) => `${conversation}/${place}`;

/** What was typed at a place; empty when nothing was. */
export const typedAt = (conversation: string, place: string) => texts.get(keyOf(conversation, place)) ?? "";

/** Keeps what is typed at a place; an empty text forgets it. */
export function keepTyped(conversation: string, place: string, text: string): void {
  if (text === "") texts.delete(keyOf(conversation, place));
  else texts.set(keyOf(conversation, place), text);
}

/** The new comment that is being written in a conversation, if any. */
export const commentDraft = (conversation: string) => comments.get(conversation);

/** Keeps it; an empty text forgets it. */
export function keepComment(conversation: string, draft: CommentDraft): void {
  if (draft.text === "") comments.delete(conversation);
  else comments.set(conversation, { ...draft });
}

/** Forgets everything: another account is signed in. */
export function forgetDrafts(): void {
  texts.clear();
  comments.clear();
}

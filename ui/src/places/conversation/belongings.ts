/** What is remembered between conversations belongs to one account; another one must see nothing of it. */
import { forgetUndos } from "../../elements/toasts.svelte";
import { turnDraftsTo } from "./drafts";
import { forgetInsights } from "./insights.svelte";

let owner: string | undefined;

/** Tells which account the conversations belong to from now on. What was typed waits until its own account is back. */
export function belongTo(account: string): void {
  turnDraftsTo(account);
  if (owner !== undefined && owner !== account) {
    forgetInsights();
    // Taking back would be done in the wrong account.
    forgetUndos();
  }
  owner = account;
}

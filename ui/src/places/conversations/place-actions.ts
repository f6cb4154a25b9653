/** What can be done with the list and the panes by name. */
import { tick } from "svelte";
import { onAction, onActions } from "../../keys";
import { panes } from "../../lib/panes.svelte";
import { EVERYTHING, isNarrowed } from "./filters";
import type { ConversationList } from "./list.svelte";

/** Registers them; `toggleWhy` shows the right pane or puts it away. Answers how to take them back. */
export function placeActions(list: ConversationList, toggleWhy: () => void): () => void {
  async function toggleList() {
    panes.listCollapsed = !panes.listCollapsed;
    await tick();
    // What had the focus in the list is not seen any more; its edge is, and brings it back.
    if (panes.listCollapsed && document.activeElement?.closest(".which"))
      document.querySelector<HTMLElement>("[role=separator]")?.focus();
  }
  const back = [
    onActions({ "read-list": () => void list.refresh(), "show-list": () => void toggleList() }),
    onAction("show-why", toggleWhy, () => (list.opened ? null : "No conversation is open")),
    onAction(
      "clear-filters",
      () => void list.narrow(EVERYTHING),
      () => (isNarrowed(list.narrowing) ? null : "Nothing is filtered"),
    ),
  ];
  return () => back.forEach((takeBack) => takeBack());
}

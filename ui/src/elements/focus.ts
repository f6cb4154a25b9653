/** Where the focus goes when what had it is not there any more. */
import { tick } from "svelte";

/** Puts the focus on a pane if nothing has it. */
export async function catchFocus(pane: HTMLElement | null | undefined): Promise<void> {
  await tick();
  if (!pane?.isConnected || document.activeElement !== document.body) return;
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

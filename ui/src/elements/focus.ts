/** Where the focus goes when what had it is not there any more. */
import { tick } from "svelte";
import { isEditable } from "../keys";

/** Puts the focus on a pane if nothing has it. */
export async function catchFocus(pane: HTMLElement | null | undefined): Promise<void> {
  await tick();
  if (!pane?.isConnected || document.activeElement !== document.body) return;
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

/** Frames until a row that was just drawn is measured: until then it is hidden, and takes no focus. */
const MEASURING = 30;

/** Puts the focus on a row as soon as it can take it, unless the reviewer begins to type elsewhere meanwhile. */
export function focusOnceShown(row: HTMLElement, frames = MEASURING): void {
  row.focus({ preventScroll: true });
  const { activeElement } = document;
  if (activeElement === row || frames === 0 || !row.isConnected || isEditable(activeElement)) return;
  requestAnimationFrame(() => focusOnceShown(row, frames - 1));
}

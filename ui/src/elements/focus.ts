/** Where the focus goes when it would leave where it belongs, or what had it is not there any more. */
import { tick } from "svelte";

/** What Tab goes to. */
const REACHED =
  "a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** Where Tab (`by` 1) or Shift Tab (−1) goes from one end of a box to stay in it; nothing where the next one is inside anyway. */
export function around(box: HTMLElement, by: 1 | -1): HTMLElement | undefined {
  const all = [...box.querySelectorAll<HTMLElement>(REACHED)];
  const [first, last] = [all[0], all.at(-1)];
  const at = document.activeElement;
  if (by === 1) return at === last ? first : undefined;
  return at === first || at === box ? last : undefined;
}

/** Puts the focus on a pane if nothing has it. */
export async function catchFocus(pane: HTMLElement | null | undefined): Promise<void> {
  await tick();
  if (!pane?.isConnected || document.activeElement !== document.body) return;
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

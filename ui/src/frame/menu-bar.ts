/** The native menu bar, of the table of actions. What is chosen in it is done as by its key. */
import { backend, watchMenu, type MenuGroup } from "../backend";
import { toast } from "../elements/toasts.svelte";
import { actionIds, ACTIONS, actionOf, perform, WHERE, whyNot, type ActionId } from "../keys";

/** What a menu is called where the name of its actions’ place says little. */
const NAMES: Record<string, string> = { Anywhere: "General" };

/** The menus, with the keys in force. */
export const menus = (): MenuGroup[] =>
  WHERE.map((where) => ({
    label: NAMES[where] ?? where,
    items: actionIds
      .filter((id) => ACTIONS[id].where === where)
      .map((id) => ({ action: id, label: actionOf(id).label, keys: actionOf(id).shown || null })),
  })).filter(({ items }) => items.length > 0);

function choose(action: string): void {
  if (!Object.hasOwn(ACTIONS, action)) return;
  const id = action as ActionId;
  const { label } = ACTIONS[id];
  const why = whyNot(id);
  if (why !== null) toast(`${label}: ${why.toLowerCase()}.`);
  else if (!perform(id)) toast(`Nothing to do: ${label.toLowerCase()}.`);
}

let watching = false;
/** What stands there: it is drawn anew only when that changes. */
let standing = "";

/** Puts the menu bar up, or takes it away. Without it everything is in the palette. */
export async function setMenuBar(shown: boolean): Promise<void> {
  const groups = shown ? menus() : [];
  const text = groups.length > 0 ? JSON.stringify(groups) : "";
  if (text === standing) return;
  standing = text;
  try {
    if (!watching) {
      watching = true;
      await watchMenu(choose);
    }
    await backend.setMenu(groups);
  } catch {
    watching = false;
    standing = "";
    if (shown) toast("The menu bar could not be shown.");
  }
}

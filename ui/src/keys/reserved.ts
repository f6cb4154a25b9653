/** Keys that no action can be given, and why. */
import { isMac, textOf, type Chord } from "./chord";

const OF_TEXT = "copies, pastes and marks text";
const OF_WINDOW = "belongs to the system’s windows";

const RESERVED = new Map([
  ["Tab", "moves the focus"],
  ["shift+Tab", "moves the focus"],
  ["Escape", "leaves, wherever you are"],
  ["shift+Escape", "leaves, wherever you are"],
  ...["c", "v", "x", "a", "Insert", "shift+Insert"].map(
    (key) => [key.startsWith("shift") ? key : `mod+${key}`, OF_TEXT] as const,
  ),
  ...["mod+q", "mod+w", "alt+F4", "alt+Tab", "mod+Tab", "mod+shift+Tab", "mod+alt+Delete", "alt+ "].map(
    (text) => [text, OF_WINDOW] as const,
  ),
  ["PrintScreen", "belongs to the system"],
  ["ContextMenu", "opens menus"],
  ["shift+F10", "opens menus"],
]);
const RESERVED_ON_MAC = new Map([
  ["mod+h", OF_WINDOW],
  ["mod+m", OF_WINDOW],
]);

/** Why an action cannot have this chord; null where it can. */
export function whyReserved(chord: Chord, mac = isMac()): string | null {
  const text = textOf(chord);
  return RESERVED.get(text) ?? (mac ? RESERVED_ON_MAC.get(text) : undefined) ?? null;
}

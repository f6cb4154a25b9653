/**
 * One table of what a key does, and the dispatcher that obeys its rules: nothing bare fires in an editable
 * target, with a dialog or menu open, or during IME composition.
 *
 * A component that can act registers while it is mounted: `$effect(() => onAction("comment", () => …))`.
 */

import { ACTIONS, actionOf, type ActionId, type Chord } from "./actions";

export { ACTIONS, actionOf, type ActionId, type Chord, type Where } from "./actions";

/** The part of a keyboard event that decides which action is meant. */
export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

const isLetter = (key: string) => /^[a-z]$/i.test(key);

/**
 * The character a press means. A letter is taken as the layout gives it; where the layout has no Latin letters
 * (Greek, Cyrillic, Arabic) the physical key stands in.
 */
function meantKey(press: KeyPress): string {
  if (isLetter(press.key)) return press.key.toLowerCase();
  const physical = /^Key([A-Z])$/.exec(press.code);
  const foreign = press.key.length === 1 && press.key.charCodeAt(0) > 0x24f;
  return physical?.[1] && foreign ? physical[1].toLowerCase() : press.key;
}

function matches(chord: Chord, press: KeyPress): boolean {
  const mod = press.ctrlKey !== press.metaKey;
  if ((press.ctrlKey && press.metaKey) || mod !== (chord.mod ?? false)) return false;
  if (press.altKey !== (chord.alt ?? false)) return false;
  if (chord.code) return press.code === chord.code && press.shiftKey === (chord.shift ?? false);
  const key = meantKey(press);
  // Which punctuation needs Shift differs between layouts: the character alone decides.
  const shiftMatters = isLetter(key) || key.length > 1 || key === " ";
  if (shiftMatters && press.shiftKey !== (chord.shift ?? false)) return false;
  return key === chord.key;
}

const byCharacter = (chord: Chord) => chord.key !== undefined;

/** The action a press means, whatever the focus; what a layout types goes before where a key sits. */
export function actionFor(press: KeyPress): ActionId | null {
  for (const wanted of [byCharacter, (chord: Chord) => !byCharacter(chord)]) {
    for (const id of Object.keys(ACTIONS) as ActionId[]) {
      if (actionOf(id).chords.some((chord) => wanted(chord) && matches(chord, press))) return id;
    }
  }
  return null;
}

const TEXT_INPUTS = new Set([
  "button",
  "checkbox",
  "radio",
  "range",
  "submit",
  "reset",
  "color",
  "file",
  "image",
]);

/** Whether typing into this element changes text. */
export function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !TEXT_INPUTS.has(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  const host = target.closest("[contenteditable]");
  return host !== null && host.getAttribute("contenteditable") !== "false";
}

const PRESSABLE = "button, a[href], summary, input, select, [role=button], [role=tab], [role=checkbox]";
const ABOVE_EVERYTHING = "dialog[open], [role=dialog], [role=alertdialog], [role=menu]";

/** Whether a press may fire at all, given where the focus is. */
export function mayFire(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
  const bare = !(event.ctrlKey || event.metaKey || event.altKey);
  // What AltGr types is text, not a command.
  if (!bare && event.key.length === 1 && event.getModifierState("AltGraph")) return false;
  if (document.querySelector(ABOVE_EVERYTHING)) return false;
  if (!bare) return true;
  if (isEditable(event.target)) return false;
  const presses = event.key === " " || event.key === "Enter";
  return !(presses && event.target instanceof Element && event.target.closest(PRESSABLE));
}

/** Answers `false` when it had nothing to do, so that the one registered before it is asked. */
export type ActionHandler = () => unknown;

const handlers = new Map<ActionId, ActionHandler[]>();

/** Registers what an action does; the latest goes first. Answers how to take it back. */
export function onAction(id: ActionId, handler: ActionHandler): () => void {
  const stack = handlers.get(id) ?? [];
  handlers.set(id, stack);
  stack.push(handler);
  return () => {
    const at = stack.lastIndexOf(handler);
    if (at >= 0) stack.splice(at, 1);
  };
}

/** Does an action as if its key were pressed; answers whether anything was done. */
export function perform(id: ActionId): boolean {
  const stack = [...(handlers.get(id) ?? [])].reverse();
  return stack.some((handler) => handler() !== false);
}

/** Acts on one key press. */
export function dispatch(event: KeyboardEvent): void {
  const id = actionFor(event);
  if (!id || !mayFire(event)) return;
  const { repeats, leftToText } = actionOf(id);
  if ((event.repeat && !repeats) || (leftToText && isEditable(event.target))) return;
  if (perform(id)) event.preventDefault();
}

/** Listens on the window; answers how to stop. */
export function listen(): () => void {
  window.addEventListener("keydown", dispatch);
  return () => window.removeEventListener("keydown", dispatch);
}

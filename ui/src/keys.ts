/**
 * The dispatcher: from a key press to what is done, by the one table of actions. Its rules: nothing bare fires in an
 * editable target, with a dialog or menu open, or during IME composition; arrows stay with what has its own.
 *
 * A component that can act registers while it is mounted: `$effect(() => onAction("comment", () => …))`.
 */
import { actionIds, ACTIONS, type ActionId, type Entry, type Where } from "./actions";
import { ariaOf, shownOf, type Chord } from "./keys/chord";
import { actionFor, chordsOf } from "./keys/in-force.svelte";

export { actionIds, ACTIONS, WHERE, type ActionId } from "./actions";
export type { Chord, KeyPress } from "./keys/chord";
export { actionFor } from "./keys/in-force.svelte";

/** An action with the keys in force. */
export type Action = Omit<Entry, "chords"> & {
  id: ActionId;
  chords: readonly Chord[];
  /** Its first key, as shown beside the action; empty where it has none. */
  shown: string;
  /** Its keys, as announced by assistive technology. */
  aria: string | undefined;
};

/** An action with the keys in force. In markup and effects it follows a change of keys. */
export function actionOf(id: ActionId): Action {
  const chords = chordsOf(id);
  const [first] = chords;
  return {
    ...(ACTIONS[id] as Entry),
    id,
    chords,
    shown: first ? shownOf(first) : "",
    aria: chords.length > 0 ? [...new Set(chords.map((chord) => ariaOf(chord)))].join(" ") : undefined,
  };
}

const NO_TEXT = new Set([
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
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  const host = target.closest("[contenteditable]");
  return host !== null && host.getAttribute("contenteditable") !== "false";
}

const PRESSABLE = "button, a[href], summary, input, select, [role=button], [role=tab], [role=checkbox]";
/** What the arrow keys move in. */
const STEERED =
  "input, select, [role=option], [role=tab], [role=slider], [role=separator], [role=radio], [role=treeitem], [role=gridcell]";
const ABOVE_EVERYTHING = "dialog[open], [role=dialog], [role=alertdialog], [role=menu]";

/** Whether a press may fire at all, given where the focus is. */
function mayFire(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
  const bare = !(event.ctrlKey || event.metaKey || event.altKey);
  // What AltGr types is text, not a command.
  if (!bare && event.key.length === 1 && event.getModifierState("AltGraph")) return false;
  if (document.querySelector(ABOVE_EVERYTHING)) return false;
  if (!bare) return true;
  if (isEditable(event.target)) return false;
  if (!(event.target instanceof Element)) return true;
  if (event.key === " " || event.key === "Enter") return !event.target.closest(PRESSABLE);
  return !(event.key.startsWith("Arrow") && event.target.closest(STEERED));
}

/** Answers `false` when it had nothing to do, so that the one registered before it is asked. */
type ActionHandler = () => unknown;
/** Answers why the action can do nothing now, in words; null when it can. */
type WhyNot = () => string | null;

const handlers = new Map<ActionId, { handler: ActionHandler; whyNot: WhyNot }[]>();

/** Registers what an action does; the latest goes first. Answers how to take it back. */
export function onAction(id: ActionId, handler: ActionHandler, whyNot: WhyNot = () => null): () => void {
  const stack = handlers.get(id) ?? [];
  handlers.set(id, stack);
  const one = { handler, whyNot };
  stack.push(one);
  return () => {
    const at = stack.lastIndexOf(one);
    if (at >= 0) stack.splice(at, 1);
  };
}

/** Registers several at once. */
export function onActions(each: Partial<Record<ActionId, ActionHandler>>, whyNot?: WhyNot): () => void {
  const ids = actionIds.filter((id) => each[id] !== undefined);
  const back = ids.map((id) => onAction(id, each[id]!, whyNot));
  return () => back.forEach((takeBack) => takeBack());
}

/** Does an action as if its key were pressed; answers whether anything was done. */
export function perform(id: ActionId): boolean {
  const stack = [...(handlers.get(id) ?? [])].reverse();
  return stack.some(({ handler, whyNot }) => whyNot() === null && handler() !== false);
}

const NOT_HERE: Record<Where, string> = {
  Anywhere: "Not on this screen",
  List: "Not on this screen",
  Transcript: "No conversation is open",
  Sound: "No conversation is open",
  Feedback: "Only in Feedback",
  View: "Not on this screen",
  Account: "Nobody is signed in",
};

/** Why an action can do nothing now, in words; null when it can. */
export function whyNot(id: ActionId): string | null {
  const reasons = (handlers.get(id) ?? []).map((one) => one.whyNot());
  if (reasons.length === 0) return NOT_HERE[ACTIONS[id].where];
  return reasons.includes(null) ? null : (reasons.at(-1) ?? null);
}

/** Acts on one key press. */
function dispatch(event: KeyboardEvent): void {
  const id = actionFor(event);
  if (!id || !mayFire(event)) return;
  const { repeats, leftToText } = ACTIONS[id] as Entry;
  if ((event.repeat && !repeats) || (leftToText && isEditable(event.target))) return;
  if (perform(id)) event.preventDefault();
}

/** Listens on the window; answers how to stop. */
export function listen(): () => void {
  window.addEventListener("keydown", dispatch);
  return () => window.removeEventListener("keydown", dispatch);
}

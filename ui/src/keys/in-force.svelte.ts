/** The keys in force, and changing them: kept with the settings, in force at once. */
import type { Keyboard, KeyBinding } from "../backend";
import { actionIds, ACTIONS, type ActionId } from "../actions";
import { changeNow, settings } from "../lib/settings.svelte";
import { bindingsFrom, meantBy, usualChords, type Bindings } from "./bindings";
import { chordOf, isSingle, shownOf, textOf, type Chord, type KeyPress } from "./chord";
import { whyReserved } from "./reserved";

/** What each action is bound to, whether or not letters alone do anything. */
const bound = $derived(bindingsFrom(settings().keyboard));

const inForce = $derived.by((): Bindings => {
  if (settings().keyboard.singleKeys) return bound;
  const without = actionIds.map((id) => [id, bound[id].filter((chord) => !isSingle(chord))]);
  return Object.fromEntries(without) as Bindings;
});

/** The chords that do an action now. */
export const chordsOf = (id: ActionId): readonly Chord[] => inForce[id];

/** The chords an action is bound to, those that are switched off among them. */
export const boundTo = (id: ActionId): readonly Chord[] => bound[id];

/** The action a press means, whatever the focus. */
export const actionFor = (press: KeyPress): ActionId | null => meantBy(inForce, press);

/** Whether an action has other keys than at first. */
export const isChanged = (id: ActionId): boolean =>
  settings().keyboard.bindings.some(({ action }) => action === id);

/** Changes something about the keyboard. */
export const changeKeyboard = (change: Partial<Keyboard>) =>
  changeNow({ keyboard: { ...settings().keyboard, ...change } });

function setChords(id: ActionId, chords: readonly Chord[]): void {
  const texts = chords.map(textOf);
  const others = settings().keyboard.bindings.filter(({ action }) => action !== id);
  const isUsual = String(texts) === String(usualChords(id, settings().keyboard.preset).map(textOf));
  const changed: KeyBinding[] = isUsual ? [] : [{ action: id, chords: texts }];
  changeKeyboard({ bindings: [...others, ...changed] });
}

/** The most keys of one action; the settings keep no more. */
const MOST = 8;

/** Gives an action one more key. Answers why that cannot be, in words; null once it is in force, or if nothing to bind was pressed yet. */
export function bind(id: ActionId, press: KeyPress): string | null {
  const chord = chordOf(press);
  if (!chord) return null;
  const shown = shownOf(chord);
  const reserved = whyReserved(chord);
  if (reserved) return `${shown} cannot be given to an action: it ${reserved}.`;
  const owner = meantBy(bound, press);
  if (owner) return `${shown} is already: ${ACTIONS[owner].label}`;
  if (bound[id].length >= MOST) return `An action has ${MOST} keys at most.`;
  setChords(id, [...bound[id], chord]);
  return null;
}

/** Takes a key from an action. */
export function unbind(id: ActionId, chord: Chord): void {
  setChords(
    id,
    bound[id].filter((other) => textOf(other) !== textOf(chord)),
  );
}

/** Gives an action the keys it has at first. Answers which of them stay with another action, in words. */
export function reset(id: ActionId): string | null {
  changeKeyboard({ bindings: settings().keyboard.bindings.filter(({ action }) => action !== id) });
  const there = bound[id].map(textOf);
  const missing = usualChords(id, settings().keyboard.preset).filter(
    (chord) => !there.includes(textOf(chord)),
  );
  const owners = missing.map((chord) => {
    const owner = actionIds.find((other) => bound[other].some((taken) => textOf(taken) === textOf(chord)));
    return owner && `${shownOf(chord)} stays with: ${ACTIONS[owner].label}`;
  });
  return owners.length > 0 ? owners.join(". ") : null;
}

/** Gives every action the keys it has at first. */
export const resetAll = () => changeKeyboard({ bindings: [] });

/** Which chords each action has: those of the table and of the preset, and what the reviewer changed. */
import type { Keyboard } from "../backend";
import { actionIds, ACTIONS, ARROWS, type ActionId, type Entry } from "../actions";
import { chordFrom, matches, textOf, type Chord, type KeyPress } from "./chord";
import { whyReserved } from "./reserved";

/** The chords of every action. */
export type Bindings = Readonly<Record<ActionId, readonly Chord[]>>;

const entry = (id: ActionId): Entry => ACTIONS[id];

/** The chords an action has at first. */
export const usualChords = (id: ActionId, preset: Keyboard["preset"]): readonly Chord[] => [
  ...entry(id).chords,
  ...(preset === "arrows" ? (ARROWS[id] ?? []) : []),
];

const isAction = (id: string): id is ActionId => Object.hasOwn(ACTIONS, id);

/** The chords of an action's entry in the settings; what nobody can have set is passed over. */
function readable(texts: readonly string[]): Chord[] {
  return texts.flatMap((text) => {
    const chord = chordFrom(text);
    return chord && whyReserved(chord) === null ? [chord] : [];
  });
}

/** All chords there are, each for one action: what the reviewer chose goes before what is so at first. */
export function bindingsFrom({ preset, bindings }: Pick<Keyboard, "preset" | "bindings">): Bindings {
  const changed = new Map<ActionId, readonly Chord[]>();
  const taken = new Set<string>();
  const free = (chord: Chord) => !taken.has(textOf(chord)) && taken.add(textOf(chord));
  for (const { action, chords } of bindings) {
    if (!isAction(action) || entry(action).fixed || changed.has(action)) continue;
    changed.set(action, readable(chords).filter(free));
  }
  const each = actionIds.map((id) => [id, changed.get(id) ?? usualChords(id, preset).filter(free)]);
  return Object.fromEntries(each) as Bindings;
}

const byCharacter = (chord: Chord) => chord.key !== undefined;

/** The action a press means; what a layout types goes before where a key sits. */
export function meantBy(bindings: Bindings, press: KeyPress): ActionId | null {
  for (const wanted of [byCharacter, (chord: Chord) => !byCharacter(chord)])
    for (const id of actionIds)
      if (bindings[id].some((chord) => wanted(chord) && matches(chord, press))) return id;
  return null;
}

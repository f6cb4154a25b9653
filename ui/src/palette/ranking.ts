/** What fits what is typed, the best and the most used first. */
import fuzzysort from "fuzzysort";
import type { Keyboard } from "../backend";
import { actionIds, ACTIONS, actionOf, whyNot, type ActionId } from "../keys";
import { changeKeyboard } from "../keys/in-force.svelte";
import { settings } from "../lib/settings.svelte";
import type { Offer } from "./sources";

/** A line of the palette. */
export type Line = {
  id: string;
  label: string;
  group: string;
  also: string;
  /** Its key, as shown. */
  shown: string;
  /** Why it cannot be chosen now; null when it can. */
  whyNot: string | null;
  /** How often it was chosen. */
  uses: number;
  first: boolean;
  act: Offer["act"] | { perform: ActionId };
};

/** The palette cannot be reached from inside itself, and is left by Escape. */
const LEFT_OUT: readonly ActionId[] = ["palette", "leave"];

/** All lines there are: actions, then what is offered beside them. */
export function linesOf(offers: readonly Offer[], uses: Keyboard["uses"]): Line[] {
  const used = new Map(uses.map(({ action, times }) => [action, times]));
  const actions = actionIds
    .filter((id) => !LEFT_OUT.includes(id))
    .map((id): Line => {
      const { label, where, also = "", shown } = actionOf(id);
      const line = { id, label, also, shown, whyNot: whyNot(id), uses: used.get(id) ?? 0, first: false };
      return { ...line, group: where === "Anywhere" ? "" : where, act: { perform: id } };
    });
  const others = offers.map(({ id, label, group, also = "", first = false, act }): Line => ({
    ...{ id, label, group, also, first, act },
    ...{ shown: "", whyNot: null, uses: 0 },
  }));
  return [...actions, ...others];
}

/** A line that is used often stands before one that fits a little better. */
const MOST_FOR_USE = 0.25;
const forUse = (uses: number) => Math.min(MOST_FOR_USE, Math.log2(1 + uses) / 20);
const AT_MOST = 60;
const LEAST = 0.2;

/** The lines that fit, best first. Where nothing is typed, what can be done now, the most used first. */
export function ranked(lines: readonly Line[], typed: string): readonly Line[] {
  const words = typed.trim();
  const byUse = (one: Line, other: Line) => other.uses - one.uses;
  if (words === "") return lines.filter((line) => line.whyNot === null).sort(byUse);
  const found = fuzzysort.go(
    words,
    lines.filter((line) => !line.first),
    {
      keys: ["label", "also", "group"],
      limit: AT_MOST,
      threshold: LEAST,
      scoreFn: (result) => {
        const [label, also, group] = result.map(({ score }) => score);
        const fits = Math.max(label ?? 0, 0.9 * (also ?? 0), 0.5 * (group ?? 0), 0.9 * result.score);
        if (fits < LEAST) return 0;
        return fits + forUse(result.obj.uses) - (result.obj.whyNot === null ? 0 : 0.5 * fits);
      },
    },
  );
  return [...lines.filter((line) => line.first), ...found.map(({ obj }) => obj)];
}

/** Remembers that an action was chosen. */
export function countUse(id: ActionId): void {
  const { uses } = settings().keyboard;
  const before = uses.find(({ action }) => action === id)?.times ?? 0;
  const others = uses.filter(({ action }) => action !== id && Object.hasOwn(ACTIONS, action));
  changeKeyboard({ uses: [{ action: id, times: Math.min(before + 1, 9_999) }, ...others] });
}

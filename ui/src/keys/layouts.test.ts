/** Every default on three layouts: it works, or one of its substitutes does. */
import { fireEvent } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { actionIds, ACTIONS, listen, onAction, type ActionId } from "../keys";
import { bindingsFrom, meantBy } from "./bindings";
import type { Chord, KeyPress } from "./chord";

/** What a key types: alone, and with Shift. What needs AltGr is not here: no shortcut can be typed with it. */
type Layout = Record<string, readonly [plain: string, shifted: string]>;

const letters = (rows: Record<string, string>): Layout =>
  Object.fromEntries(
    Object.entries(rows).map(([code, letter]) => [`Key${code}`, [letter, letter.toUpperCase()] as const]),
  );
const SAME = Object.fromEntries([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((code) => [code, code.toLowerCase()]));
const NAMED = ["Enter", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "F10"];

const US: Layout = {
  ...letters(SAME),
  Digit1: ["1", "!"],
  Digit2: ["2", "@"],
  Digit3: ["3", "#"],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  Backslash: ["\\", "|"],
  Comma: [",", "<"],
  Period: [".", ">"],
  Slash: ["/", "?"],
};
const AZERTY: Layout = {
  ...letters({ ...SAME, Q: "a", A: "q", W: "z", Z: "w", M: "," }),
  KeyM: [",", "?"],
  Semicolon: ["m", "M"],
  Digit1: ["&", "1"],
  Digit2: ["é", "2"],
  Digit3: ['"', "3"],
  BracketLeft: ["Dead", "Dead"],
  BracketRight: ["$", "£"],
  Backslash: ["*", "µ"],
  Comma: [";", "."],
  Period: [":", "/"],
  Slash: ["!", "§"],
  IntlBackslash: ["<", ">"],
};
const QWERTZ: Layout = {
  ...letters({ ...SAME, Y: "z", Z: "y" }),
  Digit1: ["1", "!"],
  Digit2: ["2", '"'],
  Digit3: ["3", "§"],
  BracketLeft: ["ü", "Ü"],
  BracketRight: ["+", "*"],
  Backslash: ["#", "'"],
  Comma: [",", ";"],
  Period: [".", ":"],
  Slash: ["-", "_"],
  Minus: ["ß", "?"],
  IntlBackslash: ["<", ">"],
};
const LAYOUTS = { US, AZERTY, QWERTZ };

/** The presses a layout can make of a chord. */
function pressesOf(layout: Layout, chord: Chord): KeyPress[] {
  const held = { ctrlKey: chord.mod ?? false, metaKey: false, altKey: chord.alt ?? false };
  const named = chord.key === " " ? ["Space"] : NAMED.filter((name) => name === chord.key);
  if (named.length > 0)
    return named.map((code) => ({ key: chord.key!, code, shiftKey: chord.shift ?? false, ...held }));
  return Object.entries(layout).flatMap(([code, typed]) =>
    typed
      .map((key, shifted) => ({ key, code, shiftKey: shifted === 1, ...held }))
      .filter(({ key, shiftKey }) =>
        chord.code
          ? code === chord.code && shiftKey === (chord.shift ?? false)
          : key.toLowerCase() === chord.key &&
            (/[a-z]/i.test(key) ? shiftKey === (chord.shift ?? false) : true),
      ),
  );
}

const withKeys = actionIds.filter((id) => ACTIONS[id].chords.length > 0);

describe.each(Object.entries(LAYOUTS))("on a %s keyboard", (_name, layout) => {
  describe.each(["console", "arrows"] as const)("with the preset %s", (preset) => {
    const bindings = bindingsFrom({ preset, bindings: [] });

    it.each(withKeys)("%s can be pressed", (id) => {
      const presses = bindings[id].flatMap((chord) => pressesOf(layout, chord));
      expect(presses.filter((press) => meantBy(bindings, press) === id)).not.toEqual([]);
    });
  });
});

describe("the events of", () => {
  let fired: ActionId[];
  let takeBack: (() => void)[];
  const type = (key: string, code: string, more: KeyboardEventInit = {}) =>
    fireEvent.keyDown(document.body, { key, code, ...more });

  beforeEach(() => {
    fired = [];
    takeBack = [listen(), ...actionIds.map((id) => onAction(id, () => void fired.push(id)))];
  });
  afterEach(() => takeBack.forEach((back) => back()));

  it("AZERTY do what its characters and keys say", async () => {
    await type("k", "KeyK");
    await type("?", "KeyM", { shiftKey: true });
    await type("a", "KeyQ");
    await type("&", "Digit1");
    await type("z", "KeyW", { ctrlKey: true });
    await type("w", "KeyZ", { ctrlKey: true });
    expect(fired).toEqual(["previous-turn", "help", "choose-first", "undo"]);
  });

  it("QWERTZ do, and Z is where Y was", async () => {
    await type("z", "KeyY", { ctrlKey: true });
    await type("y", "KeyZ", { ctrlKey: true });
    await type("?", "Minus", { shiftKey: true });
    await type("ü", "BracketLeft");
    await type("#", "Backslash");
    expect(fired).toEqual(["undo", "redo", "help", "slower", "normal-speed"]);
  });

  it("a composition do nothing, whatever is typed in it", async () => {
    for (const [key, code] of Object.entries({ j: "KeyJ", " ": "Space", Enter: "Enter", "1": "Digit1" })) {
      await fireEvent.compositionStart(document.body);
      await type(key, code, { isComposing: true });
      await type("Process", code, { keyCode: 229 });
      await fireEvent.compositionEnd(document.body);
    }
    expect(fired).toEqual([]);
  });

  it("AltGr, which Windows tells as Control and Alt, do nothing", async () => {
    await type("[", "Digit5", { ctrlKey: true, altKey: true, modifierAltGraph: true });
    expect(fired).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ariaOf, chordFrom, chordOf, isSingle, matches, shownOf, textOf, type KeyPress } from "./chord";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
  ...more,
});

const presses = fc.record({
  key: fc.oneof(
    fc.string({ minLength: 1, maxLength: 1, unit: "binary-ascii" }).filter((key) => key >= " " && key <= "~"),
    fc.constantFrom("Enter", "ArrowDown", "F9", "Home", "ü", "о", "Dead"),
  ),
  code: fc.constantFrom("KeyJ", "BracketLeft", "Digit1", "IntlBackslash", "F9"),
  shiftKey: fc.boolean(),
  ctrlKey: fc.boolean(),
  metaKey: fc.constant(false),
  altKey: fc.boolean(),
});

describe("a press that was bound", () => {
  it("is that chord again, after it was kept and read", () => {
    fc.assert(
      fc.property(presses, (pressed) => {
        const chord = chordOf(pressed)!;
        const kept = chordFrom(textOf(chord));
        expect(kept).toEqual(chord);
        expect(matches(kept!, pressed)).toBe(true);
      }),
    );
  });

  it("is none yet while only what is held down with others is pressed", () => {
    for (const key of ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"])
      expect(chordOf(press(key, { code: "ShiftLeft" }))).toBeNull();
  });

  it.each([
    [press("J", { shiftKey: true }), "shift+j"],
    [press("о", { code: "KeyJ" }), "j"],
    [press("?", { shiftKey: true, code: "Minus" }), "?"],
    [press("Dead", { code: "BracketLeft" }), "[BracketLeft]"],
    [press("å", { altKey: true, code: "KeyA" }), "alt+[KeyA]"],
    [press("ArrowDown", { metaKey: true, altKey: true }), "mod+alt+ArrowDown"],
    [press("F9", { shiftKey: true }), "shift+F9"],
    [press("+"), "+"],
    [press("["), "["],
  ])("%o is kept as %s", (pressed, text) => {
    expect(textOf(chordOf(pressed)!)).toBe(text);
  });
});

it.each([
  "",
  "mod+",
  "shift+?",
  "J",
  "[J",
  "[]",
  "ctrl+k",
  "mod+mod+k",
  "two words",
  "<script>",
  "shift+mod+k",
])("%o was not written here", (text) => expect(chordFrom(text)).toBeNull());

it.each([
  [{ key: "j" }, "J", "J", "J"],
  [{ key: "j", shift: true }, "Shift J", "⇧J", "Shift+J"],
  [{ key: "k", mod: true }, "Ctrl K", "⌘K", "Control+K"],
  [{ key: "Enter", mod: true }, "Ctrl Enter", "⌘↵", "Control+Enter"],
  [{ key: "ArrowDown", mod: true, alt: true }, "Ctrl Alt ↓", "⌘⌥↓", "Control+Alt+ArrowDown"],
  [{ key: " " }, "Space", "Space", "Space"],
  [{ key: " ", mod: true }, "Ctrl Space", "⌃Space", "Control+Space"],
  [{ code: "Comma", shift: true }, "Shift ,", "⇧,", "Shift+,"],
  [{ code: "BracketLeft" }, "[", "[", "["],
  [{ key: "Escape" }, "Esc", "Esc", "Escape"],
  [{ key: "?" }, "?", "?", "?"],
])("%o is shown and announced", (chord, words, glyphs, aria) => {
  expect([shownOf(chord, false), shownOf(chord, true), ariaOf(chord, false)]).toEqual([words, glyphs, aria]);
});

it("is announced with Command on a Mac", () => {
  expect(ariaOf({ key: "k", mod: true }, true)).toBe("Meta+K");
});

it.each([
  [{ key: "j" }, true],
  [{ key: "j", shift: true }, true],
  [{ key: "?" }, true],
  [{ code: "BracketLeft" }, true],
  [{ key: "k", mod: true }, false],
  [{ key: " " }, false],
  [{ key: "Enter" }, false],
  [{ key: "F9" }, false],
  [{ key: "ArrowDown", alt: true }, false],
])("%o is a character alone: %s", (chord, single) => {
  expect(isSingle(chord)).toBe(single);
});

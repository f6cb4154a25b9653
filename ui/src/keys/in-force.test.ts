import { beforeEach, describe, expect, it } from "vitest";
import type { Keyboard } from "../backend";
import { actionIds, ACTIONS, actionFor, actionOf, type ActionId, type KeyPress } from "../keys";
import { changeSettings, settings } from "../lib/settings.svelte";
import { shellAnswering } from "../test/backend";
import { bind, boundTo, isChanged, reset, resetAll, unbind } from "./in-force.svelte";
import { textOf } from "./chord";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
  ...more,
});
const texts = (id: ActionId) => boundTo(id).map(textOf);

const AT_FIRST: Keyboard = { preset: "console", singleKeys: true, bindings: [], menuBar: false, uses: [] };
const keyboard = (change: Partial<Keyboard>) => changeSettings({ keyboard: { ...AT_FIRST, ...change } });

beforeEach(() => {
  shellAnswering({ change_settings: ({ settings }) => settings });
  keyboard({});
});

describe("binding", () => {
  it("refuses a key that is taken, naming what has it", () => {
    expect(bind("done", press("j", { code: "KeyJ" }))).toBe("J is already: Next turn");
    expect(actionFor(press("j"))).toBe("next-turn");
    expect(isChanged("done")).toBe(false);
  });

  it("refuses a key that is taken by where it sits", () => {
    expect(bind("done", press("ü", { code: "BracketLeft" }))).toBe("ü is already: Slower");
  });

  it("refuses one that is taken though single keys are off", () => {
    keyboard({ singleKeys: false });
    expect(bind("done", press("j"))).toBe("J is already: Next turn");
  });

  it.each([
    [press("Tab"), "Tab cannot be given to an action: it moves the focus."],
    [press("Tab", { shiftKey: true }), "Shift Tab cannot be given to an action: it moves the focus."],
    [press("Escape"), "Esc cannot be given to an action: it leaves, wherever you are."],
    [press("c", { ctrlKey: true }), "Ctrl C cannot be given to an action: it copies, pastes and marks text."],
    [
      press("F4", { altKey: true }),
      "Alt F4 cannot be given to an action: it belongs to the system’s windows.",
    ],
  ])("refuses %o, saying why", (pressed, why) => {
    expect(bind("done", pressed)).toBe(why);
    expect(texts("done")).toEqual(["mod+Enter"]);
  });

  it("is in force at once, beside the key there was", () => {
    expect(bind("done", press("F9", { code: "F9" }))).toBeNull();
    expect(actionFor(press("F9"))).toBe("done");
    expect(actionFor(press("Enter", { ctrlKey: true }))).toBe("done");
    expect(actionOf("done").aria).toBe("Control+Enter F9");
  });

  it("gives a key to what has none", () => {
    expect(bind("skip", press("q"))).toBeNull();
    expect(actionOf("skip").shown).toBe("Q");
  });

  it("keeps eight keys at most", () => {
    for (const key of ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8"])
      expect(bind("skip", press(key))).toBeNull();
    expect(bind("skip", press("F9"))).toBe("An action has 8 keys at most.");
  });

  it("takes keys away, the only one too, and frees them", () => {
    unbind("follow", { key: "f" });
    expect([actionFor(press("f")), actionOf("follow").shown, actionOf("follow").aria]).toEqual([
      null,
      "",
      undefined,
    ]);
    expect(bind("skip", press("f"))).toBeNull();
    expect(actionFor(press("f"))).toBe("skip");
  });

  it("back to what was at first leaves nothing in the settings", () => {
    bind("done", press("F9"));
    unbind("done", { key: "F9" });
    expect(settings().keyboard.bindings).toEqual([]);
  });
});

describe("resetting", () => {
  it("restores one, and says what stays with another", () => {
    unbind("follow", { key: "f" });
    bind("skip", press("f"));
    expect(reset("follow")).toBe(`F stays with: ${ACTIONS.skip.label}`);
    expect(reset("skip")).toBeNull();
    expect(actionFor(press("f"))).toBe("follow");
  });

  it("restores all", () => {
    bind("done", press("F9"));
    unbind("next-turn", { key: "j" });
    resetAll();
    for (const id of actionIds) expect(texts(id)).toEqual(ACTIONS[id].chords.map(textOf));
  });
});

describe("the presets", () => {
  it("arrows add to the letters", () => {
    keyboard({ preset: "arrows" });
    const keys = ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "j", ","];
    expect(keys.map((key) => actionFor(press(key)))).toEqual([
      ...["next-turn", "previous-turn", "seek-back", "seek-forward", "next-turn", "seek-back"],
    ]);
    keyboard({ preset: "console" });
    expect(actionFor(press("ArrowDown"))).toBeNull();
  });

  it("take nothing that the reviewer bound", () => {
    bind("skip", press("ArrowDown"));
    keyboard({ preset: "arrows", bindings: settings().keyboard.bindings });
    expect(actionFor(press("ArrowDown"))).toBe("skip");
    expect(actionFor(press("ArrowUp"))).toBe("previous-turn");
  });
});

it("without single keys no character does anything alone, and everything else does", () => {
  keyboard({ singleKeys: false });
  for (const id of actionIds)
    for (const { key, mod, alt } of actionOf(id).chords)
      expect(mod || alt || key === " " || (key?.length ?? 0) > 1, `${id}: ${key}`).toBe(true);
  expect(actionFor(press("j"))).toBeNull();
  expect(actionFor(press("1", { code: "Digit1" }))).toBeNull();
  expect(actionFor(press(" "))).toBe("play-pause");
  expect(actionFor(press("k", { ctrlKey: true }))).toBe("palette");
});

it("what a settings file cannot have by right is passed over", () => {
  keyboard({
    bindings: [
      { action: "no-such-action", chords: ["F9"] },
      { action: "toString", chords: ["F8"] },
      { action: "leave", chords: ["F7"] },
      { action: "done", chords: ["Tab", "Escape", "nonsense nonsense", "j"] },
      { action: "done", chords: ["F6"] },
      { action: "skip", chords: ["j", "F5"] },
    ],
  });
  expect([texts("done"), texts("skip"), texts("next-turn"), texts("leave")]).toEqual([
    ["j"],
    ["F5"],
    [],
    ["Escape"],
  ]);
  expect(["F9", "F8", "F7", "F6"].map((key) => actionFor(press(key)))).toEqual([null, null, null, null]);
});

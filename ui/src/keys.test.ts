import { fireEvent } from "@testing-library/svelte";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ACTIONS,
  actionFor,
  actionOf,
  listen,
  onAction,
  perform,
  whyNot,
  type ActionId,
  type Chord,
  type KeyPress,
} from "./keys";
import { changeSettings, settings } from "./lib/settings.svelte";
import { shellAnswering } from "./test/backend";

const ids = Object.keys(ACTIONS) as ActionId[];
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

let fired: ActionId[];
let takeBack: (() => void)[];

beforeEach(() => {
  shellAnswering({ change_settings: ({ settings }) => settings });
  fired = [];
  takeBack = [listen(), ...ids.map((id) => onAction(id, () => void fired.push(id)))];
});

afterEach(() => {
  takeBack.forEach((undo) => undo());
  document.body.replaceChildren();
});

function focused(
  html: "input" | "textarea" | "select" | "button" | "div",
  attributes: Record<string, string> = {},
) {
  const element = document.createElement(html);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.tabIndex = 0;
  document.body.append(element);
  element.focus();
  return element;
}

describe("the table", () => {
  it("gives each chord to one action", () => {
    const seen = ids.flatMap((id) =>
      actionOf(id).chords.map((c) => JSON.stringify([c.key, c.code, !!c.shift, !!c.mod, !!c.alt])),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(ids)("reaches %s by each of its chords", (id) => {
    for (const chord of actionOf(id).chords) {
      const typed = chord.shift && chord.key?.length === 1 ? chord.key.toUpperCase() : (chord.key ?? "§");
      const event = press(typed, {
        code: chord.code ?? "",
        shiftKey: chord.shift ?? false,
        ctrlKey: chord.mod ?? false,
        altKey: chord.alt ?? false,
      });
      expect(actionFor(event)).toBe(id);
    }
  });
});

describe("layouts", () => {
  it("takes a letter where the layout puts it", () => {
    expect(actionFor(press("j", { code: "KeyH" }))).toBe("next-turn");
    expect(actionFor(press("a", { code: "KeyJ" }))).toBeNull();
  });

  it("takes the physical key where the layout has no Latin letters", () => {
    expect(actionFor(press("о", { code: "KeyJ" }))).toBe("next-turn");
    expect(actionFor(press("О", { code: "KeyJ", shiftKey: true }))).toBe("next-conversation");
  });

  it("is not upset by caps lock", () => {
    expect(actionFor(press("J", { code: "KeyJ" }))).toBe("next-turn");
  });

  it.each([
    ["US", "<", "Comma", "seek-back-far"],
    ["US", ">", "Period", "seek-forward-far"],
    ["German", ";", "Comma", "seek-back-far"],
    ["German", ":", "Period", "seek-forward-far"],
    ["AZERTY", ".", "Comma", "seek-forward"],
    ["AZERTY", "/", "Period", "seek-forward-far"],
  ])("on a %s keyboard, Shift and %s", (_layout, key, code, id) => {
    expect(actionFor(press(key, { code, shiftKey: true }))).toBe(id);
  });
});

it.each([
  ["US", "1", "Digit1", false, "choose-first"],
  ["US", "!", "Digit1", true, "flag"],
  ["AZERTY", "&", "Digit1", false, "choose-first"],
  ["AZERTY", "3", "Digit3", true, "choose-third"],
  ["number pad", "2", "Numpad2", false, "choose-second"],
])("answers by digit on %s: %s", (_layout, key, code, shiftKey, id) => {
  expect(actionFor(press(key, { code, shiftKey }))).toBe(id);
});

describe("the speed", () => {
  it.each([
    ["US", "[", "BracketLeft", "slower"],
    ["US", "\\", "Backslash", "normal-speed"],
    ["German", "ü", "BracketLeft", "slower"],
    ["German", "+", "BracketRight", "faster"],
    ["AZERTY", "$", "BracketRight", "faster"],
    ["Russian", "х", "BracketLeft", "slower"],
  ])("has its keys where they sit, on a %s keyboard: %s", (_layout, key, code, id) => {
    expect(actionFor(press(key, { code }))).toBe(id);
  });

  it("changes by Alt and an arrow, while typing too", () => {
    const target = focused("textarea");
    fireEvent.keyDown(target, { key: "ArrowUp", altKey: true });
    fireEvent.keyDown(target, { key: "ArrowDown", altKey: true });
    fireEvent.keyDown(target, { key: "[", code: "BracketLeft" });
    expect(fired).toEqual(["faster", "slower"]);
  });
});

it("plays and halts with Space from the waveform too, which does nothing with it itself", () => {
  fireEvent.keyDown(focused("div", { role: "slider" }), { key: " " });
  expect(fired).toEqual(["play-pause"]);
});

describe("typing", () => {
  const printable = fc
    .string({ minLength: 1, maxLength: 1, unit: "binary-ascii" })
    .filter((c) => c >= " " && c <= "~");

  it.each([
    ["input", {}],
    ["input", { type: "search" }],
    ["input", { type: "password" }],
    ["textarea", {}],
    ["div", { contenteditable: "true" }],
  ] as const)("no bare key does anything in %s %o", (element, attributes) => {
    const target = focused(element, attributes);
    fc.assert(
      fc.property(fc.oneof(printable, fc.constantFrom("Enter", "Escape")), fc.boolean(), (key, shiftKey) => {
        const went = fireEvent.keyDown(target, { key, shiftKey, code: `Key${key.toUpperCase()}` });
        expect(fired).toEqual([]);
        expect(went).toBeTruthy();
      }),
    );
  });

  it("chords still act in a field", async () => {
    const target = focused("textarea");
    await fireEvent.keyDown(target, { key: "ArrowDown", ctrlKey: true, altKey: true });
    await fireEvent.keyDown(target, { key: "ArrowUp", ctrlKey: true, altKey: true });
    await fireEvent.keyDown(target, { key: " ", metaKey: true });
    await fireEvent.keyDown(target, { key: "k", ctrlKey: true });
    await fireEvent.keyDown(target, { key: "Enter", ctrlKey: true });
    expect(fired).toEqual(["next-conversation", "previous-conversation", "play-pause", "palette", "done"]);
  });

  it("a reviewer’s sentence moves nothing", async () => {
    for (const element of ["textarea", "input"] as const) {
      const target = focused(element);
      for (const key of "jjkk 123 [ ] ? e") await fireEvent.keyDown(target, { key });
    }
    expect(fired).toEqual([]);
  });

  it("undo and redo are the text's own while typing, and the window's elsewhere", async () => {
    const chords = [
      { key: "z", ctrlKey: true },
      { key: "Z", ctrlKey: true, shiftKey: true },
      { key: "y", ctrlKey: true },
    ];
    const field = focused("textarea");
    for (const chord of chords) expect(await fireEvent.keyDown(field, chord)).toBe(true);
    expect(fired).toEqual([]);
    const button = focused("button");
    for (const chord of [...chords, { key: "u" }]) await fireEvent.keyDown(button, chord);
    expect(fired).toEqual(["undo", "redo", "redo", "undo"]);
  });

  it("nothing fires while an input method composes", async () => {
    const everyChord = ids.flatMap((id) => actionOf(id).chords as Chord[]);
    for (const target of [document.body, focused("textarea")]) {
      for (const chord of everyChord) {
        const event = {
          key: chord.key ?? "x",
          code: chord.code,
          shiftKey: chord.shift,
          ctrlKey: chord.mod,
          altKey: chord.alt,
        };
        await fireEvent.keyDown(target, { ...event, isComposing: true });
        await fireEvent.keyDown(target, { ...event, keyCode: 229 });
      }
    }
    expect(fired).toEqual([]);
  });

  it("text typed with AltGr is no command", async () => {
    const event = new KeyboardEvent("keydown", {
      key: " ",
      ctrlKey: true,
      modifierAltGraph: true,
      bubbles: true,
    });
    document.body.dispatchEvent(event);
    expect(fired).toEqual([]);
  });
});

describe("focus", () => {
  it("Space and Enter press the focused button, other keys act", async () => {
    const button = focused("button");
    await fireEvent.keyDown(button, { key: " " });
    await fireEvent.keyDown(button, { key: "Enter" });
    expect(fired).toEqual([]);
    await fireEvent.keyDown(button, { key: "c" });
    expect(fired).toEqual(["comment"]);
  });

  it.each([
    ["a row of a list", "div", { role: "option" }],
    ["a tab", "button", { role: "tab" }],
    ["a slider", "div", { role: "slider" }],
    ["a splitter", "div", { role: "separator" }],
    ["a range", "input", { type: "range" }],
    ["a radio button", "input", { type: "radio" }],
    ["a choice", "select", {}],
    ["a field", "textarea", {}],
  ] as const)(
    "arrows stay with %s, though the preset gives them to turns",
    async (_what, element, attributes) => {
      changeSettings({ keyboard: { ...settings().keyboard, preset: "arrows" } });
      try {
        const target = focused(element, attributes);
        for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"])
          expect(await fireEvent.keyDown(target, { key })).toBe(true);
        expect(fired).toEqual([]);
        await fireEvent.keyDown(focused("div"), { key: "ArrowDown" });
        expect(fired).toEqual(["next-turn"]);
      } finally {
        changeSettings({ keyboard: { ...settings().keyboard, preset: "console" } });
      }
    },
  );

  it.each(["dialog", "menu", "alertdialog"])("nothing fires with a %s open", async (role) => {
    focused("div", { role });
    await fireEvent.keyDown(document.body, { key: "j" });
    await fireEvent.keyDown(document.body, { key: "ArrowDown", ctrlKey: true, altKey: true });
    expect(fired).toEqual([]);
  });

  it("what somebody else took is left alone", async () => {
    const target = focused("div");
    target.addEventListener("keydown", (event) => event.preventDefault());
    await fireEvent.keyDown(target, { key: "j" });
    expect(fired).toEqual([]);
  });
});

describe("registering", () => {
  it("says why an action can do nothing now, and does nothing then", () => {
    takeBack.forEach((undo) => undo());
    expect(whyNot("next-turn")).toBe("No conversation is open");
    let why: string | null = "Nothing to resolve";
    const resolve = vi.fn();
    takeBack = [onAction("resolve", resolve, () => why)];
    expect([whyNot("resolve"), perform("resolve")]).toEqual(["Nothing to resolve", false]);
    why = null;
    expect([whyNot("resolve"), perform("resolve")]).toEqual([null, true]);
    expect(resolve).toHaveBeenCalledOnce();
  });

  it("asks the latest first and goes on when it declines", () => {
    const declined = vi.fn(() => false);
    const undo = onAction("leave", declined);
    expect(perform("leave")).toBe(true);
    expect(declined).toHaveBeenCalledOnce();
    expect(fired).toEqual(["leave"]);
    undo();
    perform("leave");
    expect(declined).toHaveBeenCalledOnce();
  });

  it("does not stop a key nobody wants", async () => {
    takeBack.forEach((undo) => undo());
    takeBack = [listen()];
    expect(await fireEvent.keyDown(document.body, { key: "j" })).toBe(true);
  });

  it("acts once on a key held down, except where moving", async () => {
    await fireEvent.keyDown(document.body, { key: "e", repeat: true });
    await fireEvent.keyDown(document.body, { key: "j", repeat: true });
    expect(fired).toEqual(["next-turn"]);
  });
});

import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { actionFor, listen, onAction, type ActionId } from "../../../keys";
import { resetAll } from "../../../keys/in-force.svelte";
import { settings } from "../../../lib/settings.svelte";
import { shellAnswering } from "../../../test/backend";
import KeyboardSettings from "./KeyboardSettings.svelte";
import { keysPage } from "./page.svelte";

let fired: ActionId[];
let takeBack: (() => void)[];

beforeEach(() => {
  shellAnswering({ change_settings: ({ settings }) => settings });
  resetAll();
  fired = [];
  takeBack = [listen(), onAction("next-turn", () => void fired.push("next-turn"))];
  keysPage.open = true;
  render(KeyboardSettings);
});
afterEach(() => takeBack.forEach((back) => back()));

const row = (id: ActionId) => within(document.querySelector<HTMLElement>(`[data-action=${id}]`)!);
const add = (id: ActionId) => row(id).getByRole("button", { name: /Add a key for|Press a key for/ });

describe("the page of keys", () => {
  it("refuses what is taken, naming it, and does nothing else with the key", async () => {
    await userEvent.click(add("done"));
    await userEvent.keyboard("j");
    expect(row("done").getByRole("status")).toHaveTextContent("J is already: Next turn");
    expect(fired).toEqual([]);
    expect(add("done")).toHaveTextContent("Press a key…");
    expect(add("done")).toHaveFocus();
  });

  it("takes a key at once, which can be taken away and reset", async () => {
    await userEvent.click(add("done"));
    await userEvent.keyboard("{F9}");
    expect(row("done").getByRole("status")).toHaveTextContent("F9 now does it.");
    expect(actionFor(new KeyboardEvent("keydown", { key: "F9" }))).toBe("done");
    await userEvent.click(row("done").getByRole("button", { name: /Take Ctrl Enter from/ }));
    expect(settings().keyboard.bindings).toEqual([{ action: "done", chords: ["F9"] }]);
    expect(add("done")).toHaveFocus();
    await userEvent.click(row("done").getByRole("button", { name: /Reset the keys/ }));
    expect(settings().keyboard.bindings).toEqual([]);
    expect(add("done")).toHaveFocus();
  });

  it("waits while only Shift is held, and is left by Escape, by Tab refused", async () => {
    await userEvent.click(add("skip"));
    await userEvent.keyboard("{Shift}");
    expect(add("skip")).toHaveTextContent("Press a key…");
    await userEvent.keyboard("{Tab}");
    expect(row("skip").getByRole("status")).toHaveTextContent("it moves the focus");
    await userEvent.keyboard("{Escape}");
    expect(add("skip")).toHaveTextContent("Add");
    expect(settings().keyboard.bindings).toEqual([]);
  });

  it("resets all keys, and says so", async () => {
    await userEvent.click(add("skip"));
    await userEvent.keyboard("q");
    await userEvent.click(screen.getByRole("button", { name: "Reset all keys" }));
    expect(settings().keyboard.bindings).toEqual([]);
    expect(screen.getByText("All keys are as at first.")).toBeVisible();
    expect(screen.getByRole("searchbox", { name: "Find an action" })).toHaveFocus();
  });

  it("is searched", async () => {
    await userEvent.type(screen.getByRole("searchbox", { name: "Find an action" }), "complete");
    expect(
      [...document.querySelectorAll<HTMLElement>("[data-action]")].map(({ dataset }) => dataset["action"]),
    ).toEqual(["done"]);
  });

  it("does not offer what cannot be changed", () => {
    expect(document.querySelector("[data-action=leave]")).toBeNull();
  });

  it("switches single keys off, and changes the preset", async () => {
    await userEvent.click(screen.getByRole("checkbox", { name: "Single-letter keys" }));
    expect(actionFor(new KeyboardEvent("keydown", { key: "j" }))).toBeNull();
    await userEvent.click(screen.getByRole("checkbox", { name: "Single-letter keys" }));
    expect(actionFor(new KeyboardEvent("keydown", { key: "j" }))).toBe("next-turn");
    await userEvent.click(screen.getByRole("radio", { name: /^Arrows/ }));
    expect(actionFor(new KeyboardEvent("keydown", { key: "ArrowDown" }))).toBe("next-turn");
    await userEvent.click(screen.getByRole("radio", { name: /^Console/ }));
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MenuGroup } from "../backend";
import { toasts } from "../elements/toasts.svelte";
import { actionIds, actionOf, onAction } from "../keys";
import { bind, resetAll } from "../keys/in-force.svelte";
import { shellAnswering, type Asked } from "../test/backend";
import { menus, setMenuBar } from "./menu-bar";

let asked: Asked[];
let takeBack: (() => void)[] = [];

beforeEach(() => {
  asked = shellAnswering({
    change_settings: ({ settings }) => settings,
    watch_menu: () => null,
    set_menu: () => null,
  });
  resetAll();
});
afterEach(() => {
  takeBack.forEach((back) => back());
  takeBack = [];
});

const sent = () =>
  asked.filter(({ command }) => command === "set_menu").at(-1)?.args["groups"] as MenuGroup[];
const items = (groups: MenuGroup[]) => groups.flatMap(({ items }) => items);

describe("the menu bar", () => {
  it("has every action once, with the key in force", () => {
    bind("skip", { key: "F9", code: "F9", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false });
    expect(
      items(menus())
        .map(({ action }) => action)
        .sort(),
    ).toEqual([...actionIds].sort());
    for (const { action, label, keys } of items(menus())) {
      const of = actionOf(actionIds.find((id) => id === action)!);
      expect([label, keys]).toEqual([of.label, of.shown || null]);
    }
    expect(items(menus()).find(({ action }) => action === "skip")?.keys).toBe("F9");
  });

  it("does what is chosen, once, and says so where nothing can be done", async () => {
    const act = vi.fn();
    takeBack = [onAction("tag", act), onAction("resolve", vi.fn(), () => "No open comment on this turn")];
    await setMenuBar(true);
    expect(sent().length).toBeGreaterThan(3);
    const watching = asked.find(({ command }) => command === "watch_menu");
    const { onmessage } = watching?.args["channel"] as { onmessage: (action: string) => void };
    onmessage("tag");
    onmessage("no-such-action");
    expect(act).toHaveBeenCalledOnce();
    onmessage("resolve");
    expect(toasts().at(-1)?.text).toBe("Resolve the open comment of the turn: no open comment on this turn.");
    await setMenuBar(false);
    expect(sent()).toEqual([]);
  });
});

import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actionFor, actionIds, actionOf, listen, onAction, type KeyPress } from "../keys";
import { chordOf, shownOf, type Chord } from "../keys/chord";
import { bind, resetAll, unbind } from "../keys/in-force.svelte";
import { shellAnswering } from "../test/backend";
import Overlays from "../frame/Overlays.svelte";
import { inColumns, type Group } from "./rows";

let takeBack: (() => void)[] = [];

beforeEach(() => {
  shellAnswering({ change_settings: ({ settings }) => settings });
  resetAll();
  takeBack = [listen()];
  render(Overlays);
});
afterEach(() => takeBack.forEach((back) => back()));

const open = async () => {
  await userEvent.keyboard("?");
  return screen.findByRole("dialog", { name: "Keys" });
};
const rows = (sheet: HTMLElement) => [...sheet.querySelectorAll<HTMLElement>("li[data-id]")];
const keysOf = (row: HTMLElement) => [...row.querySelectorAll("kbd")].map((key) => key.textContent);

/** The press of a chord as the sheet prints it. */
const pressOf = (chord: Chord): KeyPress => ({
  key: chord.key ?? "§",
  code: chord.code ?? "",
  shiftKey: chord.shift ?? false,
  ctrlKey: chord.mod ?? false,
  metaKey: false,
  altKey: chord.alt ?? false,
});

describe("its columns", () => {
  const group = (where: string, rows: number): Group => ({
    where,
    rows: Array.from({ length: rows }, (_, at) => ({
      id: actionIds[at]!,
      label: "",
      keys: [],
      whyNot: null,
    })),
  });
  const placed = (...sizes: number[]) =>
    inColumns(sizes.map((size, at) => group(`${at}`, size))).map((column) =>
      column.map(({ where }) => where),
    );

  it("are about as long, and none is empty", () => {
    expect(placed(5, 6, 15, 9, 2, 2)).toEqual([
      ["0", "2"],
      ["1", "3", "4", "5"],
    ]);
    expect(placed(3)).toEqual([["0"]]);
    expect(placed()).toEqual([]);
  });
});

describe("the sheet", () => {
  it("has a row for every action with a key, and its keys are those the dispatcher knows", async () => {
    const sheet = await open();
    const withKeys = actionIds.filter((id) => actionOf(id).chords.length > 0);
    expect(new Set(rows(sheet).map((row) => row.dataset["id"]))).toEqual(new Set(withKeys));
    for (const row of rows(sheet)) {
      const id = withKeys.find((id) => id === row.dataset["id"])!;
      const { chords, label } = actionOf(id);
      expect(row).toHaveTextContent(label);
      for (const chord of chords) expect([id, actionFor(pressOf(chord))]).toEqual([id, id]);
      expect(keysOf(row)).toEqual([...new Set(chords.map((chord) => shownOf(chord)))]);
    }
  });

  it("shows the keys in force", async () => {
    bind("done", pressOf({ key: "F9" }));
    unbind("follow", { key: "f" });
    const sheet = await open();
    expect(keysOf(sheet.querySelector<HTMLElement>("[data-id=done]")!)).toEqual(["Ctrl Enter", "F9"]);
    expect(sheet.querySelector("[data-id=follow]")).toBeNull();
    expect(chordOf(pressOf({ key: "F9" }))).toEqual({ key: "F9" });
  });

  it("tells apart what does nothing now, and says why", async () => {
    takeBack.push(onAction("comment", vi.fn()));
    takeBack.push(onAction("resolve", vi.fn(), () => "No open comment on this turn"));
    const sheet = await open();
    const row = (id: string) => sheet.querySelector<HTMLElement>(`[data-id=${id}]`)!;
    expect(row("comment").dataset["applies"]).toBe("true");
    expect(row("resolve").dataset["applies"]).toBe("false");
    expect(row("resolve")).toHaveTextContent("No open comment on this turn");
    expect(row("tag")).toHaveTextContent("No conversation is open");
  });

  it("is searched by words and by keys", async () => {
    const sheet = await open();
    await userEvent.keyboard("10 sec");
    expect(rows(sheet).map((row) => row.dataset["id"])).toEqual(["seek-back-far", "seek-forward-far"]);
    await userEvent.clear(within(sheet).getByRole("searchbox"));
    await userEvent.keyboard("ctrl z");
    expect(rows(sheet).map((row) => row.dataset["id"])).toEqual(["undo"]);
    await userEvent.keyboard("zzz");
    expect(sheet).toHaveTextContent("No key for that.");
  });

  it("keeps the focus until it is left", async () => {
    const outside = document.body.appendChild(document.createElement("button"));
    const sheet = await open();
    const search = within(sheet).getByRole("searchbox");
    const last = within(sheet).getByRole("region", { name: "All keys" });
    expect(search).toHaveFocus();
    await userEvent.tab({ shift: true });
    expect(last).toHaveFocus();
    await userEvent.tab();
    expect(search).toHaveFocus();
    outside.focus();
    expect(search).toHaveFocus();
    await userEvent.click(within(sheet).getByRole("heading", { name: "Keys" }));
    expect(sheet).toHaveFocus();
    outside.focus();
    expect(sheet).toHaveFocus();
    await userEvent.tab({ shift: true });
    expect(last).toHaveFocus();
    outside.onclick = vi.fn();
    // Dragged out of it.
    await userEvent.pointer([{ keys: "[MouseLeft>]", target: search }, { target: outside }]);
    await userEvent.pointer({ keys: "[/MouseLeft]", target: outside });
    outside.click();
    expect(screen.queryByRole("dialog")).not.toBeNull();
    await userEvent.click(outside);
    expect(outside.onclick).not.toHaveBeenCalled();
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    outside.focus();
    expect(outside).toHaveFocus();
    outside.remove();
  });

  it("goes with Escape, and the focus is where it was", async () => {
    const before = document.body.appendChild(document.createElement("button"));
    before.focus();
    await open();
    expect(before).not.toHaveFocus();
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    expect(before).toHaveFocus();
    before.remove();
  });
});

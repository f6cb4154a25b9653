import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Overlays from "../frame/Overlays.svelte";
import { actionIds, ACTIONS, listen, onAction, type ActionId } from "../keys";
import { changeKeyboard, resetAll } from "../keys/in-force.svelte";
import { settings } from "../lib/settings.svelte";
import { problem, shellAnswering } from "../test/backend";
import { linesOf, ranked } from "./ranking";
import { offer } from "./sources";

let done: ActionId[];
let takeBack: (() => void)[] = [];

beforeEach(() => {
  shellAnswering({ change_settings: ({ settings }) => settings });
  resetAll();
  changeKeyboard({ uses: [] });
  done = [];
  takeBack = [listen()];
  render(Overlays);
  for (const id of actionIds)
    if (!["palette", "help", "resolve"].includes(id)) takeBack.push(onAction(id, () => void done.push(id)));
});
afterEach(() => {
  takeBack.forEach((back) => back());
  document.body.replaceChildren();
});

async function open() {
  await userEvent.keyboard("{Control>}k{/Control}");
  return screen.findByRole("combobox", { name: "Command, place or id" });
}
const options = () => screen.queryAllByRole("option");
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

describe("the palette", () => {
  it("finds every action by its name, with its key", async () => {
    const field = await open();
    for (const id of actionIds.filter((id) => id !== "palette" && id !== "leave")) {
      await userEvent.clear(field);
      await userEvent.click(field);
      await userEvent.paste(ACTIONS[id].label);
      expect([id, options()[0]?.dataset["id"]]).toEqual([id, id]);
    }
    await userEvent.clear(field);
    await userEvent.keyboard("mark done");
    expect(within(options()[0]!).getByText("Ctrl Enter")).toBeVisible();
  });

  it("finds by other words, by beginnings, and with a slip", async () => {
    const lines = linesOf([], []);
    const first = (typed: string) => ranked(lines, typed)[0]?.id;
    expect(["complete", "wav", "dark", "exp hist", "skp conv", "shortcuts"].map(first)).toEqual([
      ...["done", "save-sound", "theme-dark", "export-history", "skip", expect.any(String)],
    ]);
    expect(ranked(lines, "qqqqq")).toEqual([]);
  });

  it("is a combobox with a list, moved in with the arrows", async () => {
    const field = await open();
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute("aria-controls", screen.getByRole("listbox").id);
    const first = chosen();
    expect(field.getAttribute("aria-activedescendant")).toBe(first?.id);
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(chosen()).toBe(options()[1]);
    await userEvent.keyboard("{ArrowUp}{ArrowUp}");
    expect(chosen()).toBe(options().at(-1));
    await userEvent.keyboard("theme");
    expect(chosen()).toBe(options()[0]);
    expect(field).toHaveFocus();
  });

  it("does what is chosen once it has gone, with the focus back where it was", async () => {
    const before = document.body.appendChild(document.createElement("textarea"));
    before.focus();
    takeBack.push(
      onAction("theme-dark", () => done.push(document.activeElement === before ? "theme-dark" : "skip")),
    );
    await open();
    await userEvent.keyboard("theme dark{Enter}");
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    expect(done).toEqual(["theme-dark"]);
    expect(before).toHaveFocus();
  });

  it("says why what cannot be done now is not, and stays", async () => {
    takeBack.push(onAction("resolve", vi.fn(), () => "No open comment on this turn"));
    await open();
    expect(options().map(({ dataset }) => dataset["id"])).not.toContain("resolve");
    await userEvent.keyboard("comment of the turn{Enter}");
    expect(options()[0]).toHaveAttribute("aria-disabled", "true");
    expect(screen.getByRole("status")).toHaveTextContent(
      "Resolve the open comment of the turn: no open comment on this turn.",
    );
  });

  it("offers first what was used most, and remembers no more than the action", async () => {
    for (let times = 0; times < 2; times++) {
      await open();
      await userEvent.keyboard("clear cache{Enter}");
      await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    }
    expect(settings().keyboard.uses).toEqual([{ action: "clear-cache", times: 2 }]);
    await open();
    expect(options()[0]?.dataset["id"]).toBe("clear-cache");
    await userEvent.keyboard("clear");
    expect(
      options()
        .map(({ dataset }) => dataset["id"])
        .slice(0, 2),
    ).toEqual(["clear-cache", "clear-filters"]);
  });

  it("goes with Escape and with its own key, and takes no other key for the window", async () => {
    await open();
    await userEvent.keyboard("j?{Escape}");
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    await open();
    await userEvent.keyboard("{Control>}k{/Control}");
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    expect(done).toEqual([]);
  });
});

describe("what others offer", () => {
  it("is there while they offer it", async () => {
    const act = vi.fn();
    const stop = offer(() => [{ id: "view-1", label: "This week, unfinished", group: "View", act }]);
    await open();
    await userEvent.keyboard("this week{Enter}");
    await expect.poll(() => act.mock.calls.length).toBe(1);
    stop();
    await open();
    await userEvent.keyboard("this week");
    expect(options().map(({ dataset }) => dataset["id"])).not.toContain("view-1");
  });

  it("may have to be looked for, and says why it is not there", async () => {
    const after = vi.fn();
    const answers: (() => Promise<string | (() => void)>)[] = [
      () => Promise.resolve("Not among what was read."),
      () => Promise.reject(problem({ message: "The server cannot be reached." })),
      () => Promise.resolve(after),
    ];
    const act = () => answers.shift()!();
    takeBack.push(
      offer((typed) =>
        typed === "an id" ? [{ id: "id", label: "Go to it", group: "Id", first: true, act }] : [],
      ),
    );
    await open();
    await userEvent.keyboard("an id{Enter}");
    expect(await screen.findByText("Not among what was read.")).toBeVisible();
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByText("The server cannot be reached.")).toBeVisible();
    expect(after).not.toHaveBeenCalled();
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => after.mock.calls.length).toBe(1);
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

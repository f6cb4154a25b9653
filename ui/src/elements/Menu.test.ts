import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { beforeEach, describe, expect, it, vi, type Mock } from "vitest";
import Menu from "./Menu.svelte";

const trigger = createRawSnippet(() => ({ render: () => "<span>MR</span>" }));
let acted: Mock<(label: string) => void>;

const item = (label: string) => ({ label, act: () => acted(label) });

beforeEach(() => {
  acted = vi.fn();
  render(Menu, { label: "Account", trigger, groups: [[item("Apple"), item("Pear")], [], [item("Plum")]] });
});

const button = () => screen.getByRole("button", { name: "Account" });

describe("a menu", () => {
  it("is walked with the arrows, round and round", async () => {
    button().focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByRole("menuitem", { name: "Apple" })).toHaveFocus();
    await userEvent.keyboard("{ArrowUp}");
    expect(screen.getByRole("menuitem", { name: "Plum" })).toHaveFocus();
    await userEvent.keyboard("{Home}{ArrowDown}");
    expect(screen.getByRole("menuitem", { name: "Pear" })).toHaveFocus();
  });

  it("goes to the next item that begins with a letter", async () => {
    await userEvent.click(button());
    await userEvent.keyboard("p");
    expect(screen.getByRole("menuitem", { name: "Pear" })).toHaveFocus();
    await userEvent.keyboard("p");
    expect(screen.getByRole("menuitem", { name: "Plum" })).toHaveFocus();
  });

  it("finds what is chosen by its own first letter", async () => {
    cleanup();
    const groups = [[item("Apple"), { ...item("Pear"), checked: true }]];
    render(Menu, { label: "Account", trigger, groups });
    await userEvent.click(button());
    await userEvent.keyboard("c");
    expect(screen.getByRole("menuitem", { name: "Apple" })).toHaveFocus();
    await userEvent.keyboard("p");
    expect(screen.getByRole("menuitem", { name: "Chosen Pear" })).toHaveFocus();
  });

  it("acts once, closes, and gives the focus back", async () => {
    await userEvent.click(button());
    await userEvent.keyboard("{End}{Enter}");
    expect(acted.mock.calls).toEqual([["Plum"]]);
    expect(screen.queryByRole("menu")).toBeNull();
    expect(button()).toHaveFocus();
  });

  it("closes with Escape and when something else is pointed at", async () => {
    await userEvent.click(button());
    expect(button()).toHaveAttribute("aria-expanded", "true");
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(button()).toHaveFocus();
    await userEvent.click(button());
    await userEvent.click(document.body);
    expect(screen.queryByRole("menu")).toBeNull();
    expect(acted).not.toHaveBeenCalled();
  });

  it("has a line between its groups, and under its heading only when that says something", async () => {
    const lines = async () => {
      await userEvent.click(button());
      return screen.queryAllByRole("separator").length;
    };
    const heading = createRawSnippet(() => ({ render: () => "<p>None</p>" }));
    const groups = [[item("Apple")]];
    expect(await lines()).toBe(1);
    for (const [more, expected] of [
      [{ heading }, 1],
      [{ heading, headed: false }, 0],
    ] as const) {
      cleanup();
      render(Menu, { label: "Account", trigger, groups, ...more });
      expect(await lines()).toBe(expected);
    }
  });
});

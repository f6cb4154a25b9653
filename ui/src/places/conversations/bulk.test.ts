import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { listen, onAction } from "../../keys";
import { conversation, shellAnswering, type Asked } from "../../test/backend";
import { ConversationList } from "./list.svelte";
import ListPane from "./ListPane.svelte";

vi.mock("../../elements/VirtualList.svelte");

const plan = {
  added: 2,
  changed: 0,
  removed: 0,
  stay: 0,
  refused: [conversation(3).id],
  calls: 60,
  ahead: 0,
  perMinute: 50,
};
let asked: Asked[];
let list: ConversationList;
let takeBack: (() => void)[];
const user = userEvent.setup();
const row = (n: number) => document.querySelector<HTMLElement>(`[data-index="${n}"]`)!;
const selected = () =>
  [...document.querySelectorAll<HTMLElement>("[data-part=conversation-row][aria-selected=true]")].map(
    ({ dataset }) => Number(dataset["index"]),
  );
const argsOf = (command: string) => asked.filter((one) => one.command === command).map(({ args }) => args);

beforeEach(async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  toasts().forEach(({ id }) => dismiss(id));
  asked = shellAnswering({
    list_conversations: () => ({
      rows: [1, 2, 3, 4, 5].map((n) => conversation(n)),
      next: null,
      unreadable: 0,
      keptSince: null,
      late: null,
    }),
    plan_bulk_tags: () => plan,
    bulk_tags: () => plan,
    wait_times: () => [],
  });
  list = new ConversationList();
  await list.refresh();
  render(ListPane, { list, onsignin: () => {} });
  takeBack = [listen()];
});
afterEach(() => takeBack.forEach((stop) => stop()));

it("selects by mouse: one with Ctrl, a range with Shift; a plain click opens", async () => {
  await fireEvent.click(row(1), { ctrlKey: true });
  await fireEvent.click(row(3), { shiftKey: true });
  expect(selected()).toEqual([1, 2, 3]);
  expect(list.opened).toBeNull();
  await fireEvent.click(row(2), { ctrlKey: true });
  expect(selected()).toEqual([1, 3]);
  expect(screen.getByText("2 selected")).toBeInTheDocument();
  await fireEvent.click(row(0));
  expect(list.opened?.id).toBe(conversation(1).id);
  expect(selected()).toEqual([1, 3]);
});

it("selects by keyboard: Shift and arrows, V, all; Escape lets go and keeps the focus", async () => {
  row(0).focus();
  await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
  expect(selected()).toEqual([0, 1, 2]);
  await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
  expect(selected()).toEqual([0, 1]);
  await user.keyboard("{ArrowDown}{ArrowDown}v");
  expect(selected()).toEqual([0, 1, 3]);
  await user.keyboard("{Control>}a{/Control}");
  expect(selected()).toEqual([0, 1, 2, 3, 4]);
  await user.keyboard("{Escape}");
  expect(selected()).toEqual([]);
  await waitFor(() => expect(row(3)).toHaveFocus());
});

it("says what a tag would do before it is set, and takes it back as one", async () => {
  const undo = vi.fn();
  takeBack.push(onAction("undo", undo));
  row(0).focus();
  await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Shift>}T{/Shift}");
  const field = await screen.findByRole("textbox", { name: "Tag" });
  await user.type(field, "risk: high");
  expect(await screen.findByText("2 conversations get it")).toBeInTheDocument();
  expect(screen.getByText("1 conversation has 20 tags and cannot take it")).toBeInTheDocument();
  expect(document.querySelector("[data-part=bulk-plan]")).toHaveTextContent("Not in: Person 3.");
  expect(screen.getByText(/a little over 1 min/)).toBeInTheDocument();
  expect(argsOf("bulk_tags")).toEqual([]);
  await user.keyboard("{Enter}");
  const conversations = [1, 2, 3].map((n) => conversation(n).id);
  const args = { conversations, set: [{ key: "risk", value: "high" }], remove: [] };
  await waitFor(() => expect(argsOf("bulk_tags")).toEqual([args]));
  await waitFor(() => expect(selected()).toEqual([]));
  await waitFor(() => expect(row(2)).toHaveFocus());
  expect(toasts().at(-1)?.text).toMatch(
    /^Tag “risk” set in 2 conversations\. Sent within a little over 1 min/,
  );
  toasts().at(-1)!.undo!();
  expect(undo).toHaveBeenCalledOnce();
});

it("removes a tag by its name", async () => {
  await fireEvent.click(row(0), { ctrlKey: true });
  await user.click(screen.getByRole("button", { name: /Tag…/ }));
  await user.click(screen.getByRole("radio", { name: "Remove" }));
  await user.type(screen.getByRole("textbox", { name: "Name of the tag" }), "risk{Enter}");
  const args = { conversations: [conversation(1).id], set: [], remove: ["risk"] };
  await waitFor(() => expect(argsOf("bulk_tags")).toEqual([args]));
});

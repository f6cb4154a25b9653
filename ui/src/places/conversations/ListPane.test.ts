import { render } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ConversationPage } from "../../backend";
import { conversation, shellAnswering } from "../../test/backend";
import { view } from "../../test/view";
import { ConversationList } from "./list.svelte";
import ListPane from "./ListPane.svelte";

vi.mock("../../elements/VirtualList.svelte");

let list: ConversationList;
let answer: (page: ConversationPage) => void;

const page = (numbers: number[], late: string | null): ConversationPage => ({
  rows: numbers.map((number) => conversation(number)),
  next: null,
  unreadable: 0,
  keptSince: late && "2026-11-19T14:02:00Z",
  late,
});
const row = (number: number) =>
  document.querySelector<HTMLElement>(`[data-part=conversation-row][data-id="${conversation(number).id}"]`);

/** The server's page comes in place of the kept one. */
async function replaced(numbers: number[]) {
  answer(page(numbers, null));
  await expect.poll(() => list.late).toBe(false);
  await tick();
}

beforeEach(async () => {
  shellAnswering({
    list_conversations: ({ next }) =>
      next ? new Promise((resolve) => (answer = resolve)) : page([1, 2, 3, 4, 5], "late"),
    wait_times: () => [],
  });
  view.put.mockClear();
  list = new ConversationList();
  await list.refresh();
  render(ListPane, { list, onsignin: () => {} });
  view.range = [0, 2];
  view.top = 0;
});

describe("the server's page in place of the kept one", () => {
  it("leaves the row at the top of the view where it was", async () => {
    view.range = [2, 4];
    view.top = -30;
    await replaced([8, 9, 1, 2, 3, 4, 5]);
    expect(view.put).toHaveBeenCalledExactlyOnceWith(4, -30);
  });

  it("leaves the row that has the focus where it was, and the focus on it", async () => {
    row(2)?.focus();
    list.at = 1;
    view.top = 84;
    await replaced([9, 2, 1, 3, 4]);
    expect(view.put).not.toHaveBeenCalled();
    expect(row(2)).toHaveFocus();
  });

  it("moves the focus to the next row where its own is gone", async () => {
    row(2)?.focus();
    list.at = 1;
    await replaced([9, 1, 3, 4]);
    await expect.poll(() => document.activeElement).toBe(row(3));
    expect(view.put).toHaveBeenCalledExactlyOnceWith(2, 0);
  });

  it("shows what is new where nobody has gone anywhere yet", async () => {
    await replaced([8, 9, 1, 2, 3]);
    expect(view.put).not.toHaveBeenCalled();
    expect(document.body).toHaveFocus();
  });

  it("leaves everything alone where nothing moved", async () => {
    view.range = [2, 4];
    view.top = -30;
    await replaced([1, 2, 3, 4]);
    expect(view.put).not.toHaveBeenCalled();
  });
});

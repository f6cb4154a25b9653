import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import { toasts } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import { panes } from "../../lib/panes.svelte";
import { insight, listed, message, opened, row, tag, work } from "../conversation/fixtures";
import Conversations from "./Conversations.svelte";
import { ConversationList } from "./list.svelte";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

const shell = vi.mocked(backend);
const field = () => document.querySelector("[data-part=comment-input]");
const around = () => document.querySelector(".panes");

async function open() {
  shell.openConversation.mockImplementation(async (id) => opened(id, [message("m1", 1)]));
  if (!shell.listComments.getMockImplementation()) shell.listComments.mockResolvedValue(listed());
  shell.readInsight.mockResolvedValue(insight("ask"));
  const list = new ConversationList();
  list.rows = [row("c1")];
  list.open(0);
  render(Conversations, { list, onsignin: () => {} });
  await waitFor(() => expect(document.querySelector("[data-part=message]")).toBeInTheDocument());
  return list;
}

/** jsdom has no layout: says whether the drawer's handle is drawn, which it is in a narrow window. */
function narrow(is: boolean) {
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(is ? document.body : null);
}

beforeEach(() => {
  vi.resetAllMocks();
  shell.readDrafts.mockResolvedValue([]);
  shell.readWork.mockResolvedValue(work());
  shell.waitTimes.mockResolvedValue([]);
  shell.pause.mockResolvedValue(undefined);
  panes.whyCollapsed = false;
});
afterEach(() => void vi.restoreAllMocks());

describe("the key of a new comment", () => {
  it("unfolds the right pane and goes to the field", async () => {
    narrow(false);
    panes.whyCollapsed = true;
    await open();
    expect(around()).toHaveClass("why-collapsed");
    perform("comment");
    await waitFor(() => expect(field()).toHaveFocus());
    expect(around()).not.toHaveClass("why-collapsed");
  });

  it("draws the drawer in and goes to the field, and leaves the folded pane of a wide window as it is", async () => {
    narrow(true);
    panes.whyCollapsed = true;
    await open();
    expect(around()).not.toHaveClass("drawer");
    perform("comment");
    await waitFor(() => expect(field()).toHaveFocus());
    expect(around()).toHaveClass("drawer");
    expect(panes.whyCollapsed).toBe(true);
  });

  it("comes back from the drawer with Escape, and puts it away with another", async () => {
    narrow(true);
    await open();
    perform("comment");
    await waitFor(() => expect(field()).toHaveFocus());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.querySelector("[data-part=message]")).toHaveFocus());
    perform("leave");
    await waitFor(() => expect(around()).not.toHaveClass("drawer"));
    expect(document.querySelector("[data-part=message]")).toHaveFocus();
  });
});

describe("focus mode", () => {
  it("hides the list, moves the focus out of it, and ends with Escape or its key", async () => {
    narrow(false);
    await open();
    document.querySelector<HTMLElement>("[data-part=conversation-row]")!.focus();
    perform("focus-mode");
    await waitFor(() => expect(around()).toHaveClass("list-collapsed"));
    await waitFor(() => expect(document.querySelector("[data-part=message]")).toHaveFocus());
    expect(panes.listCollapsed).toBe(false);
    perform("leave");
    await waitFor(() => expect(around()).not.toHaveClass("list-collapsed"));
    perform("focus-mode");
    await waitFor(() => expect(around()).toHaveClass("list-collapsed"));
    perform("focus-mode");
    await waitFor(() => expect(around()).not.toHaveClass("list-collapsed"));
  });
});

describe("a click on a tag", () => {
  const text = () => document.querySelector<HTMLElement>("[data-part=tag] [data-filter]")!;

  async function click(clicked: ReturnType<typeof tag>) {
    shell.readWork.mockResolvedValue(work({ tags: [clicked] }));
    shell.listComments.mockResolvedValue(listed({ tags: [clicked] }));
    shell.listConversations.mockResolvedValue({
      rows: [],
      next: null,
      unreadable: 0,
      keptSince: null,
      late: null,
    });
    const list = await open();
    list.narrowing = { ...list.narrowing, finished: "finished" };
    await waitFor(() => expect(text()).toBeInTheDocument());
    await userEvent.click(text());
    return list;
  }

  it.each([
    [tag("quality", "bad"), "quality:bad"],
    [tag("quality"), "quality:"],
  ])("shows the conversations with it, beside the other filters: %j", async (clicked, filter) => {
    panes.listCollapsed = true;
    const list = await click(clicked);
    expect(list.narrowing).toMatchObject({ finished: "finished", tags: [filter] });
    expect(shell.listConversations).toHaveBeenCalledTimes(1);
    expect(list.opened?.id).toBe("c1");
    expect(panes.listCollapsed).toBe(false);
  });

  it("says so where the server cannot filter by it", async () => {
    const list = await click(tag("a-b", "bad"));
    expect(list.narrowing.tags).toEqual([]);
    expect(shell.listConversations).not.toHaveBeenCalled();
    expect(toasts().at(-1)?.text).toMatch(/cannot be filtered by it/);
  });
});

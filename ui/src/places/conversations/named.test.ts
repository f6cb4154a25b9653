import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { QueueForm, SavedView } from "../../backend";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import { conversation, problem, shellAnswering, type Asked } from "../../test/backend";
import { EVERYTHING, fromKept, toKept } from "./filters";
import { ConversationList } from "./list.svelte";
import ListPane from "./ListPane.svelte";
import { named, namedEntries } from "./named.svelte";

vi.mock("../../elements/VirtualList.svelte");

const narrowing = toKept({ ...EVERYTHING, finished: "unfinished", tags: ["risk:high"] });
let views: SavedView[];
let asked: Asked[];
let list: ConversationList;
const argsOf = (command: string) => asked.filter((one) => one.command === command).map(({ args }) => args);
const user = userEvent.setup();

beforeEach(async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  toasts().forEach(({ id }) => dismiss(id));
  views = [{ id: 1, name: "Risky", narrowing }];
  asked = shellAnswering({
    list_views: () => views,
    list_queues: () => [],
    save_view: ({ name, narrowing }) => ({ id: 2, name, narrowing }),
    rename_view: ({ id, name }) => {
      if (name === "") throw problem({ code: "badInput" as never, message: "It needs a name." });
      views = views.map((view) => (view.id === id ? { ...view, name: name as string } : view));
      return null;
    },
    delete_view: ({ id, isDeleted }) => {
      views = isDeleted ? views.filter((view) => view.id !== id) : [{ id: 1, name: "Risky", narrowing }];
      return null;
    },
    plan_queue: ({ form }) => ({
      byRule: (form as QueueForm).draw ? 40 : 312,
      atRandom: (form as QueueForm).draw ? 10 : 0,
      matching: 312,
      others: (form as QueueForm).draw ? 1204 : null,
      goesOn: false,
    }),
    leave_plan: () => null,
    make_queue: ({ name, form }) => ({ id: 7, name, form }),
    read_queue: () => [{ id: conversation(1).id, reason: "rule" }],
    drafted_conversations: () => [],
    list_conversations: () => ({
      rows: [conversation(1)],
      next: null,
      unreadable: 0,
      keptSince: null,
      late: null,
    }),
    wait_times: () => [],
  });
  named.forget();
  await named.read();
  list = new ConversationList();
  await list.refresh();
});

const open = () => render(ListPane, { list, onsignin: () => {} });
const menu = () => screen.getByRole("button", { name: "Views and queues" });

describe("a view", () => {
  it("is opened from the head of the list", async () => {
    open();
    await user.click(menu());
    await user.click(screen.getByRole("menuitem", { name: /Risky/ }));
    expect(list.narrowing).toEqual(fromKept(narrowing));
    expect(namedEntries(list).views[0]).toMatchObject({ label: "Risky", detail: "Unfinished · risk: high" });
  });

  it("is saved under a name, by its action, and that can be taken back", async () => {
    list.narrowing = fromKept(narrowing);
    open();
    perform("save-view");
    const name = await screen.findByRole("textbox", { name: "Name" });
    expect(name).toHaveFocus();
    await user.type(name, "Escalations{Enter}");
    await waitFor(() => expect(argsOf("save_view")).toEqual([{ name: "Escalations", narrowing }]));
    expect(toasts().at(-1)?.text).toBe("View “Escalations” saved.");
    expect(screen.queryByRole("textbox", { name: "Name" })).toBeNull();
    toasts().at(-1)!.undo!();
    await waitFor(() => expect(argsOf("delete_view")).toEqual([{ id: 2, isDeleted: true }]));
  });

  it("is renamed and deleted, with a way back, and a name that is none is refused", async () => {
    open();
    await user.click(menu());
    await user.click(screen.getByRole("menuitem", { name: "Rename or delete…" }));
    const field = await screen.findByRole("textbox", { name: "View" });
    await user.clear(field);
    await user.tab();
    expect(await screen.findByText("It needs a name.")).toBeInTheDocument();
    await user.type(field, "Hot");
    await user.tab();
    await waitFor(() => expect(toasts().at(-1)?.text).toBe("View “Risky” is “Hot” now."));
    await user.click(screen.getByRole("button", { name: "Delete view Hot" }));
    await waitFor(() => expect(toasts().at(-1)?.text).toBe("View “Hot” deleted."));
    expect(document.activeElement).not.toBe(document.body);
    toasts().at(-1)!.undo!();
    await waitFor(() => expect(named.views).toHaveLength(1));
  });

  it("is left with Escape, and the focus comes back", async () => {
    open();
    menu().focus();
    perform("save-view");
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Name" })).toHaveFocus());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(menu()).toHaveFocus());
  });
});

describe("a queue", () => {
  it("says what will be in it before it is made, and is opened then", async () => {
    open();
    perform("make-queue");
    await screen.findByText("312 conversations: 312 by rule (of 312).");
    await user.click(screen.getByRole("checkbox", { name: "A sample" }));
    await screen.findByText("50 conversations: 40 by rule (of 312), 10 random (of 1,204).");
    await user.selectOptions(screen.getByRole("combobox", { name: "Rule" }), "view 1");
    await user.selectOptions(screen.getByRole("combobox", { name: "Started" }), "lastWeek");
    await user.type(screen.getByRole("textbox", { name: "Name" }), "This week{Enter}");
    const form = {
      narrowing,
      started: "lastWeek",
      unreviewedOnly: true,
      draw: { size: 50, rulePercent: 80, seed: 7 },
    };
    await waitFor(() => expect(argsOf("make_queue")).toEqual([{ name: "This week", form }]));
    expect(await screen.findByText("0 of 1 done")).toBeInTheDocument();
    expect(screen.getByText("By rule")).toBeInTheDocument();
    const to = screen.getByRole("button", { name: "Done 0" });
    await user.click(to);
    expect(await screen.findByText("No conversation of the queue is in this state now.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Leave the queue" }));
    expect(list.queue).toBeNull();
  });

  it("is not counted any more when its form is left", async () => {
    open();
    perform("make-queue");
    await screen.findByText("312 conversations: 312 by rule (of 312).");
    expect(argsOf("leave_plan")).toHaveLength(0);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(argsOf("leave_plan")).toHaveLength(1));
  });

  it("can be made without seeing it", async () => {
    const { container } = open();
    perform("make-queue");
    await user.click(await screen.findByRole("checkbox", { name: "A sample" }));
    await screen.findByText(/50 conversations/);
    // jsdom draws nothing; the rows stand outside a list box here.
    const rules = { "color-contrast": { enabled: false }, "aria-required-parent": { enabled: false } };
    const found = await axe.run(container, { rules });
    expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });
});

import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedbackRow, FeedbackView, WorkView } from "../../backend";
import { toasts } from "../../elements/toasts.svelte";
import { groupsOf } from "../../help/rows";
import { perform, whyNot } from "../../keys";
import { panes } from "../../lib/panes.svelte";
import {
  card,
  change,
  comment,
  insight,
  later,
  message,
  opened,
  problem,
  row as conversation,
  work,
} from "../conversation/fixtures";
import { tellChanged } from "../../lib/outbox.svelte";
import { keeping } from "../conversation/keeping";
import { makeReady } from "../conversation/ready.svelte";
import { beginAnew, part, shell } from "../conversation/world";
import { view } from "../../test/view";
import Feedback from "./Feedback.svelte";
import { FeedbackList } from "./list.svelte";
import { feedbackRow as made } from "./fixtures";
import { undoThere } from "./undoing";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(() => {
  beginAnew();
  shell.feedbackAuthors.mockResolvedValue([]);
  shell.lookAheadAt.mockResolvedValue(null);
});

const counted = (parts: Partial<FeedbackView> = {}): FeedbackView => ({
  support: "available",
  known: 3,
  open: 3,
  resolved: 0,
  readSince: "2026-11-20T09:00:00Z",
  askedAt: null,
  trouble: null,
  revision: 1,
  changed: [],
  ...parts,
});

const THREE = [made("f1", "c1", 2), made("f2", "c1", 1), made("f3", "c2", 1)];

async function show(rows: FeedbackRow[] = THREE, told: FeedbackView | null = counted(), gone: string[] = []) {
  const ids = [...new Set(rows.map(({ conversationId }) => conversationId))];
  const conversations = ids.filter((id) => !gone.includes(id)).map((id) => conversation(id));
  shell.listFeedback.mockResolvedValue({ rows, conversations, next: null, total: rows.length });
  shell.listConversations.mockResolvedValue({
    rows: [],
    next: null,
    unreadable: 0,
    keptSince: null,
    late: null,
  });
  shell.feedbackOf.mockResolvedValue(rows);
  shell.openConversation.mockImplementation(async (id) =>
    opened(id, [message(`${id}m1`, 1), message(`${id}m2`, 2)]),
  );
  shell.readInsight.mockResolvedValue(insight("ask_medication"));
  const kept = keeping(
    Object.fromEntries(
      ids.map((id) => [
        id,
        {
          comments: rows
            .filter(({ conversationId }) => conversationId === id)
            .map(({ id, interactionId, text, resolved }) => comment(id, { interactionId, text, resolved })),
        },
      ]),
    ),
  );
  const list = new FeedbackList("me");
  const onopen = vi.fn();
  const shown = render(Feedback, { list, view: told, trouble: null, services: [], onopen });
  if (told !== null && rows.length > 0) await waitFor(() => expect(part("feedback-row")).toBeInTheDocument());
  return { list, onopen, kept, user: userEvent.setup(), ...shown };
}

/** Has the next conversation drawn while another one is looked at. */
async function drawAhead(id: string, turn: string) {
  shell.awaitBeginning.mockResolvedValue({
    opened: opened(id, [message(`${id}m1`, 1), message(`${id}m2`, 2)]),
    interactionId: turn,
    insight: insight("ask_medication"),
    sound: null,
    markers: [],
  });
  await makeReady(id, turn);
  await waitFor(() => expect(document.querySelector(".what.ahead")).toBeInTheDocument());
}

const looked = () => document.querySelector(".opened[data-part=feedback-row]")?.getAttribute("data-id");
const above = () => within(document.querySelector<HTMLElement>("section.what .comment")!);

describe("the walk", () => {
  it("begins at the first, at the turn it is about, and leaves the focus in the list", async () => {
    await show();
    await waitFor(() => expect(part("message", "c1m2")).toHaveAttribute("aria-current", "true"));
    expect(looked()).toBe("f1");
    expect(document.activeElement).toBe(part("feedback-row", "f1"));
    expect(part("feedback-position")).toHaveTextContent("1 of 3");
    expect(shell.lookAheadAt).toHaveBeenLastCalledWith([
      { conversationId: "c1", interactionId: "interaction-1" },
      { conversationId: "c2", interactionId: "interaction-1" },
    ]);
  });

  it("goes on by J, N and back by K, to another turn of the same conversation too", async () => {
    await show();
    await waitFor(() => expect(part("message", "c1m2")).toHaveAttribute("aria-current", "true"));
    perform("next-turn");
    await waitFor(() => expect(part("message", "c1m1")).toHaveAttribute("aria-current", "true"));
    expect(shell.openConversation).toHaveBeenCalledTimes(1);
    perform("next-comment");
    await waitFor(() => expect(part("message", "c2m1")).toHaveAttribute("aria-current", "true"));
    perform("previous-turn");
    await waitFor(() => expect(looked()).toBe("f2"));
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f2")));
  });

  it("draws the next conversation at its comment before it is looked at, and its keys mean the one that is", async () => {
    await show([made("f1", "c1", 1), made("f2", "c2", 2)]);
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    await drawAhead("c2", "interaction-2");
    const line = part("message", "c2m2");
    expect(line).toHaveAttribute("aria-current", "true");
    expect(document.querySelectorAll("[data-part=feedback-position]")).toHaveLength(2);
    perform("resolve-next");
    await waitFor(() => expect(looked()).toBe("f2"));
    expect(shell.setCommentResolved).toHaveBeenCalledExactlyOnceWith("c1", "f1", true);
    expect(part("message", "c2m2")).toBe(line);
    expect(document.querySelector(".ahead")).toBeNull();
    perform("resolve");
    await waitFor(() => expect(shell.setCommentResolved).toHaveBeenLastCalledWith("c2", "f2", true));
  });

  it("goes to another turn of what is drawn ahead with the opening, and reads its insight at once", async () => {
    const { list } = await show([made("f1", "c1", 1), made("f2", "c2", 1), made("f3", "c2", 2)]);
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    await drawAhead("c2", "interaction-1");
    list.open(2);
    await tick();
    expect(part("message", "c2m2")).toHaveAttribute("aria-current", "true");
    expect(shell.readInsight).toHaveBeenLastCalledWith("c2", "interaction-2", false);
  });

  it("resolves and goes on until all is done, and comes back by undo", async () => {
    const { list, kept } = await show();
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    for (const next of ["f2", "f3"]) {
      perform("resolve-next");
      await waitFor(() => expect(looked()).toBe(next));
      await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    }
    perform("resolve-next");
    await waitFor(() => expect(part("feedback-done")).toHaveTextContent("All done"));
    expect(document.querySelectorAll("[data-part=feedback-row][data-resolved=true]")).toHaveLength(3);
    expect(document.activeElement?.closest("[data-part=feedback-row]")).not.toBeNull();
    shell.undo.mockResolvedValue({ conversationId: "c2", what: "resolving a comment", conversations: 1 });
    shell.feedbackOf.mockResolvedValue([THREE[2]!]);
    kept.put("c2", { comments: [comment("f3", { interactionId: "interaction-1" })] });
    await undoThere("undo", list);
    await waitFor(() => expect(looked()).toBe("f3"));
    await waitFor(() => expect(part("feedback-row", "f3")).toHaveAttribute("data-resolved", "false"));
  });

  it("resolves where it is, opens again, and passes over what is resolved", async () => {
    await show([made("f1", "c1", 1), made("f2", "c1", 1, { resolved: true }), made("f3", "c2", 1)]);
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    perform("resolve");
    await waitFor(() => expect(part("feedback-row", "f1")).toHaveAttribute("data-resolved", "true"));
    expect(above().getByText("Resolved comment")).toBeInTheDocument();
    perform("reopen");
    await waitFor(() => expect(part("feedback-row", "f1")).toHaveAttribute("data-resolved", "false"));
    perform("next-comment");
    await waitFor(() => expect(looked()).toBe("f3"));
  });

  it("acts on real key presses", async () => {
    await show();
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    await fireEvent.keyDown(document.activeElement!, { key: "E", code: "KeyE", shiftKey: true });
    await waitFor(() => expect(looked()).toBe("f2"));
    expect(shell.setCommentResolved).toHaveBeenCalledExactlyOnceWith("c1", "f1", true);
  });

  it("opens the conversation", async () => {
    const { onopen } = await show();
    await waitFor(() => expect(looked()).toBe("f1"));
    perform("open");
    expect(onopen).toHaveBeenCalledExactlyOnceWith("c1");
  });
});

describe("trouble", () => {
  it("shows the question about a comment, and keeps what was written", async () => {
    const { kept, list } = await show();
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    const asked = change("q", { comment: "f1", card: card("my own words", "theirs") });
    kept.put("c1", { changes: [asked] });
    shell.feedbackOf.mockResolvedValue(THREE.map((row) => ({ ...row, needsYou: row.id === "f1" })));
    tellChanged(["c1"]);
    await list.readAnew(["c1"]);
    await waitFor(() => expect(part("clash")).toHaveTextContent("my own words"));
    expect(part("feedback-row", "f1")).toHaveTextContent("Needs you");
  });

  it("shows a comment whose conversation is gone, and lets it be resolved", async () => {
    await show([made("f1", "c1", 1)], counted(), ["c1"]);
    await screen.findByText("The conversation cannot be opened");
    perform("resolve");
    await waitFor(() => expect(part("feedback-row", "f1")).toHaveAttribute("data-resolved", "true"));
  });

  it("leaves nothing behind of a conversation that is gone, but an edit still arrives", async () => {
    const { list, unmount } = await show([made("f1", "c1", 1)], counted(), ["c1"]);
    await screen.findByText("The conversation cannot be opened");
    const answer = later<WorkView>();
    shell.setCommentResolved.mockImplementationOnce(() => answer.promise);
    perform("resolve");
    await waitFor(() => expect(shell.setCommentResolved).toHaveBeenCalledOnce());
    unmount();
    answer.done(work({ comments: [comment("f1", { interactionId: "interaction-1", resolved: true })] }));
    await waitFor(() => expect(list.rows[0]?.resolved).toBe(true));
    const asked = shell.readWork.mock.calls.length;
    tellChanged(["c1"]);
    for (const action of ["resolve", "reopen", "comment", "send", "done"] as const)
      expect(perform(action)).toBe(false);
    expect(shell.readWork.mock.calls).toHaveLength(asked);
    expect(shell.openConversation).not.toHaveBeenCalled();
    expect(shell.pause).not.toHaveBeenCalled();
  });

  it("says that the interaction of a comment is gone, and lets it be resolved", async () => {
    await show([{ ...made("f1", "c1", 1), interactionId: "gone", interaction: null }]);
    expect(await screen.findByRole("note")).toHaveTextContent(
      "The interaction it is about is not in the transcript any more.",
    );
    perform("resolve");
    await waitFor(() => expect(part("feedback-row", "f1")).toHaveAttribute("data-resolved", "true"));
  });

  it("shows one whose reviewer is not known by the reviewer's id", async () => {
    await show([{ ...made("f1", "c1", 1), author: { id: "reviewer-9", name: null } }]);
    expect(part("feedback-row", "f1")).toHaveTextContent("by reviewer-9");
  });

  it("takes a deleted comment out of the list and goes to the one in its place", async () => {
    const { user } = await show();
    await waitFor(() => expect(part("feedback-position")).toBeInTheDocument());
    await user.click(above().getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(part("feedback-row", "f1")).toBeNull());
    await waitFor(() => expect(looked()).toBe("f2"));
    expect(toasts().at(-1)?.undo).toBeDefined();
  });

  it.each([
    [counted({ support: "notOnThisServer", known: 0, open: 0 }), "This server keeps no comments"],
    [counted({ trouble: problem("not-allowed", "No."), known: 0 }), "Your key may not read comments"],
    [counted({ readSince: null, known: 0 }), "Nothing read yet"],
    [counted({ known: 0, open: 0 }), "No comments yet"],
    [counted({ known: 5, open: 0 }), "All done"],
  ])("says why the list is empty: %#", async (view, words) => {
    await show([], view);
    expect(await screen.findByRole("heading", { name: words })).toBeInTheDocument();
  });

  it("says how far the reading is", async () => {
    await show(THREE, counted({ readSince: null, known: 1250 }));
    expect(part("feedback-reading")).toHaveTextContent(`${(1250).toLocaleString()} comments read so far`);
  });
});

describe("the list read anew", () => {
  beforeEach(() => {
    [view.range, view.top] = [[0, 0], 0];
    view.put.mockClear();
  });

  it("keeps what is looked at and the row at the top of the view when it shows what is new", async () => {
    const { list, user, rerender } = await show();
    await waitFor(() => expect(looked()).toBe("f1"));
    list.open(2);
    [view.range, view.top] = [[1, 2], -30];
    await rerender({ view: counted({ revision: 2 }) });
    const rows = [made("f0", "c1", 1), ...THREE];
    shell.listFeedback.mockResolvedValue({ rows, conversations: [], next: null, total: 4 });
    (document.activeElement as HTMLElement).blur();
    await user.click(screen.getByRole("button", { name: "Show what is new" }));
    await waitFor(() => expect(part("feedback-row", "f0")).toBeInTheDocument());
    expect(looked()).toBe("f3");
    expect(view.put).toHaveBeenCalledExactlyOnceWith(2, -30);
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f3")));
  });

  it("keeps what is looked at when many are taken back as one, and shows that it is open again", async () => {
    const resolved = THREE.map((row) => ({ ...row, resolved: true }));
    const { list, kept } = await show(resolved);
    list.open(1);
    await waitFor(() => expect(above().getByText("Resolved comment")).toBeInTheDocument());
    shell.undo.mockResolvedValue({ conversationId: "c2", what: "resolving 3 comments", conversations: 2 });
    shell.listFeedback.mockResolvedValue({ rows: THREE, conversations: [], next: null, total: 3 });
    const open = kept.of("c1").comments.map((one) => ({ ...one, resolved: false }));
    kept.put("c1", { comments: open });
    shell.feedbackOf.mockResolvedValue(THREE);
    await undoThere("undo", list);
    expect(looked()).toBe("f2");
    expect(document.querySelectorAll("[data-part=feedback-row][data-resolved=false]")).toHaveLength(3);
    await waitFor(() => expect(above().getByText("Open comment")).toBeInTheDocument());
    expect(toasts().at(-1)?.text).toBe("Undone: resolving 3 comments.");
  });
});

describe("selecting", () => {
  const selected = () =>
    [...document.querySelectorAll("[data-part=feedback-row][aria-selected=true]")].map((row) =>
      row.getAttribute("data-id"),
    );
  const press = (key: string, held: KeyboardEventInit = {}) =>
    fireEvent.keyDown(document.activeElement!, { key, code: `Key${key.toUpperCase()}`, ...held });

  it("takes the row in and out, takes all, and none, by the keys of the other list", async () => {
    const { list } = await show();
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f1")));
    await press("v");
    expect(selected()).toEqual(["f1"]);
    expect(part("selection")).toHaveTextContent("1 selected");
    await press("v");
    expect(selected()).toEqual([]);
    await press("a", { ctrlKey: true });
    expect(selected()).toEqual(["f1", "f2", "f3"]);
    await fireEvent.keyDown(document.activeElement!, { key: "Escape", code: "Escape" });
    expect(selected()).toEqual([]);
    expect(part("selection")).toBeNull();
    expect(looked()).toBe("f1");
    expect(document.activeElement).toBe(part("feedback-row", "f1"));
    expect(list.choice().comments).toEqual([]);
  });

  it("draws a range by Shift and the arrows, and looks at where it ends", async () => {
    await show();
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f1")));
    for (let row = 0; row < 2; row += 1) {
      await fireEvent.keyDown(document.activeElement!, { key: "ArrowDown", shiftKey: true });
      await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", `f${row + 2}`)));
    }
    expect(selected()).toEqual(["f1", "f2", "f3"]);
    await fireEvent.keyDown(document.activeElement!, { key: "ArrowUp", shiftKey: true });
    expect(selected()).toEqual(["f1", "f2"]);
    await waitFor(() => expect(looked()).toBe("f2"));
  });

  it("leaves Ctrl+A to the rest of the page, and says in the sheet that the keys act here", async () => {
    const { unmount } = await show();
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f1")));
    const reply = document.querySelector<HTMLElement>("section.what button")!;
    reply.focus();
    await press("a", { ctrlKey: true });
    expect(selected()).toEqual([]);
    const rows = () => groupsOf("select").flatMap(({ rows }) => rows);
    const here = () => Object.fromEntries(rows().map(({ id, whyNot }) => [id, whyNot]));
    expect(here()).toMatchObject({ select: null, "select-all": null });
    unmount();
    expect(here()["select"]).not.toBeNull();
  });

  it("ends with what is narrowed, and lasts while the reviewer is elsewhere", async () => {
    const { list, rerender, unmount } = await show();
    list.selection.toggle(["f1", "f2", "f3"], 1);
    await rerender({});
    unmount();
    render(Feedback, { list, view: counted(), trouble: null, services: [], onopen: vi.fn() });
    await waitFor(() => expect(selected()).toEqual(["f2"]));
    await list.narrow({ ...list.narrowing, mine: true });
    await waitFor(() => expect(selected()).toEqual([]));
  });

  it("is resolved from where it is counted", async () => {
    const { user } = await show();
    shell.planResolve.mockResolvedValue({
      resolve: 1,
      conversations: 1,
      left: 0,
      beyond: 0,
      perMinute: null,
      seconds: 0,
    });
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f1")));
    await press("v");
    await user.click(within(part("selection")).getByRole("button", { name: "Resolve…" }));
    await waitFor(() =>
      expect(part("feedback-plan")).toHaveTextContent("Resolve 1 comment in 1 conversation"),
    );
    expect(shell.planResolve).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ comments: ["f1"] }));
  });
});

describe("what is done by name", () => {
  it("hides and shows the list and the right pane, as beside the other list", async () => {
    await show();
    await waitFor(() => expect(document.activeElement).toBe(part("feedback-row", "f1")));
    const around = document.querySelector(".panes");
    perform("show-list");
    expect(panes.listCollapsed).toBe(true);
    // The focus went to the edge that brings the list back.
    await waitFor(() => expect(document.activeElement).toHaveAccessibleName("Width of the list"));
    perform("show-list");
    expect(panes.listCollapsed).toBe(false);
    perform("show-why");
    await waitFor(() => expect(around).toHaveClass("why-collapsed"));
    perform("show-why");
    await waitFor(() => expect(around).not.toHaveClass("why-collapsed"));
  });

  it("reads all again, and clears the filters where there are any", async () => {
    const { list } = await show();
    shell.readFeedbackAgain.mockResolvedValue(null);
    perform("read-list");
    await waitFor(() => expect(shell.readFeedbackAgain).toHaveBeenCalledOnce());
    expect(whyNot("clear-filters")).toBe("Nothing is filtered");
    await list.narrow({ ...list.narrowing, mine: true });
    await waitFor(() => expect(perform("clear-filters")).toBe(true));
    await waitFor(() => expect(list.narrowing.mine).toBe(false));
  });
});

describe("what is edited here", () => {
  it("is said to be no review, before it is made", async () => {
    await show();
    await waitFor(() => expect(shell.readWork).toHaveBeenCalled());
    expect(shell.showIn).toHaveBeenCalledWith("c1", "feedback");
    const [told] = shell.showIn.mock.invocationCallOrder;
    const [read] = shell.readWork.mock.invocationCallOrder;
    expect(told).toBeLessThan(read ?? 0);
  });
});

describe("many at once", () => {
  it("tells how many and how long before it resolves, and can be taken back as one", async () => {
    const { user, kept } = await show();
    const plan = { resolve: 3, conversations: 2, left: 1, beyond: 1200, perMinute: 15, seconds: 40 };
    shell.planResolve.mockResolvedValue(plan);
    shell.resolveAll.mockImplementation(async () => {
      for (const id of ["c1", "c2"])
        kept.put(id, { comments: kept.of(id).comments.map((one) => ({ ...one, resolved: true })) });
      return plan;
    });
    await user.click(part("feedback-many"));
    await user.click(screen.getByRole("menuitem", { name: /Resolve all in this list/ }));
    await waitFor(() =>
      expect(part("feedback-plan")).toHaveTextContent("Resolve 3 comments in 2 conversations"),
    );
    expect(part("feedback-plan")).toHaveTextContent("about a minute at the server’s 15 calls a minute");
    expect(part("feedback-plan")).toHaveTextContent(`${(1200).toLocaleString()} more stay open`);
    expect(shell.resolveAll).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Resolve 3" }));
    await waitFor(() =>
      expect(document.querySelectorAll("[data-part=feedback-row][data-resolved=true]")).toHaveLength(3),
    );
    expect(toasts().at(-1)).toMatchObject({ text: "3 comments resolved.", undo: expect.any(Function) });
    expect(part("feedback-plan")).toBeNull();
  });

  it("means what is selected", async () => {
    const { user } = await show();
    shell.exportFeedback.mockResolvedValue(2);
    const keys = userEvent.setup();
    await keys.keyboard("{Shift>}");
    await keys.click(part("feedback-row", "f2"));
    await keys.keyboard("{/Shift}");
    await user.click(part("feedback-many"));
    await user.click(screen.getByRole("menuitem", { name: "Save the 2 selected as CSV…" }));
    expect(shell.exportFeedback).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ comments: ["f1", "f2"] }),
      "csv",
    );
  });
});

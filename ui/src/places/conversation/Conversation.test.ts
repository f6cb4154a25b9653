import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TranscriptPage, WorkView } from "../../backend";
import { toasts } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import Conversation from "./Conversation.svelte";
import { belongTo } from "./belongings";
import {
  comment,
  insight,
  later,
  listed,
  message,
  opened,
  problem,
  row,
  sound,
  toolCall,
  work,
} from "./fixtures";
import { forgetInsights } from "./insights.svelte";
import { why } from "./review.svelte";
import { beginAnew, current, open, part, shell, type World } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(beginAnew);

describe("transcript", () => {
  it("shows text from outside as text, never as markup", async () => {
    const text = `<script>alert(1)</script><img src=x onerror="alert(2)">\u202egpj.exe`;
    await open({ messages: [message("m1", 1, { text, sender: "<b>Eve</b>" })] });
    expect(part("message", "m1")).toHaveTextContent(`<script>alert(1)</script>`);
    expect(part("message", "m1").querySelector("script, img, b")).toBeNull();
    expect(within(part("message", "m1")).getByText("<b>Eve</b>").tagName).toBe("BDI");
    expect(part("message", "m1").querySelector("bdi[dir=auto]")).toHaveTextContent("gpj.exe");
  });

  it("marks a message whose text holds what is not seen, and leaves the text as it is", async () => {
    const text = "Take \u202e05\u202c mg";
    await open({ messages: [message("m1", 1, { text }), message("m2", 1)] });
    expect(within(part("message", "m1")).getByText("Hidden characters")).toBeInTheDocument();
    expect(part("message", "m1")).toHaveAccessibleDescription(/characters that change how it reads/);
    expect(part("message", "m1").querySelector("bdi.outside")).toHaveTextContent(text);
    expect(part("message", "m2")).not.toHaveTextContent("Hidden characters");
  });

  it("says since when it and its insight are kept here, and reads them anew", async () => {
    const keptSince = "2026-11-19T16:00:00Z";
    const world = { readSince: keptSince, insight: insight("ask", { keptSince }) };
    const { user } = await open(world, row("c1", { isFinished: false }));
    const notes = () => screen.queryAllByRole("note").map((note) => note.textContent);
    const kept = /Kept on this computer, as of .*The\s+server cannot be reached\./;
    await waitFor(() => expect(notes()).toEqual([expect.stringMatching(kept), expect.stringMatching(kept)]));
    expect(notes()[0]).toContain("More may have been said since.");
    shell.openConversation.mockResolvedValue(opened("c1", [message("m1", 1)]));
    shell.readInsight.mockResolvedValue(insight("ask"));
    for (const again of screen.getAllByRole("button", { name: "Try again" })) await user.click(again);
    await waitFor(() => expect(notes()).toEqual([]));
    expect(shell.openConversation).toHaveBeenLastCalledWith("c1", true);
  });

  it("puts a rule with the day between interactions of different days", async () => {
    const next = message("m2", 2, { createdAt: "2026-11-21T14:21:00Z" });
    await open({ messages: [message("m1", 1), next] });
    expect(part("interaction", "interaction-1").querySelector(".day")).toBeNull();
    expect(part("interaction", "interaction-2").querySelector(".day time")).toHaveAttribute(
      "datetime",
      next.createdAt,
    );
  });

  it("hands a link to the shell and opens nothing itself", async () => {
    shell.openLink.mockResolvedValue(null);
    const { user } = await open({
      messages: [message("m1", 1, { text: "See https://a.example/x and javascript:alert(1)" })],
    });
    expect(part("message", "m1").querySelector("a")).toBeNull();
    await user.click(screen.getByRole("button", { name: "https://a.example/x" }));
    expect(shell.openLink).toHaveBeenCalledExactlyOnceWith("https://a.example/x");
    expect(screen.queryByRole("button", { name: /javascript/ })).toBeNull();
  });

  it("shows the beginning of a huge message, and all of it when asked", async () => {
    const { user } = await open({ messages: [message("m1", 1, { text: "x".repeat(100_000) })] });
    expect(part("message", "m1").textContent.length).toBeLessThan(2_000);
    await user.click(screen.getByRole("button", { name: "Show all (100 kB)" }));
    expect(part("message", "m1").textContent.length).toBeGreaterThan(100_000);
    await user.click(screen.getByRole("button", { name: "Show less" }));
    expect(part("message", "m1").textContent.length).toBeLessThan(2_000);
  });

  it.each([
    [500, true],
    [536, false],
  ])("puts who speaks above what is said only where it is narrow: %i pixels", async (width, is) => {
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(width);
    await open();
    await waitFor(() => expect(part("message").closest(".stacked") !== null).toBe(is));
    vi.restoreAllMocks();
  });

  it("shows a kind it does not know with its name", async () => {
    await open({ messages: [message("m1", 1, { kind: "agent-gesture", text: "nods" })] });
    expect(part("message", "m1")).toHaveAttribute("data-type", "agent-gesture");
    expect(part("message", "m1")).toHaveTextContent("agent-gesture");
    expect(part("message", "m1")).toHaveTextContent("nods");
  });

  it("goes from turn to turn, with the focus, and stays at the end", async () => {
    await open();
    expect(current()).toBe("m1");
    perform("next-turn");
    await waitFor(() => expect(part("message", "m2")).toHaveFocus());
    perform("next-turn");
    await waitFor(() => expect(current()).toBe("m2"));
    perform("previous-turn");
    await waitFor(() => expect(part("message", "m1")).toHaveFocus());
  });

  it("is at the turn where it was left, with its insight, and not in another account", async () => {
    belongTo("account-a");
    const { rerender, unmount } = await open();
    perform("next-turn");
    await waitFor(() => expect(part("message", "m2")).toHaveFocus());
    await rerender({ row: row("c2") });
    await waitFor(() => expect(current()).toBe("m1"));
    await rerender({ row: row("c1") });
    await waitFor(() => expect(current()).toBe("m2"));
    expect(part("insights")).toHaveAttribute("data-interaction", "interaction-2");
    unmount();
    belongTo("account-b");
    await open();
    expect(current()).toBe("m1");
  });

  it("is at the turn where it was left though that comes with a later page, and asks for no other's insight", async () => {
    const { unmount } = await open();
    perform("next-turn");
    await waitFor(() => expect(current()).toBe("m2"));
    unmount();
    forgetInsights();
    shell.readInsight.mockClear();
    let answer: (page: TranscriptPage) => void = () => {};
    shell.openConversation.mockResolvedValue(
      opened("c1", [message("m1", 1)], { first: { messages: [message("m1", 1)], next: 1 } }),
    );
    shell.readTranscript.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    await waitFor(() => expect(shell.readTranscript).toHaveBeenCalled());
    answer({ messages: [message("m2", 2)], next: null });
    await waitFor(() => expect(current()).toBe("m2"));
    expect(shell.readInsight.mock.calls.map(([, interaction]) => interaction)).toEqual(["interaction-2"]);
  });

  it("lays its sound once, however many pages it has", async () => {
    const spoken = message("m1", 1, { voice: true });
    shell.openConversation.mockResolvedValue(
      opened("c1", [spoken], { first: { messages: [spoken], next: 1 } }),
    );
    shell.readTranscript
      .mockResolvedValueOnce({ messages: [message("m2", 2, { voice: true })], next: 2 })
      .mockResolvedValueOnce({ messages: [message("m3", 3)], next: null });
    shell.openSound.mockResolvedValue(sound([]));
    shell.readMarkers.mockResolvedValue([]);
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    await waitFor(() => expect(part("message", "m3")).toBeInTheDocument());
    expect(shell.openSound).toHaveBeenCalledTimes(1);
  });

  it("lays its sound though the first that is spoken comes with a later page", async () => {
    shell.openConversation.mockResolvedValue(
      opened("c1", [message("m1", 1)], { first: { messages: [message("m1", 1)], next: 1 } }),
    );
    shell.readTranscript.mockResolvedValue({ messages: [message("m2", 2, { voice: true })], next: null });
    shell.openSound.mockResolvedValue(sound([]));
    shell.readMarkers.mockResolvedValue([]);
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    await waitFor(() => expect(shell.openSound).toHaveBeenCalledTimes(1));
  });

  it("begins at the first turn when the one it was left at is gone", async () => {
    const { unmount } = await open();
    perform("next-turn");
    await waitFor(() => expect(current()).toBe("m2"));
    unmount();
    await open({ messages: [message("m1", 1)] });
    await waitFor(() => expect(current()).toBe("m1"));
  });

  it("says in place why it cannot be read, and reads it when asked again", async () => {
    shell.openConversation.mockRejectedValueOnce(
      problem("unreachable", "The server cannot be reached.", true),
    );
    shell.listComments.mockResolvedValue(listed());
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    expect(await within(part("transcript")).findByRole("alert")).toHaveTextContent("cannot be reached");
    expect(part("insights")).toHaveTextContent("Shown once the transcript is read.");
    shell.readInsight.mockResolvedValue(insight("ask"));
    shell.openConversation.mockResolvedValue(opened("c1", [message("m1", 1)]));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(part("message", "m1")).toBeInTheDocument());
    expect(screen.getByRole("region", { name: "What happened" })).toHaveFocus();
  });

  it("says what to do when there is nothing in it", async () => {
    await open({ messages: [] });
    expect(await screen.findByRole("heading", { name: "No messages" })).toBeInTheDocument();
    expect(part("insights")).toHaveTextContent("Without a message there is nothing to explain.");
  });
});

describe("sound", () => {
  it("has no strip when nothing can be heard", async () => {
    await open();
    expect(part("player")).toBeNull();
  });

  it("plays the line that is clicked, and says why another cannot be heard", async () => {
    const messages = [message("m1", 1, { voice: true }), message("m2", 2, { voice: true })];
    const { user } = await open({ messages });
    expect(part("player")).toHaveTextContent("press Space");
    await user.click(screen.getByText("Text of m1"));
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", "m1", 0);
    shell.playSound.mockRejectedValueOnce(problem("audio-empty", "The recording is empty."));
    await user.click(within(part("message", "m2")).getByRole("button", { name: "Play this message" }));
    expect(await within(part("player")).findByRole("alert")).toHaveTextContent(
      "Recording of interaction 2 cannot be played: The recording is empty.",
    );
    expect(part("message", "m2")).toHaveTextContent("Text of m2");
  });
});

describe("insights", () => {
  it("shows the state path and tool calls, and tells outcomes apart in words", async () => {
    const tools = (["succeeded", "failed", "unknown"] as const).map((outcome) =>
      toolCall(outcome, { outcome }),
    );
    await open({
      insight: insight("book_visit", {
        tools: [
          { purpose: "engage user", calls: [...tools, toolCall("odd", { outcome: "odd" as "unknown" })] },
        ],
        outcomesUnknown: "Your key may not read the records of tool calls.",
        unreadable: 2,
      }),
    });
    expect(await screen.findByText("book_visit")).toBeInTheDocument();
    const said = [...document.querySelectorAll("[data-part=tool-call] .outcome")].map((one) =>
      one.textContent.trim(),
    );
    expect(said).toEqual(["Succeeded", "Failed", "Outcome unknown", "Outcome unknown"]);
    expect(part("insights")).toHaveTextContent("may not read the records");
    expect(part("insights")).toHaveTextContent("2 parts of this insight could not be read");
  });

  it("waits for the transcript without a word that is not true", async () => {
    shell.openConversation.mockReturnValue(later<never>().promise);
    shell.listComments.mockResolvedValue(listed());
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    const waiting = { name: "Insights are shown once the transcript is read" };
    expect(await within(part("insights")).findByRole("img", waiting)).toBeInTheDocument();
    expect(part("insights")).not.toHaveTextContent("nothing to explain");
  });

  it("fails alone: the transcript and the rest of the pane stay", async () => {
    await open();
    shell.readInsight.mockRejectedValue(problem("not-allowed", "Your key may not read insights."));
    perform("next-turn");
    expect(await within(part("insights")).findByRole("alert")).toHaveTextContent("may not read insights");
    expect(part("insights")).toHaveTextContent("The transcript stays readable.");
    expect(part("message", "m2")).toBeInTheDocument();
    expect(screen.getByRole("tab", { name: "Comments" })).toBeEnabled();
  });
});

describe("comments", () => {
  const box = () => part("comment-input") as HTMLTextAreaElement;

  async function write(world: World = {}) {
    const view = await open(world);
    perform("comment");
    await waitFor(() => expect(box()).toHaveFocus());
    return view;
  }

  it("writes on the current interaction with Ctrl+Shift+Enter, and stays", async () => {
    const { user } = await write();
    await user.keyboard("Look{Control>}{Shift>}{Enter}{/Shift}{/Control}");
    expect(shell.commentOnTurn).toHaveBeenCalledExactlyOnceWith("c1", "interaction-1", "m1", "Look");
    await waitFor(() => expect(part("comment", "here-0")).toHaveTextContent("Saved here"));
    expect(shell.setReview).not.toHaveBeenCalled();
    expect(box()).toHaveValue("");
    expect(box()).toHaveFocus();
  });

  it("stays with the interaction it was begun on, until it is moved", async () => {
    const { user } = await write();
    await user.keyboard("Look");
    perform("next-turn");
    await user.click(await screen.findByRole("button", { name: "Move to interaction 2" }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(shell.commentOnTurn).toHaveBeenCalledExactlyOnceWith("c1", "interaction-2", "m2", "Look");
  });

  it("promises a readable transcript only where there is one", async () => {
    why.pane = "comments";
    shell.openConversation.mockRejectedValue(problem("unreachable", "The server cannot be reached.", true));
    shell.listComments.mockRejectedValue(problem("unreachable", "The server cannot be reached.", true));
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    expect(await within(part("comments")).findByRole("alert")).not.toHaveTextContent("stays readable");
  });

  it("keeps the text when the comment cannot be kept", async () => {
    const { user } = await write();
    shell.commentOnTurn.mockRejectedValue(problem("storage", "The disk is full."));
    await user.keyboard("Look{Control>}{Enter}{/Control}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full. Your text is kept.");
    expect(box()).toHaveValue("Look");
    expect(part("comment")).toBeNull();
  });

  it("keeps the text of each conversation while the reviewer goes back and forth", async () => {
    const { user, rerender } = await write();
    await user.click(screen.getByRole("radio", { name: "Whole conversation" }));
    await user.type(box(), "Half a thought");
    await rerender({ row: row("c2") });
    await waitFor(() => expect(box()).toHaveValue(""));
    await rerender({ row: row("c1") });
    await waitFor(() => expect(box()).toHaveValue("Half a thought"));
    expect(screen.getByRole("radio", { name: "Whole conversation" })).toBeChecked();
  });

  it("keeps what is typed while the one before is being kept", async () => {
    const answer = later<WorkView>();
    const { user } = await write();
    shell.commentOnTurn.mockReturnValueOnce(answer.promise);
    await user.keyboard("Look{Control>}{Enter}{/Control} twice");
    answer.done(work({ comments: [comment("k9", { text: "Look" })] }));
    await waitFor(() => expect(part("comment", "k9")).toBeInTheDocument());
    await new Promise((resolve) => setTimeout(resolve));
    expect(box()).toHaveValue("Look twice");
  });

  it("resolves the open one of the current interaction by key, and reopens it", async () => {
    const { user } = await open({ comments: [comment("k1")] });
    await waitFor(() => expect(part("comment", "k1")).toHaveAttribute("data-resolved", "false"));
    perform("resolve");
    await waitFor(() => expect(part("comment", "k1")).toHaveAttribute("data-resolved", "true"));
    expect(part("comment", "k1")).toHaveTextContent("Resolved comment");
    await user.click(within(part("comment", "k1")).getByRole("button", { name: "Reopen" }));
    await waitFor(() => expect(part("comment", "k1")).toHaveAttribute("data-resolved", "false"));
    expect(shell.setCommentResolved.mock.calls).toEqual([
      ["c1", "k1", true],
      ["c1", "k1", false],
    ]);
  });

  it("does not offer to edit a resolved one, and says why", async () => {
    await open({ comments: [comment("k1", { resolved: true })] });
    const edit = await within(await screen.findByRole("article", { name: /Resolved comment/ })).findByText(
      "Edit",
    );
    expect(edit).toBeDisabled();
    expect(edit).toHaveAccessibleDescription(/cannot be edited. Reopen it first/);
  });

  it("takes the focus only when a comment was asked for, not when the tab is chosen", async () => {
    const { user } = await write();
    await user.click(screen.getByRole("tab", { name: "Insights" }));
    await user.click(screen.getByRole("tab", { name: "Comments" }));
    expect(box()).not.toHaveFocus();
  });

  it("keeps what is typed in one account out of another one of the same person, and for when it is back", async () => {
    for (const [account, kept] of [
      ["account-a", ""],
      ["account-b", ""],
      ["account-a", "Half a thought"],
    ] as const) {
      belongTo(account);
      const { user, unmount } = await write();
      expect(box()).toHaveValue(kept);
      if (account === "account-a" && kept === "") await user.type(box(), "Half a thought");
      unmount();
    }
  });

  it("offers no way back any more once another account is signed in", async () => {
    belongTo("account-a");
    const { user } = await write({ comments: [comment("k1")] });
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await waitFor(() => expect(toasts().some(({ undo }) => undo)).toBe(true));
    belongTo("account-b");
    expect(toasts().some(({ undo }) => undo)).toBe(false);
  });

  it("goes back to the transcript with Escape", async () => {
    const { user } = await write();
    await user.keyboard("Look{Escape}");
    await waitFor(() => expect(part("message", "m1")).toHaveFocus());
    expect(box()).toHaveValue("Look");
  });

  it("offers no resolve for one on the whole conversation", async () => {
    await write({ comments: [comment("k1", { interactionId: null })] });
    expect(await screen.findByText("Comment k1")).toBeInTheDocument();
    expect(part("resolve")).toBeNull();
  });

  it("says so when this server keeps none, and lets them be written all the same", async () => {
    shell.openConversation.mockResolvedValue(opened("c1", [message("m1", 1)]));
    shell.readInsight.mockResolvedValue(insight("ask"));
    shell.listComments.mockResolvedValue(listed({}, { support: "notOnThisServer" }));
    render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
    await fireEvent.click(await screen.findByRole("tab", { name: "Comments" }));
    expect(part("only-here")).toHaveTextContent("Yours stay on this computer");
    expect(part("comment-input")).toBeInTheDocument();
    expect(part("message", "m1")).toBeInTheDocument();
  });
});

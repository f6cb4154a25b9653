import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Choice } from "../../backend";
import { listen, perform } from "../../keys";
import { tellChanged } from "../../lib/outbox.svelte";
import { card, change, comment, problem, row, tag, work } from "./fixtures";
import { why } from "./review.svelte";
import { wanted } from "./wanted";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

const onTag = change("e1", { tag: "risk", card: card("risk: high", "risk: <b>none</b>") });
const onComment = change("e2", { comment: "k1", card: card("My words", "Their words") });
const onGone = change("e3", { comment: "k9", card: card("My words", "deleted") });
const tagged = row("c1", { tags: [tag("risk", "high")] });
const clash = (id: string) => part("clash", id);

beforeEach(() => {
  beginAnew();
  wanted.question = null;
  shell.chooseSide.mockResolvedValue(work());
  return listen();
});

describe("where it stands", () => {
  it("is under the tags for a tag, with both sides as text and its keys", async () => {
    await open({ changes: [onTag] }, tagged);
    await waitFor(() => expect(clash("e1")).toBeInTheDocument());
    expect(part("tags")).toContainElement(clash("e1"));
    expect(clash("e1")).toHaveTextContent("Yours risk: high Theirs risk: <b>none</b>");
    expect(clash("e1").querySelector("b")).toBeNull();
    expect(within(clash("e1")).getByRole("alert")).toHaveTextContent("Somebody else has changed this too.");
    const buttons = within(clash("e1")).getAllByRole("button");
    expect(buttons.map((one) => one.dataset["choice"])).toEqual(["before", "mine", "theirs"]);
    expect(buttons.map((one) => one.textContent.trim())).toEqual([
      "Back to before 1",
      "Keep yours 2",
      "Keep theirs 3",
    ]);
    expect(part("tag")).toHaveTextContent("Needs you");
  });

  it("is in the card of a comment in the pane, and the transcript leads there", async () => {
    const { user } = await open({ comments: [comment("k1")], changes: [onComment] });
    await user.click(await screen.findByRole("button", { name: "Needs you" }));
    await waitFor(() => expect(clash("e2").closest("[data-part=comments] [data-id=k1]")).not.toBeNull());
    expect(clash("e2").querySelector("[data-choice=before]")).toHaveFocus();
  });

  it("is at the top of the pane for a comment that is not there any more", async () => {
    why.pane = "comments";
    await open({ changes: [onGone] });
    await waitFor(() => expect(part("comments").firstElementChild).toBe(clash("e3")));
  });

  it("takes no focus from what is being typed when it comes up", async () => {
    const { user, kept } = await open({}, tagged);
    perform("tag");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard("qual");
    kept.put("c1", { changes: [onTag] });
    tellChanged(["c1"]);
    await waitFor(() => expect(clash("e1")).toBeInTheDocument());
    await user.keyboard("ity 123");
    expect(part("tag-input")).toHaveValue("quality 123");
    expect(shell.chooseSide).not.toHaveBeenCalled();
  });
});

describe("answering", () => {
  it.each([
    ["1", "before"],
    ["2", "mine"],
    ["3", "theirs"],
  ])("by the key %s chooses %s", async (key, choice) => {
    const { user } = await open({ changes: [onTag] }, tagged);
    await waitFor(() => expect(clash("e1")).toBeInTheDocument());
    await user.keyboard(key);
    expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e1", choice);
    await waitFor(() => expect(clash("e1")).toBeNull());
  });

  it("by the key 3 makes a new comment of what was written, where that is offered", async () => {
    why.pane = "comments";
    const choices: Choice[] = ["mine", "theirs", "copy"];
    const offered = choices.map((choice) => ({ choice, label: `To choose ${choice}` }));
    const asked = change("e2", {
      comment: "k1",
      card: { ...card("My words", "Their words"), choices: offered },
    });
    const { user } = await open({ comments: [comment("k1")], changes: [asked] });
    await waitFor(() => expect(clash("e2")).toBeInTheDocument());
    const copy = within(clash("e2")).getByRole("button", { name: "To choose copy" });
    expect(copy).toHaveAttribute("aria-keyshortcuts", "3");
    shell.chooseSide.mockResolvedValue(work({ comments: [comment("k1"), comment("here-1")] }));
    await user.keyboard("3");
    expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e2", "copy");
    await waitFor(() => expect(part("comment", "here-1")).toBeInTheDocument());
    expect(clash("e2")).toBeNull();
  });

  it("by key means the first question, and only that one shows keys", async () => {
    why.pane = "comments";
    const { user } = await open({ comments: [comment("k1")], changes: [onTag, onComment] }, tagged);
    await waitFor(() => expect(clash("e2")).toBeInTheDocument());
    expect(clash("e1").querySelectorAll("kbd")).toHaveLength(3);
    expect(clash("e2").querySelectorAll("kbd")).toHaveLength(0);
    shell.chooseSide.mockResolvedValue(work({ comments: [comment("k1")], changes: [onComment] }));
    await user.keyboard("2");
    expect(shell.chooseSide).toHaveBeenLastCalledWith("e1", "mine");
    await waitFor(() => expect(clash("e1")).toBeNull());
    expect(clash("e2").querySelectorAll("kbd")).toHaveLength(3);
    await user.keyboard("3");
    expect(shell.chooseSide).toHaveBeenLastCalledWith("e2", "theirs");
  });

  it("by key means the one that was asked first, wherever it stands", async () => {
    why.pane = "comments";
    const { user } = await open({ comments: [comment("k1")], changes: [onComment, onTag] }, tagged);
    await waitFor(() => expect(clash("e2")).toBeInTheDocument());
    await user.keyboard("2");
    expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e2", "mine");
  });

  it("by key leaves the focus where the reviewer is", async () => {
    const second = change("e4", { tag: "topic", card: card("a", "b") });
    const { user } = await open({ changes: [onTag, second] }, tagged);
    await waitFor(() => expect(clash("e4")).toBeInTheDocument());
    shell.chooseSide.mockResolvedValueOnce(work({ tags: tagged.tags, changes: [second] }));
    part("message", "m1").focus();
    await user.keyboard("1");
    await waitFor(() => expect(clash("e1")).toBeNull());
    await new Promise((resolve) => setTimeout(resolve));
    expect(part("message", "m1")).toHaveFocus();
  });

  it("by key brings a question that is not in view there first, and chooses nothing yet", async () => {
    const { user, onwhy } = await open({ comments: [comment("k1")], changes: [onComment] });
    await screen.findByRole("button", { name: "Needs you" });
    await user.keyboard("2");
    await waitFor(() => expect(clash("e2")).toBeInTheDocument());
    expect(onwhy).toHaveBeenCalled();
    expect(shell.chooseSide).not.toHaveBeenCalled();
    onwhy.mockReturnValue(true);
    await user.keyboard("2");
    expect(shell.chooseSide).not.toHaveBeenCalled();
    onwhy.mockReturnValue(false);
    await user.keyboard("2");
    expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e2", "mine");
  });

  it("by key brings choices that are scrolled away into view, and chooses nothing yet", async () => {
    why.pane = "comments";
    const { user } = await open({ comments: [comment("k1")], changes: [onComment] });
    await waitFor(() => expect(clash("e2")).toBeInTheDocument());
    const choices = clash("e2").querySelector(".choices")!;
    const shown = vi.spyOn(choices, "scrollIntoView");
    const box = vi.spyOn(choices, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 900, 10, 10));
    await user.keyboard("2");
    expect(shown).toHaveBeenCalledTimes(1);
    expect(shell.chooseSide).not.toHaveBeenCalled();
    box.mockReturnValue(new DOMRect());
    await user.keyboard("2");
    expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e2", "mine");
  });

  it("by button goes on to the next question with the focus, then back to the tags", async () => {
    const second = change("e4", { tag: "topic", card: card("a", "b") });
    const { user } = await open({ changes: [onTag, second] }, tagged);
    await waitFor(() => expect(clash("e4")).toBeInTheDocument());
    shell.chooseSide.mockResolvedValueOnce(work({ tags: tagged.tags, changes: [second] }));
    await user.click(within(clash("e1")).getByRole("button", { name: "Keep yours" }));
    await waitFor(() => expect(clash("e4").querySelector("[data-choice=before]")).toHaveFocus());
    await user.keyboard("{Enter}");
    await waitFor(() => expect(clash("e4")).toBeNull());
    await waitFor(() => expect(part("tags")).toContainElement(document.activeElement as HTMLElement));
  });

  it("says why it could not be decided, and keeps both sides", async () => {
    shell.chooseSide.mockRejectedValue(problem("storage", "The disk is full."));
    const { user } = await open({ changes: [onTag] }, tagged);
    await waitFor(() => expect(clash("e1")).toBeInTheDocument());
    await user.click(within(clash("e1")).getByRole("button", { name: "Keep yours" }));
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(clash("e1")).toHaveTextContent("both sides are kept");
    expect(clash("e1")).toHaveTextContent("Theirs");
  });
});

it("takes the focus where the reviewer has asked for it, once", async () => {
  wanted.question = "c1";
  const { kept } = await open({ comments: [comment("k1")], changes: [onComment] });
  await waitFor(() => expect(clash("e2").querySelector("[data-choice=before]")).toHaveFocus());
  part("comment-input").focus();
  kept.put("c1", { changes: [onTag, onComment] });
  tellChanged(["c1"]);
  await waitFor(() => expect(clash("e1")).toBeInTheDocument());
  expect(part("comment-input")).toHaveFocus();
});

it("can be used without seeing it", async () => {
  why.pane = "comments";
  shell.knownTags.mockResolvedValue([{ key: "quality", values: ["bad"] }]);
  const changes = [onTag, onComment, onGone];
  const { user, container } = await open({ comments: [comment("k1")], changes }, tagged);
  await waitFor(() => expect(clash("e3")).toBeInTheDocument());
  perform("tag");
  await waitFor(() => expect(part("tag-input")).toHaveFocus());
  await user.keyboard("qu{ArrowDown}");
  expect(screen.getByRole("option")).toBeInTheDocument();
  // jsdom draws nothing: colours are checked over the tokens.
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

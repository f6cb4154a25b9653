import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ReviewView } from "../../backend";
import { toasts } from "../../elements/toasts.svelte";
import { listen, onAction } from "../../keys";
import { tellChanged } from "../../lib/outbox.svelte";
import { card, change, problem, row, tag, work } from "./fixtures";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

const say = (step: ReviewView["step"], more: Partial<ReviewView> = {}): ReviewView => ({
  step,
  reviewer: "M. Ruiz",
  hereOnly: false,
  ...more,
});
const button = () => part("review-state");
const choose = async (name: string) => (await screen.findByRole("menuitem", { name })).click();
const marked = () => shell.setReview.mock.calls.map(([, step]) => step);
const said = () => toasts().map(({ text }) => text);
let takeBack: (() => void)[];

beforeEach(() => {
  beginAnew();
  takeBack = [listen()];
});
afterEach(() => takeBack.forEach((stop) => stop()));

describe("the state of the review", () => {
  it.each([
    [null, "Not begun"],
    [say("inProgress"), "In progress · M. Ruiz"],
    [say("done"), "Done · M. Ruiz"],
    [say("skipped", { reviewer: null }), "Skipped"],
    [say("done", { reviewer: null, hereOnly: true }), "Done · on this computer only"],
  ])("is said in words: %j", async (review, words) => {
    await open({}, row("c1", { review }));
    expect(button()).toHaveTextContent(words);
    expect(button()).toHaveAccessibleName(`Review: ${words}`);
  });

  it("shows a name from outside as text", async () => {
    await open({}, row("c1", { review: say("done", { reviewer: "<b>Eve</b>" }) }));
    expect(button()).toHaveTextContent("Done · <b>Eve</b>");
  });

  it("is set and taken away from its menu, and the list is told", async () => {
    const { user, onchange } = await open();
    await user.click(button());
    expect(screen.queryByRole("menuitem", { name: "Take the state away" })).toBeNull();
    await choose("Skipped");
    await waitFor(() => expect(button()).toHaveTextContent("Skipped · M. Ruiz"));
    expect(button()).toHaveFocus();
    await waitFor(() => expect(onchange).toHaveBeenLastCalledWith(row("c1", { review: say("skipped") })));
    await user.click(button());
    await choose("Take the state away");
    await waitFor(() => expect(button()).toHaveTextContent("Not begun"));
    expect(marked()).toEqual(["skipped", null]);
    await waitFor(() => expect(said().at(-1)).toBe("State of the review taken away."));
  });

  it("offers no way back where nothing changed", async () => {
    const { user } = await open({}, row("c1", { review: say("done") }));
    await user.click(button());
    await choose("Chosen Done");
    await waitFor(() => expect(said()).toEqual(["Marked as done."]));
    expect(toasts()[0]?.undo).toBeUndefined();
  });

  it("follows what the worker or somebody else does", async () => {
    const { kept } = await open();
    kept.put("c1", { review: say("inProgress") });
    tellChanged(["c1"]);
    await waitFor(() => expect(button()).toHaveTextContent("In progress · M. Ruiz"));
  });

  it("stays when it cannot be kept, says why, and can be tried again", async () => {
    shell.setReview.mockRejectedValueOnce(problem("storage", "The disk is full.", true));
    const { user } = await open({}, row("c1", { review: say("inProgress") }));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The disk is full. The state of the review is what it was before.",
    );
    expect(button()).toHaveTextContent("In progress");
    expect(toasts()).toEqual([]);
    shell.setReview.mockResolvedValue(work({ review: say("done") }));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(button()).toHaveTextContent("Done"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(marked()).toEqual(["done", "done"]);
  });

  it("says where its tags are, and leads to the question about them", async () => {
    const asks = change("e1", { tag: "review", card: card("done", "skipped") });
    const { user, kept } = await open({}, row("c1", { review: say("done") }));
    kept.put("c1", { changes: [change("e1", { tag: "review" })] });
    tellChanged(["c1"]);
    const header = screen.getByRole("region", { name: "What happened" }).querySelector("header")!;
    await waitFor(() => expect(header).toHaveTextContent("Saved here"));
    kept.put("c1", { changes: [asks] });
    tellChanged(["c1"]);
    await user.click(await within(header).findByRole("button", { name: "Needs you" }));
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-choice", "before"));
  });
});

describe("the key", () => {
  const KEY = "{Control>}{Enter}{/Control}";

  it("marks it as done, with a way back, and once", async () => {
    const { user } = await open();
    const undo = vi.fn();
    takeBack.push(onAction("undo", undo));
    await user.keyboard(KEY);
    await waitFor(() => expect(said()).toEqual(["Marked as done."]));
    expect(button()).toHaveTextContent("Done");
    toasts().at(-1)!.undo!();
    expect(undo).toHaveBeenCalledTimes(1);
    await user.keyboard(KEY);
    await waitFor(() => expect(said().at(-1)).toBe("It was so already."));
    expect(marked()).toEqual(["done"]);
  });

  it("sends what is typed first, and then marks it as done", async () => {
    const { user } = await open();
    await user.keyboard("c");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    await user.keyboard(`Well put.${KEY}`);
    await waitFor(() => expect(marked()).toEqual(["done"]));
    expect(shell.commentOnTurn).toHaveBeenCalledExactlyOnceWith("c1", "interaction-1", "m1", "Well put.");
    expect(part("comment-input")).toHaveValue("");
  });

  it("leaves the review open where what is typed cannot be kept", async () => {
    const { user } = await open();
    shell.commentOnTurn.mockRejectedValue(problem("storage", "The disk is full."));
    await user.keyboard("c");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    await user.keyboard(`Well put.${KEY}`);
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full. Your text is kept.");
    expect(marked()).toEqual([]);
  });

  it("adds the tag that is typed first", async () => {
    const { user } = await open();
    await user.keyboard("t");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard(`quality: bad${KEY}`);
    await waitFor(() => expect(marked()).toEqual(["done"]));
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [tag("quality", "bad")], []);
  });

  it("marks it as done from an empty field", async () => {
    const { user } = await open();
    await user.keyboard("c");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    await user.keyboard(KEY);
    await waitFor(() => expect(marked()).toEqual(["done"]));
    expect(shell.commentOnTurn).not.toHaveBeenCalled();
  });
});

it("is said anew where only this computer knows of it: the shell has no change to undo", async () => {
  const here = say("inProgress", { reviewer: null, hereOnly: true });
  const { user, kept } = await open({}, row("c1", { review: here }));
  shell.setReview.mockImplementation(async (id, step) => {
    kept.put(id, { review: step && { ...here, step } });
    return kept.of(id);
  });
  const undo = vi.fn();
  takeBack.push(onAction("undo", undo));
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(button()).toHaveTextContent("Done · on this computer only"));
  toasts().at(-1)!.undo!();
  await waitFor(() => expect(button()).toHaveTextContent("In progress · on this computer only"));
  expect(undo).not.toHaveBeenCalled();
});

describe("the tags that hold it", () => {
  const tags = [tag("review", "done"), tag("reviewer", "M. Ruiz"), tag("risk", "high")];
  const shown = () =>
    [...document.querySelectorAll<HTMLElement>("[data-part=tag]")].map((one) => one.dataset["key"]);

  it("are not shown a second time", async () => {
    const { user } = await open({}, row("c1", { tags, review: say("done") }));
    expect(shown()).toEqual(["risk"]);
    await user.click(screen.getByRole("button", { name: "Remove tag risk" }));
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [], ["risk"]);
    await waitFor(() => expect(shown()).toEqual([]));
  });

  it.each([null, say("done", { hereOnly: true })])(
    "are tags like others where they say nothing: %j",
    async (review) => {
      await open({}, row("c1", { tags, review }));
      expect(shown()).toEqual(["review", "reviewer", "risk"]);
    },
  );
});

it("can be used without seeing it", async () => {
  const { user, container } = await open({}, row("c1", { review: say("skipped", { hereOnly: true }) }));
  await user.click(button());
  expect(screen.getByRole("menuitem", { name: "Done" })).toHaveAttribute(
    "aria-keyshortcuts",
    "Control+Enter",
  );
  // jsdom draws nothing: colours are checked over the tokens.
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

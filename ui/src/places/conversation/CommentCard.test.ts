import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { toasts } from "../../elements/toasts.svelte";
import { onAction } from "../../keys";
import { tellChanged } from "../../lib/outbox.svelte";
import { deskOf, typedAt } from "./drafts";
import { change, comment, listed, problem } from "./fixtures";
import { why } from "./review.svelte";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(beginAnew);

const text = () => screen.getByRole("textbox", { name: "Text of the comment" });
const inPane = (id: string) =>
  document.querySelector<HTMLElement>(`[data-part=comments] [data-part=comment][data-id="${id}"]`);

/** Begins to edit the one comment. */
async function edit() {
  const view = await open({ comments: [comment("k1")] });
  await view.user.click(await screen.findByText("Edit"));
  await view.user.clear(text());
  await view.user.type(text(), "Other words");
  return view;
}

describe("where a change is", () => {
  it("stands on the card in words, and nothing does once the server has it", async () => {
    const { kept } = await open({ comments: [comment("k1")], changes: [change("e1", { comment: "k1" })] });
    await waitFor(() => expect(part("comment", "k1")).toHaveTextContent("Saved here"));
    kept.send("c1");
    tellChanged(["c1"]);
    await waitFor(() => expect(part("comment", "k1")).toHaveTextContent("Sent"));
    expect(part("comment", "k1")).not.toHaveTextContent("Saved here");
  });
});

describe("what it is about", () => {
  beforeEach(() => void (why.pane = "comments"));

  it("leads to its interaction, and only says so where that is gone", async () => {
    await open({ comments: [comment("k1"), comment("k2", { interactionId: "gone" })] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    expect(await within(inPane("k1")!).findByRole("button", { name: "interaction 1" })).toBeInTheDocument();
    expect(inPane("k2")).toHaveTextContent("an interaction that is not shown");
    expect(within(inPane("k2")!).queryByRole("button", { name: /interaction/ })).toBeNull();
    expect(within(inPane("k2")!).getByRole("button", { name: "Resolve" })).toBeEnabled();
  });
});

describe("editing", () => {
  it("closes when it is kept", async () => {
    const { user } = await edit();
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Text of the comment" })).toBeNull());
    expect(part("comment", "k1")).toHaveTextContent("Other words");
    expect(shell.editComment).toHaveBeenCalledExactlyOnceWith("c1", "k1", "Other words");
  });

  it("goes on with the reason when it cannot be kept", async () => {
    shell.editComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    const { user } = await edit();
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full. Your text is kept.");
    expect(text()).toHaveValue("Other words");
  });

  it("goes on, text and focus and all, while the server takes the comment", async () => {
    const { user, kept } = await open();
    await user.click(await screen.findByRole("tab", { name: "Comments" }));
    await user.type(part("comment-input"), "Look{Control>}{Enter}{/Control}");
    await waitFor(() => expect(inPane("here-0")).toBeInTheDocument());
    await user.click(within(inPane("here-0")!).getByRole("button", { name: "Edit" }));
    await user.type(text(), " twice");
    kept.send("c1");
    tellChanged(["c1"]);
    await waitFor(() => expect(inPane("here-0")).toHaveTextContent("Sent"));
    expect(text()).toHaveValue("Look twice");
    expect(text()).toHaveFocus();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(shell.editComment).toHaveBeenCalledExactlyOnceWith("c1", "here-0", "Look twice");
  });

  it("reopens a comment that was resolved meanwhile, and saves", async () => {
    const { user, kept } = await edit();
    kept.put("c1", { comments: [comment("k1", { resolved: true })] });
    tellChanged(["c1"]);
    await user.click(await screen.findByRole("button", { name: "Reopen and save" }));
    await waitFor(() => expect(part("comment", "k1")).toHaveTextContent("Other words"));
    expect(shell.setCommentResolved).toHaveBeenCalledExactlyOnceWith("c1", "k1", false);
    expect(part("comment", "k1")).toHaveAccessibleName(/^Open comment/);
  });

  it("leaves one that was resolved meanwhile, and makes a new one of what was typed", async () => {
    const { user, kept } = await edit();
    const resolved = comment("k1", { resolved: true });
    kept.put("c1", { comments: [resolved] });
    tellChanged(["c1"]);
    const copy = await screen.findByRole("button", { name: "Copy to a new comment" });
    shell.addComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    await user.click(copy);
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(text()).toHaveValue("Other words");
    await user.dblClick(copy);
    await waitFor(() => expect(part("comment", "here-0")).toHaveTextContent("Other words"));
    expect(shell.addComment).toHaveBeenCalledTimes(2);
    expect(shell.addComment).toHaveBeenLastCalledWith("c1", "interaction-1", "Other words");
    expect(part("comment", "k1")).toHaveAccessibleName(/^Resolved comment/);
    expect(part("comment", "k1")).toHaveTextContent(resolved.text);
    expect(shell.setCommentResolved).not.toHaveBeenCalled();
    expect(typedAt(deskOf("c1"), "k1")).toBe("");
  });

  it("keeps the text typed for one that was deleted meanwhile, and writes it as a new one", async () => {
    const { user, kept } = await edit();
    kept.put("c1", { comments: [] });
    tellChanged(["c1"]);
    expect(await screen.findByRole("alert")).toHaveTextContent("was deleted meanwhile");
    expect(part("comment", "k1")).toHaveAccessibleName(/^Deleted comment/);
    expect(part("comment", "k1")).toHaveTextContent("Other words");
    const write = screen.getByRole("button", { name: "Write as a new comment" });
    expect(write).toHaveFocus();
    shell.addComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    await user.click(write);
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(part("comment", "k1")).toHaveTextContent("Other words");
    await user.click(write);
    await waitFor(() => expect(part("comment", "k1")).toBeNull());
    expect(shell.addComment).toHaveBeenLastCalledWith("c1", "interaction-1", "Other words");
    expect(part("comment", "here-0")).toHaveAccessibleName(/^Open comment/);
  });
});

describe("deleting", () => {
  beforeEach(() => void (why.pane = "comments"));

  it("keeps the focus in the pane and offers the way back", async () => {
    const { user } = await open({ comments: [comment("k1"), comment("k2")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    await user.click(within(inPane("k1")!).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(inPane("k1")).toBeNull());
    expect(shell.deleteComment).toHaveBeenCalledExactlyOnceWith("c1", "k1");
    expect(inPane("k2")).toContainElement(document.activeElement as HTMLElement);
    const undo = vi.fn();
    const stop = onAction("undo", undo);
    expect(toasts().at(-1)?.text).toBe("Comment deleted.");
    toasts().at(-1)!.undo!();
    expect(undo).toHaveBeenCalledTimes(1);
    stop();
  });

  it("leaves the comment with the reason when it cannot be kept", async () => {
    shell.deleteComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    const { user } = await open({ comments: [comment("k1")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    await user.click(within(inPane("k1")!).getByRole("button", { name: "Delete" }));
    expect(await within(inPane("k1")!).findByRole("alert")).toHaveTextContent("The disk is full.");
    expect(toasts()).toEqual([]);
  });
});

it("says since when comments are kept here, what becomes of what is done, and reads them again", async () => {
  why.pane = "comments";
  const { user } = await open({ comments: [comment("k1")], keptSince: "2026-11-19T16:00:00Z" });
  await waitFor(() =>
    expect(part("comments")).toHaveTextContent(
      /Kept on this computer, as of .*The server cannot be reached\. What you do here is kept, and sent/,
    ),
  );
  expect(inPane("k1")).toBeInTheDocument();
  shell.listComments.mockResolvedValue(listed({ comments: [comment("k1")] }));
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(part("comments")).not.toHaveTextContent("cannot be reached"));
  expect(inPane("k1")).toBeInTheDocument();
});

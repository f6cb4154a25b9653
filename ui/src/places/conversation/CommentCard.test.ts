import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, it, vi } from "vitest";
import type { CommentView, Problem } from "../../backend";
import { comment, problem } from "./fixtures";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend", async (original) => ({
  ...(await original<typeof import("../../backend")>()),
  backend: (await import("./fixtures")).mockBackend(),
  watchPlayer: vi.fn(async () => undefined),
}));
vi.mock("../../elements/VirtualList.svelte", async () => await import("./EveryRow.test.svelte"));

beforeEach(beginAnew);

/** Edits the one comment and saves; by then the server keeps others. */
async function editWhen(now: CommentView[], refusal: Problem) {
  shell.editComment.mockRejectedValueOnce(refusal);
  const { user } = await open({ comments: [comment("k1")] });
  await user.click(await screen.findByText("Edit"));
  const field = screen.getByRole("textbox", { name: "Text of the comment" });
  await user.clear(field);
  await user.type(field, "Other words");
  shell.listComments.mockResolvedValue({ support: "available", comments: now, unreadable: 0 });
  await user.click(screen.getByRole("button", { name: "Save" }));
  return { user, field };
}

it("shows that one was resolved while it was edited, keeps the text, and saves it once reopened", async () => {
  const refusal = problem("refused", "The server refused this.");
  const { user, field } = await editWhen([comment("k1", { resolved: true })], refusal);
  expect(await screen.findByRole("alert")).toHaveTextContent("was resolved meanwhile");
  expect(part("comment", "k1")).toHaveAccessibleName(/^Resolved comment/);
  expect(field).toHaveValue("Other words");
  shell.setCommentResolved.mockResolvedValue(comment("k1"));
  shell.editComment.mockResolvedValue(comment("k1", { text: "Other words" }));
  await user.click(screen.getByRole("button", { name: "Reopen and save" }));
  await waitFor(() => expect(field).not.toBeInTheDocument());
  expect(shell.setCommentResolved).toHaveBeenCalledExactlyOnceWith("c1", "k1", false);
  expect(part("comment", "k1")).toHaveAccessibleName(/^Open comment/);
  expect(part("comment", "k1")).toHaveTextContent("Other words");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("keeps the text typed for one that was deleted meanwhile, and writes it as a new one", async () => {
  const { user } = await editWhen([], problem("not-found", "It is not there any more."));
  expect(await screen.findByRole("alert")).toHaveTextContent("was deleted meanwhile");
  expect(part("comment", "k1")).toHaveAccessibleName(/^Deleted comment/);
  expect(part("comment", "k1")).toHaveTextContent("Other words");
  const write = screen.getByRole("button", { name: "Write as a new comment" });
  expect(write).toHaveFocus();
  shell.addComment.mockRejectedValueOnce(problem("unreachable", "The server cannot be reached.", true));
  await user.click(write);
  expect(await screen.findByText("The server cannot be reached.")).toBeInTheDocument();
  expect(part("comment", "k1")).toHaveTextContent("Other words");
  shell.addComment.mockResolvedValue(comment("k2", { text: "Other words" }));
  await user.click(write);
  await waitFor(() => expect(part("comment", "k1")).toBeNull());
  expect(shell.addComment).toHaveBeenLastCalledWith("c1", "interaction-1", "Other words");
  expect(part("comment", "k2")).toHaveAccessibleName(/^Open comment/);
});

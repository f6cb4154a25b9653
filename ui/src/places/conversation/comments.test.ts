import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import type { CommentView } from "../../backend";
import { toasts } from "../../elements/toasts.svelte";
import { sendHeldBack } from "../../lib/held-back";
import { Comments } from "./comments.svelte";
import { forgetDeletions, UNDO_MS } from "./deletions.svelte";
import { deskOf, forgetDrafts, keepTyped } from "./drafts";
import { comment, later, problem } from "./fixtures";

vi.mock("../../backend", async (original) => ({
  ...(await original<typeof import("../../backend")>()),
  backend: (await import("./fixtures")).mockBackend(),
}));
const shell = vi.mocked(backend);
const me = { id: "user-1", name: "A. Reviewer" };

/** What the server keeps from now on. */
const keeps = (...comments: CommentView[]) =>
  void shell.listComments.mockResolvedValue({ support: "available", comments, unreadable: 0 });

async function read(comments: CommentView[], conversation = "c1") {
  keeps(...comments);
  const state = new Comments(conversation, me);
  await state.read();
  return state;
}
const texts = (comments: Comments) => comments.shown.map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  forgetDeletions();
  forgetDrafts();
});
afterEach(() => void vi.useRealTimers());

it("says when the server keeps no comments", async () => {
  shell.listComments.mockResolvedValue({ support: "notOnThisServer", comments: [], unreadable: 0 });
  const comments = new Comments("c1", me);
  await comments.read();
  expect(comments.support).toBe("notOnThisServer");
});

it("counts as open what is about an interaction and not resolved", async () => {
  const comments = await read([
    comment("a"),
    comment("b", { resolved: true }),
    comment("c", { interactionId: null }),
  ]);
  expect(comments.open.map(({ id }) => id)).toEqual(["a"]);
});

describe("ids that come twice", () => {
  it("are shown once when the server sends them so", async () => {
    const comments = await read([comment("a"), comment("b"), comment("a")]);
    expect(comments.shown.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("are shown once when the comments are read while a new one is on its way", async () => {
    const answer = later<CommentView>();
    shell.addComment.mockReturnValue(answer.promise);
    const comments = await read([]);
    const sent = comments.add(null, "Look here");
    shell.listComments.mockResolvedValue({ support: "available", comments: [comment("b")], unreadable: 0 });
    await comments.read();
    answer.done(comment("b"));
    await sent;
    expect(comments.shown.map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("writing", () => {
  it("shows a new comment at once, then as the server keeps it", async () => {
    const answer = later<CommentView>();
    shell.addComment.mockReturnValue(answer.promise);
    const comments = await read([comment("a")]);
    const sent = comments.add("interaction-2", "Look here");
    expect(texts(comments)).toEqual(["Comment a", "Look here"]);
    expect(comments.saving.has(comments.shown[1]!.id)).toBe(true);
    answer.done(comment("b", { text: "Look here" }));
    expect(await sent).toBeNull();
    expect(comments.shown.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(comments.saving.size).toBe(0);
    expect(shell.addComment).toHaveBeenCalledWith("c1", "interaction-2", "Look here");
  });

  it("takes it away again, with the reason, when it is refused", async () => {
    shell.addComment.mockRejectedValue(problem("unreachable", "No way to the server.", true));
    const comments = await read([comment("a")]);
    expect(await comments.add(null, "Look here")).toMatchObject({ code: "unreachable" });
    expect(texts(comments)).toEqual(["Comment a"]);
  });

  it("does not lose one that is on its way when the comments are read again", async () => {
    const answer = later<CommentView>();
    shell.addComment.mockReturnValue(answer.promise);
    const comments = await read([]);
    const sent = comments.add(null, "Look here");
    await comments.read();
    expect(texts(comments)).toEqual(["Look here"]);
    answer.done(comment("b", { text: "Look here" }));
    await sent;
    expect(texts(comments)).toEqual(["Look here"]);
  });
});

describe("changing", () => {
  it("puts the old text back when the server refuses to change a resolved comment", async () => {
    const resolved = comment("a", { resolved: true });
    shell.editComment.mockRejectedValue(problem("comment-refused", "A resolved comment cannot be edited."));
    const comments = await read([resolved]);
    expect(await comments.edit(resolved, "Other words")).toBe(false);
    expect(texts(comments)).toEqual(["Comment a"]);
    expect(comments.refused.get("a")).toMatchObject({ code: "comment-refused" });
  });

  it("resolves and reopens", async () => {
    const open = comment("a");
    shell.setCommentResolved.mockImplementation(async (_c, _id, resolved) => comment("a", { resolved }));
    const comments = await read([open]);
    await comments.setResolved(open, true);
    expect(comments.open).toEqual([]);
    await comments.setResolved(comments.shown[0]!, false);
    expect(comments.open.map(({ id }) => id)).toEqual(["a"]);
    expect(shell.setCommentResolved.mock.calls.map(([, , resolved]) => resolved)).toEqual([true, false]);
  });

  it("sends one change of a comment at a time", async () => {
    shell.setCommentResolved.mockReturnValue(later<CommentView>().promise);
    const open = comment("a");
    const comments = await read([open]);
    void comments.setResolved(open, true);
    expect(await comments.setResolved(open, true)).toBe(false);
    expect(shell.setCommentResolved).toHaveBeenCalledTimes(1);
  });
});

describe("a change the server refuses because ours is old", () => {
  const refusal = problem("refused", "The server refused this: 400.");
  const missing = problem("not-found", "It is not there any more.");

  it("shows that it was resolved meanwhile, and what that means", async () => {
    const comments = await read([comment("a"), comment("b")]);
    shell.editComment.mockRejectedValue(refusal);
    keeps(comment("a", { resolved: true }), comment("b"));
    expect(await comments.edit(comments.shown[0]!, "Other words")).toBe(false);
    expect(comments.shown).toEqual([comment("a", { resolved: true }), comment("b")]);
    expect(comments.open.map(({ id }) => id)).toEqual(["b"]);
    expect(comments.refused.get("a")?.message).toContain("was resolved meanwhile");
  });

  it("keeps one that was deleted meanwhile in its place until it is put away", async () => {
    const comments = await read([comment("a"), comment("b", { createdAt: "2026-11-19T16:00:00Z" })]);
    shell.editComment.mockRejectedValue(missing);
    keeps(comment("b", { createdAt: "2026-11-19T16:00:00Z" }));
    expect(await comments.edit(comments.shown[0]!, "Other words")).toBe(false);
    expect(comments.shown.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([...comments.gone]).toEqual(["a"]);
    expect(comments.open.map(({ id }) => id)).toEqual(["b"]);
    expect(comments.refused.get("a")?.message).toContain("was deleted meanwhile");
    await comments.read();
    expect([...comments.gone]).toEqual(["a"]);
    comments.putAway("a");
    expect(comments.shown.map(({ id }) => id)).toEqual(["b"]);
    expect(comments.refused.size).toBe(0);
  });

  it("is no refusal when somebody else has done the same", async () => {
    const comments = await read([comment("a")]);
    shell.setCommentResolved.mockRejectedValue(refusal);
    keeps(comment("a", { resolved: true, text: "Better words" }));
    expect(await comments.setResolved(comments.shown[0]!, true)).toBe(true);
    expect(comments.shown).toEqual([comment("a", { resolved: true, text: "Better words" })]);
    expect(comments.refused.size).toBe(0);
  });

  it("does not call one missing that is there", async () => {
    const comments = await read([comment("a")]);
    shell.setCommentResolved.mockRejectedValue(missing);
    expect(await comments.setResolved(comments.shown[0]!, true)).toBe(false);
    expect(comments.refused.get("a")?.message).toContain("still there");
  });

  it("keeps what the server said when the comments cannot be read either", async () => {
    const comments = await read([comment("a")]);
    shell.editComment.mockRejectedValue(refusal);
    shell.listComments.mockRejectedValue(problem("unreachable", "The server cannot be reached.", true));
    expect(await comments.edit(comments.shown[0]!, "Other words")).toBe(false);
    expect(comments.shown).toEqual([comment("a")]);
    expect(comments.refused.get("a")).toMatchObject(refusal);
    expect(comments.problem).toMatchObject({ code: "unreachable" });
  });

  it("is read again after a deletion too", async () => {
    const comments = await read([comment("a")]);
    comments.remove(comment("a"));
    shell.deleteComment.mockRejectedValue(refusal);
    keeps(comment("a", { resolved: true }));
    await sendHeldBack();
    expect(comments.shown).toEqual([comment("a", { resolved: true })]);
  });

  it("is not read again when the server was not reached", async () => {
    const comments = await read([comment("a")]);
    shell.editComment.mockRejectedValue(problem("unreachable", "The server cannot be reached.", true));
    await comments.edit(comments.shown[0]!, "Other words");
    expect(shell.listComments).toHaveBeenCalledTimes(1);
  });

  it("leaves the words that were typed for another one that is gone as well", async () => {
    const comments = await read([comment("a"), comment("b"), comment("c")]);
    keepTyped(deskOf("c1"), "b", "Half a thought");
    keeps(comment("a"));
    await comments.read();
    expect(comments.shown.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([...comments.gone]).toEqual(["b"]);
  });
});

describe("deleting", () => {
  it("hides at once and deletes when the time to take it back is over", async () => {
    const comments = await read([comment("gone-1"), comment("b")]);
    comments.remove(comment("gone-1"));
    expect(texts(comments)).toEqual(["Comment b"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(shell.deleteComment).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(shell.deleteComment).toHaveBeenCalledExactlyOnceWith("c1", "gone-1");
    expect(texts(comments)).toEqual(["Comment b"]);
  });

  it("sends nothing when it is taken back in time", async () => {
    const comments = await read([comment("a")]);
    comments.remove(comment("a"))();
    expect(texts(comments)).toEqual(["Comment a"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(shell.deleteComment).not.toHaveBeenCalled();
  });

  it("leaves it to the shell should the window close, until it is taken back", async () => {
    const comments = await read([comment("a")]);
    const back = comments.remove(comment("a"));
    expect(shell.deleteCommentWhenClosing).toHaveBeenCalledExactlyOnceWith("c1", "a");
    expect(shell.keepCommentWhenClosing).not.toHaveBeenCalled();
    back();
    expect(shell.keepCommentWhenClosing).toHaveBeenCalledExactlyOnceWith("a");
  });

  it("deletes in time although the shell refused to do so when the window closes", async () => {
    shell.deleteCommentWhenClosing.mockRejectedValueOnce(problem("signed-out", "Nobody is signed in."));
    const comments = await read([comment("gone-0")]);
    comments.remove(comment("gone-0"));
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(shell.deleteComment).toHaveBeenCalledExactlyOnceWith("c1", "gone-0");
  });

  it("writes it again when it is taken back too late", async () => {
    const gone = comment("gone-2", { resolved: true });
    shell.addComment.mockResolvedValue(comment("b", { text: gone.text }));
    shell.setCommentResolved.mockResolvedValue(comment("b", { text: gone.text, resolved: true }));
    const comments = await read([gone]);
    const back = comments.remove(gone);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    back();
    await vi.advanceTimersByTimeAsync(0);
    expect(shell.addComment).toHaveBeenCalledWith("c1", "interaction-1", gone.text);
    expect(comments.shown).toEqual([comment("b", { text: gone.text, resolved: true })]);
  });

  it("is sent, and stays hidden, when the reviewer turns to another conversation and back", async () => {
    const first = await read([comment("gone-3")]);
    first.remove(comment("gone-3"));
    const second = await read([comment("gone-3")]);
    expect(texts(second)).toEqual([]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(shell.deleteComment).toHaveBeenCalledExactlyOnceWith("c1", "gone-3");
    expect(texts(second)).toEqual([]);
  });

  it("shows it again with the reason when the server does not delete it", async () => {
    shell.deleteComment.mockRejectedValue(problem("not-allowed", "Your key may not delete comments."));
    const first = await read([comment("kept")]);
    first.remove(comment("kept"));
    const second = await read([comment("kept")]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(texts(second)).toEqual(["Comment kept"]);
    expect(second.refused.get("kept")).toMatchObject({ code: "not-allowed" });
    // Where the reviewer is by then, the comment may not be in sight.
    expect(toasts().at(-1)?.text).toBe(
      "A comment was not deleted and is shown again. Your key may not delete comments.",
    );
  });

  it("is sent at once, and only once, when what is held back must go out", async () => {
    const comments = await read([comment("a"), comment("b")]);
    const back = comments.remove(comment("a"));
    comments.remove(comment("b"))();
    await sendHeldBack();
    expect(shell.deleteComment).toHaveBeenCalledExactlyOnceWith("c1", "a");
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    await sendHeldBack();
    expect(shell.deleteComment).toHaveBeenCalledTimes(1);
    shell.addComment.mockResolvedValue(comment("again"));
    back();
    await vi.advanceTimersByTimeAsync(0);
    expect(shell.addComment).toHaveBeenCalledTimes(1);
  });

  it("of one account is neither sent nor shown nor taken back in another one", async () => {
    shell.deleteComment.mockRejectedValueOnce(problem("not-allowed", "Your key may not delete comments."));
    const before = await read([comment("refused"), comment("a"), comment("b")]);
    before.remove(comment("refused"));
    await sendHeldBack();
    const gone = before.remove(comment("a"));
    await sendHeldBack();
    before.remove(comment("b"));
    shell.deleteComment.mockClear();
    forgetDeletions();
    const after = await read([comment("refused"), comment("a"), comment("b")]);
    expect(texts(after)).toEqual(["Comment refused", "Comment a", "Comment b"]);
    expect(after.refused.size).toBe(0);
    gone();
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(shell.deleteComment).not.toHaveBeenCalled();
    expect(shell.addComment).not.toHaveBeenCalled();
  });
});

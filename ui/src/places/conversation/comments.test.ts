import { beforeEach, describe, expect, it, vi } from "vitest";
import { backend, type WorkView } from "../../backend";
import { Comments } from "./comments.svelte";
import { deskOf, forgetDrafts, keepTyped, typedAt } from "./drafts";
import { comment, listed, problem } from "./fixtures";
import { keeping } from "./keeping";
import { Work } from "./work.svelte";

vi.mock("../../backend");
const shell = vi.mocked(backend);
const desk = deskOf("c1");

let kept: ReturnType<typeof keeping>;
let work: Work;

async function read(parts: Partial<WorkView> = {}) {
  kept = keeping({ c1: parts });
  work = new Work("c1", { tags: [], review: null }, vi.fn());
  const comments = new Comments("c1", work);
  await comments.read();
  return comments;
}
const ids = (comments: Comments) => comments.shown.map(({ id }) => id);

beforeEach(() => {
  vi.resetAllMocks();
  shell.saveDraft.mockResolvedValue(null);
  forgetDrafts();
});

describe("reading", () => {
  it("says when the server keeps no comments", async () => {
    const comments = await read();
    expect(comments.support).toBe("available");
    shell.listComments.mockResolvedValue(listed({}, { support: "notOnThisServer" }));
    await comments.read();
    expect(comments.support).toBe("notOnThisServer");
  });

  it("says since when they are kept here where the server cannot be asked", async () => {
    const comments = await read({ comments: [comment("a")] });
    expect(comments.keptSince).toBeNull();
    shell.listComments.mockResolvedValue(
      listed({ comments: [comment("a")] }, { keptSince: "2026-11-19T16:00:00Z" }),
    );
    await comments.read();
    expect(comments.keptSince).toBe("2026-11-19T16:00:00Z");
    expect(ids(comments)).toEqual(["a"]);
  });

  it("keeps those that are shown when it fails", async () => {
    const comments = await read({ comments: [comment("a")] });
    shell.listComments.mockRejectedValue(problem("not-allowed", "Your key may not read comments."));
    await comments.read();
    expect(comments.problem).toMatchObject({ code: "not-allowed" });
    expect(ids(comments)).toEqual(["a"]);
  });

  it("counts as open what is about an interaction and not resolved", async () => {
    const comments = await read({
      comments: [comment("a"), comment("b", { resolved: true }), comment("c", { interactionId: null })],
    });
    expect(comments.open.map(({ id }) => id)).toEqual(["a"]);
  });
});

describe("a change", () => {
  it("is there at once, also of a comment that is not sent yet", async () => {
    const comments = await read();
    expect(await comments.add("interaction-2", "Look")).toBeNull();
    const written = comments.shown[0]!;
    expect(written).toMatchObject({ text: "Look", interactionId: "interaction-2" });
    expect(await comments.edit(written, "Look here")).toBe(true);
    expect(await comments.setResolved(written, true)).toBe(true);
    expect(comments.shown[0]).toMatchObject({ id: written.id, text: "Look here", resolved: true });
    expect(await comments.remove(written)).toBe(true);
    expect(comments.shown).toEqual([]);
  });

  it("says why it was refused, until the next one", async () => {
    const comments = await read({ comments: [comment("a")] });
    shell.editComment.mockRejectedValueOnce(problem("comment-refused", "A resolved one cannot be edited."));
    expect(await comments.edit(comment("a"), "Other words")).toBe(false);
    expect(comments.refused.get("a")).toMatchObject({ code: "comment-refused" });
    expect(comments.shown).toEqual([comment("a")]);
    await comments.edit(comment("a"), "Other words");
    expect(comments.refused.size).toBe(0);
  });

  it("answers why a new one was not kept", async () => {
    const comments = await read();
    shell.addComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    expect(await comments.add(null, "Look")).toMatchObject({ code: "storage" });
    expect(comments.shown).toEqual([]);
  });
});

describe("what is typed and not saved", () => {
  const later = comment("b", { createdAt: "2026-11-19T16:00:00Z" });

  it("holds the comment it was typed for where it stood, when that vanishes, until it is put away", async () => {
    const comments = await read({ comments: [comment("a"), later] });
    keepTyped(desk, "a", "Half a thought");
    kept.put("c1", { comments: [later] });
    await work.read();
    expect(ids(comments)).toEqual(["a", "b"]);
    expect(comments.isGone("a")).toBe(true);
    expect(comments.open.map(({ id }) => id)).toEqual(["b"]);
    await comments.read();
    expect(ids(comments)).toEqual(["a", "b"]);
    comments.putAway("a");
    expect(ids(comments)).toEqual(["b"]);
  });

  it("holds nothing that comes back", async () => {
    const comments = await read({ comments: [comment("a")] });
    keepTyped(desk, "a", "Half a thought");
    kept.put("c1", { comments: [] });
    await work.read();
    kept.put("c1", { comments: [comment("a")] });
    await work.read();
    expect(ids(comments)).toEqual(["a"]);
    expect(comments.isGone("a")).toBe(false);
  });

  it("lets a comment go that the reviewer deletes, waits for it, and holds it if others delete it then", async () => {
    const comments = await read({ comments: [comment("a")] });
    keepTyped(desk, "a", "Half a thought");
    await comments.remove(comment("a"));
    expect(comments.shown).toEqual([]);
    expect(typedAt(desk, "a")).toBe("Half a thought");
    kept.put("c1", { comments: [comment("a")] });
    await work.read();
    kept.put("c1", { comments: [] });
    await work.read();
    expect(comments.isGone("a")).toBe(true);
  });

  it("holds a comment whose deletion was refused", async () => {
    const comments = await read({ comments: [comment("a")] });
    keepTyped(desk, "a", "Half a thought");
    shell.deleteComment.mockRejectedValueOnce(problem("storage", "The disk is full."));
    expect(await comments.remove(comment("a"))).toBe(false);
    kept.put("c1", { comments: [] });
    await work.read();
    expect(comments.isGone("a")).toBe(true);
  });
});

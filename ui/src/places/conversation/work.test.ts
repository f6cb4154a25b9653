import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backend, type WorkView } from "../../backend";
import type { RowWork } from "../conversations/row";
import { toast, toasts } from "../../elements/toasts.svelte";
import { card, change, comment, later, listed, problem, tag, work as view } from "./fixtures";
import { SENT_MS, Work } from "./work.svelte";

vi.mock("../../backend");
const shell = vi.mocked(backend);
const high = tag("risk", "high");
const waits = change("e1", { tag: "risk" });

let saved: ReturnType<typeof vi.fn<(work: RowWork) => void>>;
const begin = (tags = [tag("risk", "low")]) => new Work("c1", { tags, review: null }, (saved = vi.fn()));
const setHigh = () => backend.editTags("c1", [high], []);
async function reads(work: Work, parts: Partial<WorkView>) {
  shell.readWork.mockResolvedValue(view(parts));
  await work.read();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
});
afterEach(() => void vi.useRealTimers());

describe("an edit", () => {
  it("shows what the shell answers, says that it is saved here, and tells the list the tags", async () => {
    shell.editTags.mockResolvedValue(view({ tags: [high], changes: [waits] }));
    const work = begin();
    expect(work.tags).toEqual([tag("risk", "low")]);
    await work.edit(setHigh);
    expect(work.tags).toEqual([high]);
    expect(work.ofTag("risk")).toBe("saved here");
    expect(saved).toHaveBeenCalledExactlyOnceWith({ tags: [high], review: null });
  });

  it("leaves everything as it was when it is refused", async () => {
    shell.editTags.mockRejectedValue(problem("tag-refused", "At most 20 tags."));
    const work = begin();
    await expect(work.edit(setHigh)).rejects.toMatchObject({ code: "tag-refused" });
    expect(work.tags).toEqual([tag("risk", "low")]);
    expect(saved).not.toHaveBeenCalled();
  });

  it("takes back what a toast offers to undo: it is not the latest change any more", async () => {
    shell.editTags.mockResolvedValue(view());
    toast("Comment deleted.", () => {});
    await begin().edit(setHigh);
    expect(toasts().some(({ undo }) => undo)).toBe(false);
  });

  it("leaves what it does not change as it was, so that nothing of it is drawn anew", async () => {
    const both = { tags: [tag("quality", "good"), tag("risk", "low")], comments: [comment("k1")] };
    const work = begin();
    await reads(work, both);
    const { tags, comments } = work;
    shell.editTags.mockResolvedValue(view(structuredClone({ ...both, tags: [both.tags[0]!, high] })));
    await work.edit(setHigh);
    expect(work.comments).toBe(comments);
    expect(work.tags).toEqual([tag("quality", "good"), high]);
    expect(work.tags[0]).toBe(tags[0]);
    await reads(work, structuredClone({ ...both, tags: [high] }));
    expect(work.tags).toEqual([high]);
  });

  it("waits for the one before: an older answer never overwrites a newer one", async () => {
    const first = later<WorkView>();
    shell.editTags.mockReturnValueOnce(first.promise).mockResolvedValueOnce(view({ tags: [] }));
    const work = begin();
    void work.edit(setHigh);
    const second = work.edit(() => backend.editTags("c1", [], ["risk"]));
    await vi.advanceTimersByTimeAsync(0);
    expect(shell.editTags).toHaveBeenCalledTimes(1);
    first.done(view({ tags: [high] }));
    await second;
    expect(work.tags).toEqual([]);
  });

  it("is not undone by a slow answer that was asked for before it", async () => {
    const slow = later<ReturnType<typeof listed>>();
    const now = view({ tags: [high], changes: [waits] });
    shell.editTags.mockResolvedValue(now);
    shell.readWork.mockResolvedValue(now);
    const work = begin();
    const asked = work.askSlowly(() => slow.promise);
    await work.edit(setHigh);
    slow.done(listed({ tags: [tag("risk", "low")] }));
    await asked;
    await vi.advanceTimersByTimeAsync(0);
    expect(work.tags).toEqual([high]);
  });
});

it("tells the list what was changed here after the list has read what the server has", async () => {
  const work = begin([high]);
  shell.readWork.mockResolvedValue(view({ tags: [high], changes: [waits] }));
  work.told({ tags: [tag("risk", "low")], review: null });
  await work.read();
  expect(saved).toHaveBeenCalledExactlyOnceWith({ tags: [high], review: null });
  work.told({ tags: [high], review: null });
  await work.read();
  expect(saved).toHaveBeenCalledTimes(1);
});

it("tells the list how far the review is, which the list knew otherwise", async () => {
  const review = { step: "done", reviewer: "M. Ruiz", hereOnly: false } as const;
  const work = begin();
  expect(work.review).toBeNull();
  await reads(work, { tags: [tag("risk", "low")], review });
  expect(work.review).toEqual(review);
  expect(saved).toHaveBeenCalledExactlyOnceWith({ tags: [tag("risk", "low")], review });
});

it("shows what is known when it cannot be read", async () => {
  shell.readWork.mockRejectedValue(problem("storage", "The disk is gone."));
  const work = begin();
  await work.read();
  expect(work.tags).toEqual([tag("risk", "low")]);
});

it("shows comments with the same id once", async () => {
  const work = begin();
  await reads(work, { comments: [comment("a"), comment("b"), comment("a")] });
  expect(work.comments.map(({ id }) => id)).toEqual(["a", "b"]);
});

describe("where a change is", () => {
  it("is with the reviewer where one of several needs an answer", async () => {
    const asks = change("e2", { tag: "risk", card: card("high", "none") });
    const work = begin();
    await reads(work, { tags: [high], changes: [waits, asks, change("e3", { comment: "k1" })] });
    expect(work.ofTag("risk")).toBe("needs you");
    expect(work.ofComment("k1")).toBe("saved here");
    expect(work.questions.map(({ id }) => id)).toEqual(["e2"]);
  });

  it("is said to be sent for a moment when the server has it", async () => {
    const work = begin();
    await reads(work, { tags: [high], changes: [waits] });
    await reads(work, { tags: [high] });
    expect(work.ofTag("risk")).toBe("sent");
    await vi.advanceTimersByTimeAsync(SENT_MS);
    expect(work.ofTag("risk")).toBeNull();
  });

  it("is not said to be sent when it was taken back", async () => {
    const work = begin();
    const edited = comment("k1", { text: "Other words" });
    await reads(work, {
      tags: [high],
      comments: [edited],
      changes: [waits, change("e2", { comment: "k1" })],
    });
    await reads(work, { tags: [tag("risk", "low")], comments: [comment("k1")] });
    expect([work.ofTag("risk"), work.ofComment("k1")]).toEqual([null, null]);
  });

  it("is not said to be sent when a question was answered otherwise", async () => {
    const work = begin();
    await reads(work, { tags: [high], changes: [change("e1", { tag: "risk", card: card("high", "high") })] });
    await reads(work, { tags: [high] });
    expect(work.ofTag("risk")).toBeNull();
  });

  it("is still here while another change of the same waits", async () => {
    const work = begin();
    await reads(work, { tags: [high], changes: [waits, change("e2", { tag: "risk" })] });
    await reads(work, { tags: [high], changes: [change("e2", { tag: "risk" })] });
    expect(work.ofTag("risk")).toBe("saved here");
  });
});

it("says of a comment made here that it was sent, by the id it has had since", async () => {
  const work = begin();
  const here = comment("here-1", { text: "Look" });
  await reads(work, { comments: [here], changes: [change("e1", { comment: "here-1" })] });
  expect(work.ofComment("here-1")).toBe("saved here");
  await reads(work, { comments: [here] });
  expect(work.ofComment("here-1")).toBe("sent");
});

it("answers a question and takes what comes of it", async () => {
  shell.chooseSide.mockResolvedValue(view({ tags: [tag("risk", "none")] }));
  const work = begin();
  await work.choose("e2", "theirs");
  expect(shell.chooseSide).toHaveBeenCalledExactlyOnceWith("e2", "theirs");
  expect(saved).toHaveBeenCalledExactlyOnceWith({ tags: [tag("risk", "none")], review: null });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedbackPage, FeedbackRow } from "../../backend";
import { problem, later, work } from "../conversation/fixtures";
import { beginAnew, shell } from "../conversation/world";
import { feedbackRow } from "./fixtures";
import { FeedbackList } from "./list.svelte";

vi.mock("../../backend");

/** What the store holds, read two at a time. */
let stored: FeedbackRow[];
let list: FeedbackList;

const named = (...ids: number[]) => ids.map((id) => feedbackRow(`f${id}`, `c${id}`, 1));
const at = () => ({ opened: list.opened, at: list.at, total: list.total });
const ids = () => list.rows.map(({ id }) => id).join(" ");
function page(next: string | null): FeedbackPage {
  const from = Number(next ?? 0);
  const to = from + 2;
  const rows = stored.slice(from, to);
  return {
    rows,
    conversations: [],
    next: to < stored.length ? String(to) : null,
    total: stored.length,
  } as FeedbackPage;
}

beforeEach(async () => {
  beginAnew();
  shell.lookAheadAt.mockResolvedValue(null);
  shell.listFeedback.mockImplementation(async (_, next) => page(next));
  shell.feedbackOf.mockImplementation(async (of) => stored.filter((row) => of.includes(row.conversationId)));
  stored = named(1, 2, 3, 4, 5, 6, 7, 8);
  list = new FeedbackList("me");
  await list.refresh(1);
  await list.more();
  list.open(3);
});

describe("read anew", () => {
  it("goes as far as it went, and stays at the comment that is looked at", async () => {
    const { epoch } = list;
    stored = named(0, 1, 2, 3, 4, 5, 6, 7, 8);
    await list.refresh(2);
    expect(ids()).toBe("f0 f1 f2 f3 f4 f5");
    expect(at()).toEqual({ opened: "f4", at: 4, total: 9 });
    expect([list.epoch, list.revision]).toEqual([epoch, 2]);
    await list.more();
    expect(ids()).toBe("f0 f1 f2 f3 f4 f5 f6 f7");
  });

  it("keeps the comment that is looked at though it does not fit any more, where it stood", async () => {
    stored = named(1, 2, 3, 5, 6, 7, 8);
    await list.refresh(2);
    expect(ids()).toBe("f1 f2 f3 f4 f5 f6 f7");
    expect(at()).toEqual({ opened: "f4", at: 3, total: 8 });
    stored = named(1, 2);
    await list.refresh(3);
    expect(ids()).toBe("f1 f2 f4");
    expect(at()).toEqual({ opened: "f4", at: 2, total: 3 });
  });

  it("goes on to the nearest one where all was done", async () => {
    list.open(1);
    list.done = true;
    stored = named(1, 3, 4, 5, 6);
    await list.refresh(2);
    expect(ids()).toBe("f1 f3 f4 f5 f6");
    expect(at()).toEqual({ opened: "f3", at: 1, total: 5 });
    expect(list.done).toBe(false);
  });

  it("keeps what was done while it was read", async () => {
    const first = later<FeedbackPage>();
    shell.listFeedback.mockImplementationOnce(() => first.promise);
    const reading = list.refresh(2);
    const before = page(null);
    const is = { ...stored[0]!, resolved: true };
    stored = [is, ...stored.slice(1)];
    const comment = (resolved: boolean) => ({ ...is, resolved });
    list.take("c1", work({ comments: [comment(false)] }), work({ comments: [comment(true)] }), () => false);
    first.done(before);
    await reading;
    expect(list.rows[0]).toMatchObject({ id: "f1", resolved: true });
  });

  it("has whoever asks for more wait for it, and goes on from the new beginning", async () => {
    stored = named(0, 1, 2, 3, 4, 5, 6, 7, 8);
    const reading = list.refresh(2);
    expect(await list.more()).toBe(true);
    await reading;
    expect(ids()).toBe("f0 f1 f2 f3 f4 f5 f6 f7");
  });

  it("throws away a page that was on its way", async () => {
    const late = later<FeedbackPage>();
    shell.listFeedback.mockImplementationOnce(() => late.promise);
    const more = list.more();
    await vi.waitFor(() => expect(shell.listFeedback).toHaveBeenCalledTimes(3));
    stored = named(5, 6, 7, 8);
    await list.refresh(2);
    late.done({ ...page(null), rows: named(9) });
    expect(await more).toBe(false);
    expect(ids()).toBe("f4 f5 f6 f7 f8");
  });

  it("loses nothing where it fails", async () => {
    shell.listFeedback.mockRejectedValue(problem("internal", "The store is locked."));
    await list.refresh(2);
    expect(ids()).toBe("f1 f2 f3 f4");
    expect(at()).toEqual({ opened: "f4", at: 3, total: 8 });
    expect([list.revision, list.loading]).toEqual([1, false]);
    expect(list.trouble?.message).toBe("The store is locked.");
  });

  it("goes on meaning what is selected and still there", async () => {
    list.selection.all(["f1", "f2"]);
    stored = named(2, 3, 4);
    await list.refresh(2);
    expect(list.choice().comments).toEqual(["f2"]);
  });
});

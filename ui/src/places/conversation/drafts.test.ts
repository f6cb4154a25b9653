import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftView } from "../../backend";
import { sendHeldBack } from "../../lib/held-back";
import { problem } from "./fixtures";
import { KEEP_AFTER_MS, keepingTrouble } from "./draft-keeping.svelte";
import { commentDraft, deskOf, keepComment, keepTyped, recallDrafts, turnDraftsTo, typedAt } from "./drafts";
import { beginAnew, shell } from "./world";

vi.mock("../../backend");

const kept = () => shell.saveDraft.mock.calls.map(([draft]) => draft);
const draft = (field: string, text: string, more: Partial<DraftView> = {}): DraftView => ({
  conversationId: "c1",
  field,
  text,
  interactionId: null,
  caret: text.length,
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers();
  beginAnew();
  turnDraftsTo("account");
  return async () => {
    await sendHeldBack();
    vi.useRealTimers();
  };
});

describe("keeping", () => {
  it("takes the latest of each place, in a moment, while typing goes on", async () => {
    const desk = deskOf("c1");
    keepComment(desk, "L", "i1", 1);
    await vi.advanceTimersByTimeAsync(KEEP_AFTER_MS - 1);
    keepComment(desk, "Lo", "i1", 2);
    keepTyped(desk, "tag", "quality");
    expect(kept()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(kept()).toEqual([draft("comment", "Lo", { interactionId: "i1" }), draft("tag", "quality")]);
  });

  it("forgets what was sent, and says nothing of what was never there", async () => {
    const desk = deskOf("c1");
    keepTyped(desk, "tag", "");
    keepComment(desk, "Look", null);
    keepComment(desk, "", null);
    await vi.advanceTimersByTimeAsync(KEEP_AFTER_MS);
    expect(kept()).toEqual([draft("comment", "")]);
    expect(commentDraft(desk)).toBeUndefined();
  });

  it("does not wait where the account changes or the window closes", async () => {
    keepTyped(deskOf("c1"), "tag", "quality");
    await sendHeldBack();
    expect(kept()).toEqual([draft("tag", "quality")]);
  });

  it("leaves another account's texts alone", async () => {
    const desk = deskOf("c1");
    turnDraftsTo("another");
    keepTyped(desk, "tag", "quality");
    await vi.advanceTimersByTimeAsync(KEEP_AFTER_MS);
    expect(kept()).toEqual([]);
    expect(typedAt(desk, "tag")).toBe("quality");
  });

  it("says why a text is not kept, until one is", async () => {
    shell.saveDraft.mockRejectedValueOnce(problem("storage", "The disk is full."));
    keepTyped(deskOf("c1"), "tag", "q");
    await vi.advanceTimersByTimeAsync(KEEP_AFTER_MS);
    expect(keepingTrouble()?.message).toBe("The disk is full.");
    keepTyped(deskOf("c1"), "tag", "qu");
    await vi.advanceTimersByTimeAsync(KEEP_AFTER_MS);
    expect(keepingTrouble()).toBeNull();
  });
});

describe("recalling", () => {
  it("brings back what was typed in an earlier run, with its caret", async () => {
    shell.readDrafts.mockResolvedValue([
      draft("comment", "Look", { interactionId: "i2", caret: 2 }),
      draft("k1", "Edited"),
    ]);
    const desk = deskOf("c1");
    await recallDrafts(desk);
    expect(shell.readDrafts).toHaveBeenCalledExactlyOnceWith("c1");
    expect(commentDraft(desk)).toEqual({ text: "Look", interaction: "i2", caret: 2 });
    expect(typedAt(desk, "k1")).toBe("Edited");
  });

  it("lets what was typed or sent meanwhile stand", async () => {
    shell.readDrafts.mockResolvedValue([draft("comment", "older"), draft("tag", "older")]);
    const desk = deskOf("c1");
    keepComment(desk, "newer", null);
    keepTyped(desk, "tag", "");
    await recallDrafts(desk);
    expect(commentDraft(desk)?.text).toBe("newer");
    expect(typedAt(desk, "tag")).toBe("");
  });

  it("goes without where they cannot be read", async () => {
    shell.readDrafts.mockRejectedValue(problem("storage", "The disk is gone."));
    await recallDrafts(deskOf("c1"));
    expect(commentDraft(deskOf("c1"))).toBeUndefined();
  });
});

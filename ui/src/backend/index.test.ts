import { describe, expect, it, vi } from "vitest";
import { observeCalls, throwing, Trouble, troubleFrom, type Problem } from ".";

const refused: Problem = {
  code: "not-allowed",
  message: "You may not read this.",
  retryable: false,
  retryAfterMs: null,
  reference: "a1b2",
};

const calls = throwing({
  gives: async (number: number) => ({ status: "ok" as const, data: number + 1 }),
  refuses: async () => ({ status: "error" as const, error: refused }),
  breaks: async (): Promise<null> => {
    throw new TypeError("token=secret");
  },
  plain: async () => [1, 2],
});

describe("a call", () => {
  it("answers its data", async () => {
    expect(await calls.gives(1)).toBe(2);
    expect(await calls.plain()).toEqual([1, 2]);
  });

  it("throws the problem it is answered with", async () => {
    await expect(calls.refuses()).rejects.toBeInstanceOf(Trouble);
    await expect(calls.refuses()).rejects.toMatchObject(refused);
  });

  it("never repeats words of unknown origin", async () => {
    const trouble = await calls.breaks().catch(troubleFrom);
    expect(trouble).toMatchObject({ code: "internal" });
    expect(String(trouble)).not.toContain("secret");
  });

  it("is heard of as it goes and as it comes back", async () => {
    const [began, ended] = [vi.fn(), vi.fn()];
    observeCalls({ began, ended });
    await calls.gives(1);
    await calls.refuses().catch(() => {});
    expect(began.mock.calls).toEqual([["gives"], ["refuses"]]);
    expect(ended.mock.calls[0]).toEqual(["gives", null, 2]);
    expect(ended.mock.calls[1]?.[1]).toMatchObject({ code: "not-allowed" });
  });
});

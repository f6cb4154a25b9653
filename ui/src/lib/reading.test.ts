import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { BudgetView, ReadingView } from "../backend";
import { shellAnswering } from "../test/backend";
import { freeInWords, lookSoon, LOOK_EVERY_MS, readingNow, readyInWords, tightest } from "./reading.svelte";

const budget = (parts: Partial<BudgetView> = {}): BudgetView => ({
  what: "insights",
  perMinute: 20,
  used: 18,
  reserved: 2,
  freeInMs: 11_200,
  ...parts,
});
const view = (parts: Partial<ReadingView> = {}): ReadingView => ({
  following: 9,
  ready: 3,
  budgets: [budget()],
  ...parts,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("looks again while calls are counted, and not after", async () => {
  const answers = [view(), view({ budgets: [] })];
  const asked = shellAnswering({ reading: () => answers.shift() });
  lookSoon();
  lookSoon();
  await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
  expect(asked).toHaveLength(1);
  expect(readingNow()).toEqual(view());
  await vi.advanceTimersByTimeAsync(60 * LOOK_EVERY_MS);
  expect(asked).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

it("tells less where the shell does not answer, and goes on with the next call", async () => {
  const asked = shellAnswering({});
  lookSoon();
  await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
  expect(readingNow()).toBeNull();
  lookSoon();
  await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS);
  expect(asked).toHaveLength(2);
});

it("names the limit that is used up most", () => {
  const transcripts = budget({ what: "transcripts", used: 4 });
  expect(tightest([transcripts, budget(), budget({ what: "recordings", perMinute: 30 })])?.what).toBe(
    "insights",
  );
  expect(tightest([])).toBeUndefined();
});

it("says what is ready and when calls are free", () => {
  expect(readyInWords(view({ following: 0 }))).toBe("");
  expect(readyInWords(view({ ready: 0 }))).toBe("The next one is being read");
  expect(readyInWords(view({ ready: 1 }))).toBe("The next one is ready");
  expect(readyInWords(view())).toBe("The next 3 are ready");
  expect(freeInWords(budget())).toBe("first free again in 12 s");
  expect(freeInWords(budget({ used: 20 }))).toBe("next free in 12 s");
});

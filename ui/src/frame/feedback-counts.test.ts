import { render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FeedbackView } from "../backend";
import { leaveFeedback, startFeedback } from "../lib/feedback.svelte";
import { leaveOutbox, startOutbox } from "../lib/outbox.svelte";
import { dayAround } from "../lib/resolved-today.svelte";
import { shellAnswering, tellOutbox, type Asked } from "../test/backend";
import FeedbackCounts from "./FeedbackCounts.svelte";

let asked: Asked[];
let resolved: number;

const since = () =>
  asked.filter(({ command }) => command === "count_resolved").map(({ args }) => args["since"]);
const shown = () => document.querySelector("[data-part=feedback-today]")?.textContent;

/** Tells how many are open. */
function tellOpen(open: number): void {
  const told = asked.filter(({ command }) => command === "watch_feedback").at(-1);
  const { onmessage } = told?.args["channel"] as { onmessage: (view: Partial<FeedbackView>) => void };
  onmessage({ open, changed: [] });
}

beforeEach(async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(2026, 10, 28, 23, 59, 30) });
  resolved = 18;
  asked = shellAnswering({
    watch_outbox: () => null,
    watch_feedback: () => null,
    count_resolved: () => resolved,
  });
  await startOutbox();
  await startFeedback();
});

afterEach(() => {
  leaveFeedback();
  leaveOutbox();
  vi.useRealTimers();
});

it("says what is open and what was resolved since midnight here, and follows what is done", async () => {
  render(FeedbackCounts);
  expect(shown()).toBeUndefined();
  tellOpen(1031);
  await waitFor(() => expect(shown()).toBe("1,031 open · 18 resolved today"));
  expect(since()).toEqual([new Date(2026, 10, 28).toISOString()]);
  resolved = 19;
  tellOutbox(asked, { savedHere: 1 });
  await waitFor(() => expect(shown()).toBe("1,031 open · 19 resolved today"));
  expect(screen.getByText("1,031").tagName).toBe("STRONG");
});

it("begins anew at midnight", async () => {
  render(FeedbackCounts);
  tellOpen(31);
  await waitFor(() => expect(shown()).toContain("18 resolved"));
  resolved = 0;
  await vi.advanceTimersByTimeAsync(31_000);
  await waitFor(() => expect(shown()).toBe("31 open · 0 resolved today"));
  expect(since().at(-1)).toBe(new Date(2026, 10, 29).toISOString());
});

it("knows when a day begins and ends, also where it has not 24 hours", () => {
  for (const now of [
    new Date(2026, 2, 29, 12),
    new Date(2026, 9, 25, 0),
    new Date(2026, 11, 31, 23, 59, 59),
  ]) {
    const { began, ends } = dayAround(now);
    expect([began.getHours(), began.getMinutes(), began.getDate()]).toEqual([0, 0, now.getDate()]);
    expect(ends.getHours()).toBe(0);
    expect(ends.getTime()).toBeGreaterThan(now.getTime());
    expect(dayAround(new Date(ends.getTime() - 1)).began).toEqual(began);
  }
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import type { InsightView } from "../../backend";
import { insight, later, problem } from "./fixtures";
import { forgetInsights, Insights, REST_MS } from "./insights.svelte";

vi.mock("../../backend");
const readInsight = vi.mocked(backend.readInsight);
const rest = () => vi.advanceTimersByTimeAsync(REST_MS);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  forgetInsights();
});
afterEach(() => void vi.useRealTimers());

it("reads the first one at once", () => {
  readInsight.mockReturnValue(later<InsightView>().promise);
  new Insights("c1").turnTo("i1");
  expect(readInsight).toHaveBeenCalledExactlyOnceWith("c1", "i1", false);
});

it("reads only the turn that is rested on", async () => {
  readInsight.mockImplementation(async (_c, interaction) => insight(`state of ${interaction}`));
  const insights = new Insights("c1");
  for (const id of ["i1", "i2", "i3", "i4"]) insights.turnTo(id);
  expect(insights.reading).toBe(true);
  await rest();
  expect(readInsight.mock.calls.map(([, id]) => id)).toEqual(["i1", "i4"]);
  expect(insights.current?.state).toBe("state of i4");
  expect(insights.reading).toBe(false);
});

it("never shows an answer under a turn it is not about, but keeps it", async () => {
  const slow = later<InsightView>();
  readInsight.mockReturnValueOnce(slow.promise).mockResolvedValueOnce(insight("second"));
  const insights = new Insights("c1");
  insights.turnTo("i1");
  insights.turnTo("i2");
  await rest();
  slow.done(insight("first"));
  await vi.advanceTimersByTimeAsync(0);
  expect(insights.current?.state).toBe("second");
  insights.turnTo("i1");
  expect(insights.current?.state).toBe("first");
  await rest();
  expect(readInsight).toHaveBeenCalledTimes(2);
});

it("shows one that was only kept, and reads it anew when it is turned to again", async () => {
  const kept = insight("kept", { keptSince: "2026-11-19T16:00:00Z" });
  readInsight.mockResolvedValueOnce(kept).mockResolvedValue(insight("now"));
  const insights = new Insights("c1");
  insights.turnTo("i1");
  await vi.advanceTimersByTimeAsync(0);
  expect(insights.current).toEqual(kept);
  for (const id of ["i2", "i1"]) {
    insights.turnTo(id);
    await rest();
  }
  expect(insights.current?.state).toBe("now");
});

it("does not show the trouble of a turn that was left", async () => {
  const slow = later<InsightView>();
  readInsight.mockReturnValueOnce(slow.promise).mockResolvedValueOnce(insight("second"));
  const insights = new Insights("c1");
  insights.turnTo("i1");
  insights.turnTo("i2");
  await rest();
  slow.fail(problem("timed-out", "No answer in time.", true));
  await vi.advanceTimersByTimeAsync(0);
  expect(insights.problem).toBeNull();
  expect(insights.current?.state).toBe("second");
});

it("keeps what it had when reading again fails", async () => {
  readInsight.mockResolvedValueOnce(insight("first"));
  const insights = new Insights("c1");
  insights.turnTo("i1");
  await vi.advanceTimersByTimeAsync(0);
  readInsight.mockRejectedValueOnce(problem("rate-limited", "Too many calls.", true));
  insights.again();
  await vi.advanceTimersByTimeAsync(0);
  expect(readInsight).toHaveBeenLastCalledWith("c1", "i1", true);
  expect(insights.problem).toMatchObject({ code: "rate-limited" });
  expect(insights.current?.state).toBe("first");
});

it("remembers across conversations and reads nothing twice", async () => {
  readInsight.mockResolvedValue(insight("first"));
  new Insights("c1").turnTo("i1");
  await vi.advanceTimersByTimeAsync(0);
  const again = new Insights("c1");
  again.turnTo("i1");
  expect(again.current?.state).toBe("first");
  expect(readInsight).toHaveBeenCalledTimes(1);
});

it("reads nothing after the conversation is left", async () => {
  readInsight.mockResolvedValue(insight("first"));
  const insights = new Insights("c1");
  insights.turnTo("i1");
  insights.turnTo("i2");
  insights.leave();
  await rest();
  expect(readInsight).toHaveBeenCalledTimes(1);
});

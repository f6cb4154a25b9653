import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import type { InsightView } from "../../backend";
import { insight, later, problem } from "./fixtures";
import { forgetInsights, Insights, knowInsight, REST_MS } from "./insights.svelte";

vi.mock("../../backend");
const readInsight = vi.mocked(backend.readInsight);
const rest = () => vi.advanceTimersByTimeAsync(REST_MS);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  forgetInsights();
});
afterEach(() => void vi.useRealTimers());

function started(conversation: string): Insights {
  const insights = new Insights(conversation);
  insights.start();
  return insights;
}

it("reads nothing before its conversation is opened, and shows what is known", async () => {
  readInsight.mockResolvedValue(insight("read"));
  knowInsight("c1", "i1", insight("known"));
  for (const [interaction, state, calls] of [
    ["i1", "known", 0],
    ["i2", undefined, 1],
  ] as const) {
    const insights = new Insights("c1");
    insights.turnTo(interaction);
    await rest();
    expect(insights.current?.state).toBe(state);
    expect(readInsight).not.toHaveBeenCalled();
    insights.start();
    expect(readInsight).toHaveBeenCalledTimes(calls);
  }
});

it("reads the first one at once", () => {
  readInsight.mockReturnValue(later<InsightView>().promise);
  started("c1").turnTo("i1");
  expect(readInsight).toHaveBeenCalledExactlyOnceWith("c1", "i1", false);
});

it("reads only the turn that is rested on", async () => {
  readInsight.mockImplementation(async (_c, interaction) => insight(`state of ${interaction}`));
  const insights = started("c1");
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
  const insights = started("c1");
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
  const insights = started("c1");
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
  const insights = started("c1");
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
  const insights = started("c1");
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
  started("c1").turnTo("i1");
  await vi.advanceTimersByTimeAsync(0);
  const again = started("c1");
  again.turnTo("i1");
  expect(again.current?.state).toBe("first");
  expect(readInsight).toHaveBeenCalledTimes(1);
});

it("reads nothing after the conversation is left", async () => {
  readInsight.mockResolvedValue(insight("first"));
  const insights = started("c1");
  insights.turnTo("i1");
  insights.turnTo("i2");
  insights.leave();
  await rest();
  expect(readInsight).toHaveBeenCalledTimes(1);
});

import { render } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SLOW_MS, watchCalls } from "../../lib/calls.svelte";
import { shellAnswering } from "../../test/backend";
import Conversation from "./Conversation.svelte";
import { message, opened, row } from "./fixtures";
import { forgetInsights } from "./insights.svelte";
import { player } from "./sound/player.svelte";
import { why, type Pane } from "./review.svelte";
import { part } from "./world";

vi.mock("../../elements/VirtualList.svelte");

const never = () => new Promise<never>(() => {});
const LIMITS = ["lists of conversations", "transcripts", "recordings", "insights", "comments"];

beforeEach(() => {
  vi.useFakeTimers();
  forgetInsights();
  watchCalls();
  const messages = [message("m1", 1, { voice: true })];
  shellAnswering({
    transformCallback: () => 0,
    watch_player: never,
    open_conversation: () => opened("c1", messages, { first: { messages, next: 1 } }),
    read_transcript: never,
    conversation_details: never,
    read_insight: never,
    list_comments: never,
    play_sound: never,
    open_sound: never,
    read_markers: () => [],
    pause: never,
    wait_times: () => LIMITS.map((what, at) => ({ what, perMinute: 10 + at, waitMs: 5_000 })),
  });
});
afterEach(() => void vi.useRealTimers());

/** Opens a conversation no call of which is answered until all have waited long. */
async function wait(pane: Pane) {
  why.pane = pane;
  render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
  await vi.advanceTimersByTimeAsync(0);
  void player.play("c1", "m1", 0);
  await vi.advanceTimersByTimeAsync(2 * SLOW_MS + 1);
}

const named = (pane: HTMLElement) =>
  LIMITS.filter((what) => pane.textContent.includes(`${what} a minute: about 5 s`));

it.each(["insights", "comments"] as const)(
  "names in each pane what it waits for itself: %s",
  async (pane) => {
    await wait(pane);
    expect(named(part(pane))).toEqual([pane]);
    expect(named(part("transcript"))).toEqual(["transcripts"]);
    expect(part("player")).toHaveTextContent(/Sound in about \d s/);
  },
);

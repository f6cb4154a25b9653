import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backend } from "../../../backend";
import { later, playing, problem } from "../fixtures";
import { Player } from "./player.svelte";

vi.mock("../../../backend");
const shell = vi.mocked(backend);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  for (const call of [shell.pause, shell.resume, shell.seekSound]) call.mockResolvedValue(undefined);
  shell.playSound.mockResolvedValue(null);
});

afterEach(() => vi.useRealTimers());

/** A player in whose conversation c1 something was heard, halted at a position. */
function halted(positionMs: number, status: "paused" | "ended" = "paused") {
  const player = new Player();
  player.see(playing("m1", positionMs));
  player.see(playing("m1", positionMs, { status }));
  return player;
}

it("says what is begun, and what plays", async () => {
  const answer = later<null>();
  shell.playSound.mockReturnValue(answer.promise);
  const player = new Player();
  const asked = player.play("c1", "m1", 0);
  expect([player.conversation, player.awaits("c1"), player.playing]).toEqual(["c1", true, true]);
  player.see(playing("m1", 0));
  answer.done(null);
  await asked;
  expect([player.awaits("c1"), player.plays("c1"), player.plays("c2")]).toEqual([false, true, false]);
});

it("says that it waits, which is no trouble", () => {
  const player = new Player();
  player.see(
    playing("m1", 500, { status: "waiting", problem: problem("rate-limited", "The server is busy.") }),
  );
  expect([player.playing, player.awaits("c1"), player.trouble]).toEqual([true, true, null]);
});

it("has nothing of a conversation that is only open", () => {
  const player = new Player();
  player.see(playing("m1", 0, { status: "paused" }));
  expect(player.has("c1")).toBe(false);
});

describe("trouble", () => {
  it("names the message that cannot be heard", async () => {
    shell.playSound.mockRejectedValue(problem("audio-empty", "The recording is empty."));
    const player = new Player();
    await player.play("c1", "m1", 0);
    expect(player.trouble).toMatchObject({
      conversation: "c1",
      message: "m1",
      problem: { code: "audio-empty" },
    });
    expect(player.playing).toBe(false);
  });

  it("tells why playing halted by itself, once", () => {
    const player = halted(500);
    const gone = { status: "paused", problem: problem("no-device", "The device went away.") } as const;
    player.see(playing("m1", 500, gone));
    expect(player.trouble?.problem.code).toBe("no-device");
    player.dismiss();
    player.see(playing("m1", 500, gone));
    expect(player.trouble).toBeNull();
  });

  it("forgets an answer when something else was asked for meanwhile", async () => {
    const slow = later<null>();
    shell.playSound.mockReturnValueOnce(slow.promise);
    const player = new Player();
    const first = player.play("c1", "m1", 0);
    await player.play("c1", "m2", 0);
    slow.fail(problem("audio-empty", "The recording is empty."));
    await first;
    expect(player.trouble).toBeNull();
  });
});

describe("the buttons", () => {
  it("halt, and go on where it was", () => {
    const player = halted(500);
    player.resume("c1");
    expect(shell.resume).toHaveBeenCalledTimes(1);
    player.see(playing("m1", 500));
    player.pause();
    expect(shell.pause).toHaveBeenCalledTimes(1);
  });

  it("play from the beginning after the end", () => {
    halted(12_000, "ended").resume("c1");
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", null, 0);
  });

  it("call off what is still being fetched, and once more when it comes after all", async () => {
    const answer = later<null>();
    shell.playSound.mockReturnValue(answer.promise);
    const player = new Player();
    const asked = player.play("c1", "m1", 0);
    player.pause();
    expect(player.playing).toBe(false);
    answer.done(null);
    await asked;
    expect(shell.pause).toHaveBeenCalledTimes(2);
  });
});

describe("seeking", () => {
  it("stays within the conversation and shows at once", () => {
    const player = halted(3_000);
    player.seekTo("c1", -10_000, 12_000);
    expect([shell.seekSound.mock.lastCall, player.positionIn("c1")]).toEqual([[0], 0]);
    player.seekTo("c1", 99_000, 12_000);
    expect([shell.seekSound.mock.lastCall, player.positionIn("c1")]).toEqual([[12_000], 12_000]);
  });

  it("plays on from there after the end", () => {
    halted(12_000, "ended").seekTo("c1", 4_000, 12_000);
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", null, 4_000);
  });

  it("only cues what was not heard yet, and playing begins there", () => {
    const player = new Player();
    player.seekTo("c1", 4_000, 12_000);
    expect([player.positionIn("c1"), player.positionIn("c2")]).toEqual([4_000, 0]);
    expect(shell.seekSound).not.toHaveBeenCalled();
    player.resume("c1");
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", null, 4_000);
  });

  it("cued at the end does not sound by itself", () => {
    const player = halted(12_000, "ended");
    player.cue("c1", 4_000);
    expect([shell.playSound.mock.calls.length, player.positionIn("c1")]).toEqual([0, 4_000]);
  });
});

describe("typing", () => {
  it("halts it, and sending goes on 2 s back in the conversation's time", () => {
    const player = new Player();
    player.see(playing("m1", 9_000, { speedPercent: 200 }));
    player.holdForTyping("c1");
    player.see(playing("m1", 9_000, { status: "paused" }));
    player.goOnAfterTyping("c1");
    expect(shell.seekSound).toHaveBeenCalledExactlyOnceWith(7_000);
    expect(shell.resume).toHaveBeenCalledTimes(1);
    player.goOnAfterTyping("c1");
    expect(shell.resume).toHaveBeenCalledTimes(1);
  });

  it("leaves alone what was halted before, or was played again meanwhile", () => {
    const player = halted(9_000);
    player.holdForTyping("c1");
    player.goOnAfterTyping("c1");
    player.see(playing("m1", 9_000));
    player.holdForTyping("c1");
    player.see(playing("m1", 9_000, { status: "paused" }));
    player.resume("c1");
    player.see(playing("m1", 9_500));
    player.goOnAfterTyping("c1");
    expect(shell.seekSound).not.toHaveBeenCalled();
  });
});

it("moves the playhead by itself only while sound plays", () => {
  const player = new Player();
  player.see(playing("m1", 0));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(200);
  expect(player.positionIn("c1")).toBeGreaterThan(100);
  player.see(playing("m1", 500, { status: "paused" }));
  expect(vi.getTimerCount()).toBe(0);
});

describe("leaving the conversation", () => {
  it("falls silent", () => {
    const player = new Player();
    player.see(playing("m1", 0));
    player.leave();
    expect(shell.pause).toHaveBeenCalledTimes(1);
  });

  it("keeps its place until another one is open", () => {
    const player = halted(500);
    player.leave();
    expect(player.has("c1")).toBe(true);
    player.see(playing("n1", 0, { conversationId: "c2", status: "paused" }));
    player.see(playing("m1", 0, { status: "paused" }));
    expect(player.has("c1")).toBe(false);
  });

  it("tells the player nothing when it was silent already", () => {
    halted(500).leave();
    expect(shell.pause).not.toHaveBeenCalled();
  });
});

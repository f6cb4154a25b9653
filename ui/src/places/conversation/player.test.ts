import { beforeEach, describe, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import type { ClipView } from "../../backend";
import { clip, later, playing, problem } from "./fixtures";
import { Player } from "./player.svelte";

vi.mock("../../backend", async (original) => ({
  ...(await original<typeof import("../../backend")>()),
  backend: (await import("./fixtures")).mockBackend(),
}));
const shell = vi.mocked(backend);
const frames = vi.fn();

beforeEach(() => {
  vi.resetAllMocks();
  for (const call of [shell.pause, shell.resume, shell.seek]) call.mockResolvedValue(undefined);
  vi.stubGlobal("requestAnimationFrame", frames);
  vi.stubGlobal("cancelAnimationFrame", vi.fn());
});

async function started(position = 0) {
  shell.playMessage.mockImplementation(async (_c, message) => clip(message));
  const player = new Player();
  await player.play("c1", "m1");
  player.see(playing("m1", position));
  return player;
}

it("says what loads, then what plays and how long it is", async () => {
  const answer = later<ClipView>();
  shell.playMessage.mockReturnValue(answer.promise);
  const player = new Player();
  const asked = player.play("c1", "m1");
  expect([player.loading, player.playing]).toEqual(["m1", false]);
  answer.done(clip("m1"));
  await asked;
  expect([player.loading, player.playing, player.lengths.get("m1")]).toEqual([null, true, 12_000]);
});

it("forgets an answer when another message was asked for meanwhile", async () => {
  const slow = later<ClipView>();
  shell.playMessage.mockReturnValueOnce(slow.promise).mockResolvedValueOnce(clip("m2"));
  const player = new Player();
  const first = player.play("c1", "m1");
  await player.play("c1", "m2");
  slow.done(clip("m1"));
  await first;
  expect(player.clip?.messageId).toBe("m2");
});

it("names the message that cannot be heard", async () => {
  shell.playMessage.mockRejectedValue(problem("audio-empty", "The recording is empty."));
  const player = new Player();
  await player.play("c1", "m1");
  expect(player.trouble).toMatchObject({ message: "m1", problem: { code: "audio-empty" } });
  expect(player.playing).toBe(false);
});

it("tells why playing halted by itself", async () => {
  const player = await started();
  player.see(
    playing("m1", 500, { status: "paused", problem: problem("no-device", "The device went away.") }),
  );
  expect(player.trouble?.problem.code).toBe("no-device");
});

describe("the buttons", () => {
  it("halts, goes on, and starts over after the end", async () => {
    const player = await started();
    player.toggle();
    expect(shell.pause).toHaveBeenCalledTimes(1);
    player.see(playing("m1", 500, { status: "paused" }));
    player.toggle();
    expect(shell.resume).toHaveBeenCalledTimes(1);
    player.see(playing("m1", 12_000, { status: "ended" }));
    player.toggle();
    expect(shell.resume).toHaveBeenCalledTimes(2);
  });

  it("does nothing before anything was chosen", () => {
    const player = new Player();
    expect([player.toggle(), player.seekBy(2_000)]).toEqual([false, false]);
  });

  it("seeks within the message and shows it at once", async () => {
    const player = await started();
    player.see(playing("m1", 3_000, { status: "paused" }));
    player.seekBy(-10_000);
    expect([shell.seek.mock.lastCall, player.positionMs]).toEqual([[0], 0]);
    player.seekTo(99_000);
    expect([shell.seek.mock.lastCall, player.positionMs]).toEqual([[12_000], 12_000]);
  });

  it("plays on from where the reviewer seeks to after the end", async () => {
    const player = await started();
    player.see(playing("m1", 12_000, { status: "ended" }));
    player.seekTo(4_000);
    expect(shell.playMessage).toHaveBeenLastCalledWith("c1", "m1", 4_000);
  });
});

it("asks for frames only while sound plays", async () => {
  const player = await started();
  expect(frames).toHaveBeenCalled();
  frames.mockClear();
  player.see(playing("m1", 500, { status: "paused" }));
  expect(frames).not.toHaveBeenCalled();
});

describe("leaving the conversation", () => {
  it("falls silent", async () => {
    const player = await started();
    player.leave();
    expect(shell.pause).toHaveBeenCalledTimes(1);
  });

  it("calls off what is still being fetched at once, and once more when it comes after all", async () => {
    const player = await started();
    player.see(playing("m1", 500, { status: "paused" }));
    const answer = later<ClipView>();
    shell.playMessage.mockReturnValue(answer.promise);
    const asked = player.play("c1", "m2");
    player.leave();
    expect(shell.pause).toHaveBeenCalledTimes(1);
    answer.done(clip("m2"));
    await asked;
    expect(player.clip?.messageId).toBe("m1");
    expect(shell.pause).toHaveBeenCalledTimes(2);
  });

  it("tells the player nothing when it was silent already", async () => {
    const player = await started();
    player.see(playing("m1", 500, { status: "paused" }));
    player.leave();
    expect(shell.pause).not.toHaveBeenCalled();
  });
});

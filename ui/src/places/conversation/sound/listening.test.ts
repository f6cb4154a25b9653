import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { MarkerView } from "../../../backend";
import { toasts } from "../../../elements/toasts.svelte";
import { perform } from "../../../keys";
import { changeSettings } from "../../../lib/settings.svelte";
import { comment, message, playing, problem, sound, voice } from "../fixtures";
import { beginAnew, current, open, part, shell, type World } from "../world";
import { player } from "./player.svelte";

vi.mock("../../../backend");
vi.mock("../../../elements/VirtualList.svelte");

beforeEach(() => {
  beginAnew();
  changeSettings({ pauseWhileTyping: false, stampComments: false, speedPercent: 100, skipSilence: false });
});

const said = [1, 2, 3, 4].map((n) => message(`m${n}`, n, { voice: n !== 2 }));
const parts = [
  voice("m1", 0, 10),
  voice("m2", 10, 10, { kind: "mark" }),
  voice("m3", 10, 20),
  voice("m4", 20, 40),
];
const view = (id: string, seconds: number, more = {}) =>
  player.see(playing(id, seconds * 1000, { totalMs: 40_000, ...more }));
const sounding = () => document.querySelector("[data-sounding]")?.getAttribute("data-id");

async function listen(world: World = {}) {
  const opened = await open({ messages: said, sound: sound(parts), ...world });
  await waitFor(() => expect(part("waveform")).toBeInTheDocument());
  return opened;
}

describe("playing", () => {
  it("begins at the current turn, and goes on where it was halted", async () => {
    await listen();
    perform("next-turn");
    await waitFor(() => expect(current()).toBe("m2"));
    perform("play-pause");
    // It has no sound of its own: what comes after it is heard.
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", null, 10_000);
    view("m3", 12);
    await waitFor(() => expect(sounding()).toBe("m3"));
    perform("play-pause");
    expect(shell.pause).toHaveBeenCalledTimes(1);
    view("m3", 12, { status: "paused" });
    perform("play-pause");
    expect(shell.resume).toHaveBeenCalledTimes(1);
  });

  it("begins at another turn that was gone to since it was halted", async () => {
    await listen();
    view("m1", 5);
    view("m1", 5, { status: "paused" });
    perform("next-turn");
    perform("next-turn");
    perform("play-pause");
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", "m3", 0);
  });

  it("plays from the line that is clicked on, and halts at a second click", async () => {
    const { user } = await listen();
    await user.click(screen.getByText("Text of m3"));
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", "m3", 0);
    view("m3", 10);
    await user.click(screen.getByText("Text of m3"));
    expect(shell.pause).toHaveBeenCalledTimes(1);
  });

  it("seeks in the conversation's time", async () => {
    await listen();
    expect(perform("seek-back")).toBe(false);
    view("m3", 11);
    view("m3", 11, { status: "paused" });
    perform("seek-back");
    perform("seek-forward-far");
    expect(shell.seekSound.mock.calls.flat()).toEqual([9_000, 19_000]);
  });

  it("says how long it waits for sound", async () => {
    await listen();
    view("m4", 20, { status: "waiting", waitMs: 11_600 });
    await waitFor(() => expect(part("awaited")).toHaveTextContent("Sound in about 12 s"));
    expect(part("play")).toHaveAccessibleName("Pause");
  });

  it("names a recording that cannot be played, in its line and at the player", async () => {
    const bad = voice("m3", 10, 10, {
      state: "failed",
      problem: problem("audio-empty", "The recording is empty."),
    });
    const { user } = await listen({ sound: sound([voice("m1", 0, 10), bad, voice("m4", 10, 30)]) });
    expect(part("message", "m3")).toHaveTextContent("Cannot be played: The recording is empty.");
    expect(within(part("player")).queryByRole("alert")).toBeNull();
    view("m4", 10);
    const note = await within(part("player")).findByRole("alert");
    expect(note).toHaveTextContent("Recording of interaction 3 cannot be played: The recording is empty.");
    expect(note).toHaveTextContent("It is passed over; the rest plays.");
    await user.click(within(note).getByRole("button", { name: "Understood" }));
    expect(within(part("player")).queryByRole("alert")).toBeNull();
    await user.click(screen.getByText("Text of m3"));
    expect(await within(part("player")).findByRole("alert")).toHaveTextContent("The recording is empty.");
    await user.click(screen.getByText("Text of m1"));
    view("m1", 0);
    await waitFor(() => expect(within(part("player")).queryByRole("alert")).toBeNull());
  });

  it("asks again for a recording that could not be had, where the player stands before it", async () => {
    const bad = voice("m1", 0, 0, {
      state: "failed",
      problem: problem("audio-empty", "The recording is empty."),
    });
    const { user } = await listen({ sound: sound([bad, voice("m4", 0, 20)]) });
    view("m1", 0, { status: "paused" });
    await user.click(screen.getByText("Text of m1"));
    expect(shell.playSound).toHaveBeenLastCalledWith("c1", "m1", 0);
    expect(shell.resume).not.toHaveBeenCalled();
  });

  it("reads the timeline again when something of it arrived", async () => {
    await listen();
    shell.readSound.mockResolvedValue(sound([...parts, voice("m5", 40, 60)]));
    view("m1", 0, { status: "paused", revision: 1 });
    await waitFor(() => expect(part("position")).toHaveTextContent("/ 1:00"));
  });
});

describe("speed and silence", () => {
  it("goes up, down and back by key, and is kept", async () => {
    await listen();
    perform("faster");
    perform("faster");
    await waitFor(() => expect(part("speed")).toHaveTextContent("1.5×"));
    expect(shell.changeSettings).toHaveBeenLastCalledWith(expect.objectContaining({ speedPercent: 150 }));
    perform("slower");
    await waitFor(() => expect(part("speed")).toHaveTextContent("1.25×"));
    perform("normal-speed");
    await waitFor(() => expect(part("speed")).toHaveTextContent("1×"));
  });

  it("is chosen from a menu", async () => {
    const { user } = await listen();
    await user.click(part("speed"));
    await user.click(screen.getByRole("menuitem", { name: "2.5×" }));
    expect(shell.changeSettings).toHaveBeenLastCalledWith(expect.objectContaining({ speedPercent: 250 }));
  });

  it("shows what skipping saves", async () => {
    const { user } = await listen({ sound: sound(parts, { savedMs: 108_000 }) });
    const skip = screen.getByRole("button", { name: /Skip silence/ });
    expect(skip).toHaveAttribute("aria-pressed", "false");
    await user.click(skip);
    expect(skip).toHaveAccessibleName("Skip silence −1:48");
    expect(skip).toHaveAttribute("aria-pressed", "true");
  });
});

describe("following", () => {
  it("makes the sounding turn the current one, until the reviewer scrolls by hand", async () => {
    const { user } = await listen();
    view("m1", 9);
    await waitFor(() => expect(current()).toBe("m1"));
    view("m3", 10);
    await waitFor(() => expect(current()).toBe("m3"));
    expect(part("follow")).toBeNull();
    await fireEvent.wheel(part("transcript"));
    await waitFor(() => expect(part("follow")).toBeInTheDocument());
    view("m4", 20);
    await waitFor(() => expect(sounding()).toBe("m4"));
    expect(current()).toBe("m3");
    await user.keyboard("f");
    perform("follow");
    await waitFor(() => expect(current()).toBe("m4"));
    expect(part("follow")).toBeNull();
  });

  it("stops while the reviewer goes from turn to turn, and goes on with a line that is clicked on", async () => {
    const { user } = await listen();
    view("m1", 1);
    perform("next-turn");
    await waitFor(() => expect(part("follow")).toBeInTheDocument());
    await user.click(screen.getByText("Text of m3"));
    await waitFor(() => expect(part("follow")).toBeNull());
  });

  it("leaves the current turn alone while a comment is written, and takes no focus", async () => {
    const { user } = await listen();
    view("m1", 9);
    await waitFor(() => expect(current()).toBe("m1"));
    perform("comment");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    await user.keyboard("Look");
    view("m3", 10);
    await waitFor(() => expect(sounding()).toBe("m3"));
    expect(current()).toBe("m1");
    expect(part("comment-input")).toHaveFocus();
  });

  it("does not stop for scrolling while it is silent", async () => {
    await listen();
    view("m1", 9);
    view("m1", 9, { status: "paused" });
    await fireEvent.wheel(part("transcript"));
    expect(part("follow")).toBeNull();
  });
});

describe("typing", () => {
  async function typing() {
    const opened = await listen();
    view("m1", 9);
    perform("comment");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    return opened;
  }

  it("halts the sound by the setting, and sending goes on 2 s back", async () => {
    changeSettings({ pauseWhileTyping: true, speedPercent: 200 });
    const { user } = await typing();
    await user.keyboard("L");
    expect(shell.pause).toHaveBeenCalledTimes(1);
    view("m1", 9, { status: "paused" });
    await user.keyboard("ook{Control>}{Enter}{/Control}");
    await waitFor(() => expect(shell.seekSound).toHaveBeenCalledExactlyOnceWith(7_000));
    expect(shell.resume).toHaveBeenCalledTimes(1);
    expect(shell.setReview).not.toHaveBeenCalled();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(shell.setReview).toHaveBeenCalledExactlyOnceWith("c1", "done"));
  });

  it.each([
    [true, 1],
    [false, 0],
  ])("tells that the sound has ended, by the setting: %s", async (soundGoesOn, times) => {
    changeSettings({ soundGoesOn });
    const { onheard } = await listen();
    view("m1", 9);
    await waitFor(() => expect(part("message", "m1")).toBeInTheDocument());
    view("m1", 10, { status: "ended" });
    await waitFor(() => expect(onheard).toHaveBeenCalledTimes(times));
  });

  it("leaves the sound alone otherwise", async () => {
    const { user } = await typing();
    await user.keyboard("Look{Control>}{Enter}{/Control}");
    expect(shell.pause).not.toHaveBeenCalled();
    expect(shell.resume).not.toHaveBeenCalled();
  });

  it("begins with the time that is heard, by the setting", async () => {
    changeSettings({ stampComments: true });
    const { user } = await typing();
    expect(part("comment-input")).toHaveValue("[0:09] ");
    await user.keyboard("Look{Control>}{Enter}{/Control}");
    expect(shell.commentOnTurn).toHaveBeenCalledExactlyOnceWith(
      "c1",
      "interaction-1",
      expect.any(String),
      "[0:09] Look",
    );
  });

  it("sends no time without words, and keeps none", async () => {
    changeSettings({ stampComments: true });
    const { user } = await typing();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(shell.commentOnTurn).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(part("comment-input")).toHaveValue("");
  });

  it("begins without a time where nothing was heard", async () => {
    changeSettings({ stampComments: true });
    await listen();
    perform("comment");
    await waitFor(() => expect(part("comment-input")).toHaveFocus());
    expect(part("comment-input")).toHaveValue("");
  });

  it("goes back to the time a comment begins with", async () => {
    const words = { interactionId: "interaction-1", text: "[0:09] Look" };
    const { user } = await listen({ comments: [comment("k1", words)] });
    view("m3", 12);
    await user.click(await screen.findByRole("button", { name: "Go to 0:09 in the sound" }));
    expect(shell.seekSound).toHaveBeenCalledExactlyOnceWith(9_000);
    expect(part("comment", "k1")).toHaveTextContent("Look");
  });
});

describe("visiting", () => {
  const markers: MarkerView[] = [3, 4].map((n) => ({
    kind: "tool-failed",
    interactionId: `interaction-${n}`,
    messageId: `m${n}`,
    label: `tool ${n}`,
  }));

  it("goes to each tool error with the sound cued 2 s before, silent", async () => {
    await listen({ markers });
    await waitFor(() => expect(part("waveform")).toHaveAttribute("data-marks", "2"));
    perform("next-error");
    await waitFor(() => expect(part("message", "m3")).toHaveFocus());
    expect(player.positionIn("c1")).toBe(8_000);
    perform("next-error");
    await waitFor(() => expect(part("message", "m4")).toHaveFocus());
    expect(player.positionIn("c1")).toBe(18_000);
    expect(part("insights")).toHaveAttribute("data-interaction", "interaction-4");
    expect(shell.playSound).not.toHaveBeenCalled();
    perform("play-pause");
    expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c1", null, 18_000);
  });

  it("keeps sounding, and stays at the turn while what is before it is heard", async () => {
    await listen({ markers });
    await waitFor(() => expect(part("waveform")).toHaveAttribute("data-marks", "2"));
    view("m1", 1);
    perform("next-error");
    expect(shell.seekSound).toHaveBeenCalledExactlyOnceWith(8_000);
    view("m1", 8.2);
    await waitFor(() => expect(part("message", "m3")).toHaveFocus());
    expect(current()).toBe("m3");
    view("m3", 10.1);
    await waitFor(() => expect(sounding()).toBe("m3"));
    view("m4", 20.1);
    await waitFor(() => expect(current()).toBe("m4"));
  });

  it("goes to open comments forth and back, without any sound too", async () => {
    const comments = [1, 2, 3].map((n) =>
      comment(`k${n}`, { interactionId: `interaction-${n}`, resolved: n === 2 }),
    );
    await open({ messages: said.map((one) => ({ ...one, voice: false })), comments });
    await waitFor(() => expect(part("comment", "k3")).toBeInTheDocument());
    perform("next-comment");
    await waitFor(() => expect(part("message", "m1")).toHaveFocus());
    perform("next-comment");
    await waitFor(() => expect(part("message", "m3")).toHaveFocus());
    perform("previous-comment");
    await waitFor(() => expect(part("message", "m1")).toHaveFocus());
  });

  it("says that there is none", async () => {
    await listen();
    perform("next-state");
    expect(toasts().at(-1)?.text).toBe("No state change in what is read so far.");
  });
});

describe("saving", () => {
  it("asks for a file, and says where it is and that it is not protected", async () => {
    const { user } = await listen();
    shell.exportSound.mockResolvedValue("sounds/Visit 3.wav");
    view("m3", 12);
    await user.click(screen.getByRole("button", { name: "More about the sound" }));
    await user.click(screen.getByRole("menuitem", { name: /Save this message’s sound/ }));
    expect(shell.exportSound).toHaveBeenCalledExactlyOnceWith("c1", "m3");
    await waitFor(() => expect(toasts().at(-1)?.text).toMatch(/^Saved as Visit 3\.wav\. .*not protect/));
  });

  it("says why it failed, and nothing when it was called off", async () => {
    const { user } = await listen();
    const before = toasts().at(-1)?.id;
    const save = async () => {
      await user.click(screen.getByRole("button", { name: "More about the sound" }));
      await user.click(screen.getByRole("menuitem", { name: /whole conversation/ }));
    };
    shell.exportSound.mockResolvedValueOnce(null);
    await save();
    expect(toasts().at(-1)?.id).toBe(before);
    shell.exportSound.mockRejectedValueOnce(problem("internal", "The disk is full."));
    await save();
    expect(shell.exportSound).toHaveBeenLastCalledWith("c1", null);
    await waitFor(() => expect(toasts().at(-1)?.text).toBe("The sound was not saved. The disk is full."));
  });
});

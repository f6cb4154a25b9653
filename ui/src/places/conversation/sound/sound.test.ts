import { beforeEach, expect, it, vi } from "vitest";
import type { SoundView } from "../../../backend";
import { sound, voice } from "../fixtures";
import { beginAnew, shell } from "../world";
import { Sound } from "./sound.svelte";

vi.mock("../../../backend");

beforeEach(beginAnew);

const waits = sound([voice("m1", 0, 40, { state: "waiting" })]);
const ready = sound([voice("m1", 0, 42)]);

/** Opens a sound whose answer is on its way. */
function opening() {
  let answer = (_: SoundView) => {};
  shell.openSound.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const opened = new Sound("c1");
  const done = opened.open();
  return { opened, arrive: (view: SoundView) => (answer(view), done) };
}

it("shows what arrived while it was opened, though the answer does not have it yet", async () => {
  const { opened, arrive } = opening();
  shell.readSound.mockResolvedValue(ready);
  opened.again();
  await arrive(waits);
  await expect.poll(() => opened.view).toEqual(ready);
  expect(shell.readSound).toHaveBeenCalledOnce();
});

it("shows it too where an older answer comes after a newer one", async () => {
  shell.openSound.mockResolvedValueOnce(waits);
  const opened = new Sound("c1");
  await opened.open();
  let answer = (_: SoundView) => {};
  shell.openSound.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  shell.readSound.mockResolvedValue(ready);
  const renewed = opened.open();
  opened.again();
  await expect.poll(() => opened.view).toEqual(ready);
  answer(waits);
  await renewed;
  await expect.poll(() => opened.view).toEqual(ready);
});

it("is read once where nothing arrived meanwhile", async () => {
  const { opened, arrive } = opening();
  await arrive(ready);
  expect(opened.view).toEqual(ready);
  expect(shell.readSound).not.toHaveBeenCalled();
});

import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { readSettings } from "../../lib/settings.svelte";
import { shellAnswering, type Asked } from "../../test/backend";
import SoundSettings from "./SoundSettings.svelte";

const kept = {
  theme: "system",
  contrast: "system",
  baseUrl: "",
  volume: 70,
  textSize: 100,
  speedPercent: 100,
  skipSilence: false,
  silenceDb: -45,
  silenceMarginMs: 150,
  evenLoudness: false,
  byRealTime: false,
  pauseWhileTyping: false,
  stampComments: false,
  output: "USB headset" as string | null,
  muted: false,
};
let asked: Asked[];

beforeEach(async () => {
  asked = shellAnswering({
    read_settings: () => kept,
    change_settings: ({ settings }) => settings,
    list_outputs: () => [
      { name: "Built-in", isDefault: true },
      { name: "Monitor", isDefault: false },
    ],
  });
  await readSettings();
  render(SoundSettings);
  await screen.findByRole("option", { name: "Monitor" });
});

const sent = () => asked.filter(({ command }) => command === "change_settings").at(-1)?.args["settings"];

it("names the devices, the system's own, and one that is chosen and not there", () => {
  const names = screen.getAllByRole("option").map((option) => option.textContent);
  expect(names).toEqual(
    expect.arrayContaining([
      "System default (Built-in)",
      "Built-in",
      "Monitor",
      "USB headset (not connected)",
    ]),
  );
  expect(screen.getByLabelText("Sound goes to")).toHaveDisplayValue("USB headset (not connected)");
});

it("goes back to the system's device", async () => {
  await userEvent.selectOptions(screen.getByLabelText("Sound goes to"), "System default (Built-in)");
  expect(sent()).toEqual({ ...kept, output: null });
});

it.each([
  ["Mute", { muted: true }],
  ["Skip pauses", { skipSilence: true }],
  ["Make all recordings about equally loud", { evenLoudness: true }],
  ["Pause, and go on 2 s back when the comment is sent", { pauseWhileTyping: true }],
  ["Begin a comment with the time that is heard", { stampComments: true }],
  ["The real pauses, shortened", { byRealTime: true }],
])("keeps at once: %s", async (label, change) => {
  await userEvent.click(screen.getByLabelText(label));
  expect(sent()).toEqual({ ...kept, ...change });
});

it("keeps the speed as it is chosen", async () => {
  await userEvent.selectOptions(screen.getByLabelText("Speed"), "1.75×");
  expect(sent()).toEqual({ ...kept, speedPercent: 175 });
});

it("asks how to skip only where pauses are skipped", async () => {
  expect(screen.getByLabelText("Quieter than")).toBeDisabled();
  await userEvent.click(screen.getByLabelText("Skip pauses"));
  expect(screen.getByLabelText("Quieter than")).toBeEnabled();
  expect(screen.getByLabelText("Left beside words")).toBeEnabled();
});

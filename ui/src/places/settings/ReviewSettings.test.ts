import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, it } from "vitest";
import type { Settings } from "../../backend";
import { readSettings } from "../../lib/settings.svelte";
import { shellAnswering, type Asked } from "../../test/backend";
import ReviewSettings from "./ReviewSettings.svelte";

const kept = {
  theme: "system",
  contrast: "system",
  textSize: 100,
  shareReview: true,
  autoAdvance: true,
  soundGoesOn: false,
  reviewTag: "review",
  reviewerTag: "reviewer",
  keyboard: { preset: "console", singleKeys: true, bindings: [], menuBar: false, uses: [] },
};
let asked: Asked[];

/** The shell puts the usual name in place of one that no tag can have. */
const valid = (settings: Settings) => ({
  ...settings,
  reviewTag: /^[\w ]+$/.test(settings.reviewTag) ? settings.reviewTag : "review",
});

beforeEach(async () => {
  asked = shellAnswering({
    read_settings: () => kept,
    change_settings: ({ settings }) => valid(settings as Settings),
  });
  await readSettings();
});

const sent = () => asked.filter(({ command }) => command === "change_settings").at(-1)?.args["settings"];
const field = () => screen.getByRole("textbox", { name: "Tag of the state" });
async function type(text: string) {
  await userEvent.clear(field());
  await userEvent.type(field(), text);
  await userEvent.tab();
}

it("switches the sharing, and the names are closed while it is off", async () => {
  render(ReviewSettings);
  const share = screen.getByRole("checkbox", { name: "Share the state of reviews with the team, in tags" });
  expect(share).toBeChecked();
  expect(share).toHaveAccessibleDescription(/as in review:done/);
  await userEvent.click(share);
  expect(sent()).toEqual({ ...kept, shareReview: false });
  expect(field()).toBeDisabled();
  expect(screen.getByRole("textbox", { name: "Tag of the reviewer" })).toBeDisabled();
});

it("takes another name once the field is left", async () => {
  render(ReviewSettings);
  await userEvent.clear(field());
  await userEvent.type(field(), " state ");
  expect(sent()).toBeUndefined();
  await userEvent.tab();
  expect(sent()).toEqual({ ...kept, reviewTag: "state" });
  await expect.poll(field).toHaveValue("state");
});

it("shows the name that is in force where no tag can have the one that was typed, and says so", async () => {
  render(ReviewSettings);
  await type("a-b");
  await expect.poll(field).toHaveValue("review");
  await expect.poll(field).toHaveAccessibleDescription(/the usual name is used instead/);
  await type("state");
  await expect.poll(field).toHaveAccessibleDescription(/in progress, done or skipped/);
});

it("asks for two different names", async () => {
  render(ReviewSettings);
  await type("reviewer");
  expect(field()).toHaveAccessibleDescription(/The other tag has this name/);
  expect(field()).toHaveValue("reviewer");
  expect(sent()).toBeUndefined();
});

it("can be used without seeing it", async () => {
  const { container } = render(ReviewSettings);
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id }) => id)).toEqual([]);
});

it("says whether a review leads to the next one, and the sound too", async () => {
  render(ReviewSettings);
  await userEvent.click(screen.getByRole("checkbox", { name: /next conversation without a review opens/ }));
  expect(sent()).toMatchObject({ autoAdvance: false, soundGoesOn: false });
  await userEvent.click(screen.getByRole("checkbox", { name: /When the sound of a conversation ends/ }));
  expect(sent()).toMatchObject({ autoAdvance: false, soundGoesOn: true });
});

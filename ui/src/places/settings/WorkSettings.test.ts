import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { problem, shellAnswering } from "../../test/backend";
import WorkSettings from "./WorkSettings.svelte";

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const said = () => toasts().map(({ text }) => text);

beforeEach(() => {
  toasts().forEach(({ id }) => dismiss(id));
  render(WorkSettings);
});

it("says where the history was saved, and nothing when the reviewer thought better of it", async () => {
  const paths = ["history.jsonl", null];
  const asked = shellAnswering({ export_history: () => paths.shift() });
  await press("Export history…");
  await expect.poll(said).toEqual(["History saved to history.jsonl"]);
  await press("Export history…");
  expect(asked).toHaveLength(2);
  expect(said()).toHaveLength(1);
});

it("clears the cache, and says in place why it cannot", async () => {
  let full = true;
  shellAnswering({
    clear_cache: () => {
      if (full) throw problem({ code: "storage", message: "The disk is full." });
      return null;
    },
  });
  await press("Clear cache");
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "The disk is full. Nothing of your work is lost.",
  );
  full = false;
  await press("Try again");
  await expect.poll(said).toEqual(["What can be fetched again was removed. Your work stays."]);
  expect(screen.queryByRole("alert")).toBeNull();
});

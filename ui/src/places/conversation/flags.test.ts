import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, it, vi } from "vitest";
import { toasts } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import { problem } from "./fixtures";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(beginAnew);

/** A conversation whose flags are kept as the shell keeps them. */
async function opened() {
  const view = await open();
  shell.flagMessage.mockImplementation(async (_, message, isSet) => {
    const flags = view.kept.of("c1").flags.filter((id) => id !== message);
    view.kept.put("c1", { flags: isSet ? [...flags, message] : flags });
    return view.kept.of("c1");
  });
  return view;
}

const flag = (message: string) => part("message", message).querySelector("[data-part=flag]")!;

it("is set on the current turn by its key, and taken away by it", async () => {
  await opened();
  await waitFor(() => expect(part("message", "m1")).toHaveAttribute("aria-current"));
  perform("next-turn");
  perform("flag");
  await waitFor(() => expect(flag("m2")).toHaveAttribute("aria-pressed", "true"));
  expect(flag("m1")).toHaveAttribute("aria-pressed", "false");
  perform("flag");
  await waitFor(() => expect(flag("m2")).toHaveAttribute("aria-pressed", "false"));
  expect(shell.flagMessage.mock.calls).toEqual([
    ["c1", "m2", true],
    ["c1", "m2", false],
  ]);
});

it("is set by the pointer without leaving the turn", async () => {
  const { user } = await opened();
  await user.click(flag("m2"));
  await waitFor(() => expect(flag("m2")).toHaveAttribute("aria-pressed", "true"));
  expect(part("message", "m1")).toHaveAttribute("aria-current");
});

it("says why it could not be kept", async () => {
  const { user } = await open();
  shell.flagMessage.mockRejectedValue(problem("storage", "The disk is full."));
  await user.click(flag("m1"));
  await waitFor(() =>
    expect(toasts().map(({ text }) => text)).toContain("The flag stays as it was. The disk is full."),
  );
  expect(screen.queryAllByRole("button", { pressed: true })).toEqual([]);
});

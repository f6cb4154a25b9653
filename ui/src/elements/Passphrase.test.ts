import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { problem } from "../test/backend";
import Passphrase from "./Passphrase.svelte";

const PHRASE = "four patient herons";
const onleave = vi.fn();

it("asks twice for a new one, and says when they differ", async () => {
  const onuse = vi.fn(async () => {});
  const { container } = render(Passphrase, { use: "choose", onuse, onleave });
  expect(screen.getByLabelText("New passphrase")).toHaveFocus();
  expect(screen.getByLabelText("New passphrase")).toHaveAttribute("type", "password");
  await userEvent.keyboard(`${PHRASE}{Tab}four patent herons{Enter}`);
  expect(screen.getByText("This is not the same as above.")).toBeVisible();
  expect(screen.getByLabelText("The same again")).toHaveFocus();
  expect(onuse).not.toHaveBeenCalled();
  expect((await axe.run(container)).violations).toEqual([]);
  await userEvent.clear(screen.getByLabelText("The same again"));
  await userEvent.keyboard(`${PHRASE}{Enter}`);
  expect(onuse).toHaveBeenCalledExactlyOnceWith(PHRASE, "");
});

it("asks for the present one before another takes its place, and says which of them is wrong", async () => {
  const problems = [
    problem({ code: "wrong-passphrase", message: "This does not open it." }),
    problem({ code: "bad-input", message: "Choose a longer one." }),
  ];
  const onuse = vi.fn(async () => {
    const next = problems.shift();
    if (next) throw next;
  });
  const { container } = render(Passphrase, { use: "change", onuse, onleave });
  const [present, chosen] = [
    screen.getByLabelText("Present passphrase"),
    screen.getByLabelText("New passphrase"),
  ];
  expect(present).toHaveFocus();
  await userEvent.keyboard(`{Tab}${PHRASE}{Tab}${PHRASE}{Enter}`);
  expect(present).toHaveFocus();
  expect(onuse).not.toHaveBeenCalled();
  await userEvent.keyboard("the old one{Enter}");
  expect(present).toHaveAccessibleDescription("This does not open it.");
  expect(present).toHaveFocus();
  expect((await axe.run(container)).violations).toEqual([]);
  await userEvent.keyboard("{Enter}");
  expect(present).not.toHaveAccessibleDescription();
  expect(chosen).toHaveAccessibleDescription("Choose a longer one.");
  expect(chosen).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  expect(onuse).toHaveBeenLastCalledWith(PHRASE, "the old one");
  expect(onuse).toHaveBeenCalledTimes(3);
});

it("says why one opens nothing, with the text ready to be typed anew", async () => {
  const onuse = vi.fn(async () => {
    throw problem({ code: "wrong-passphrase", message: "This passphrase does not open what is kept here." });
  });
  render(Passphrase, { use: "enter", onuse, onleave });
  await userEvent.keyboard(`${PHRASE}{Enter}`);
  expect(await screen.findByText("This passphrase does not open what is kept here.")).toBeVisible();
  const field = screen.getByLabelText<HTMLInputElement>("Passphrase");
  expect(field).toHaveFocus();
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, PHRASE.length]);
});

it("is left with Escape, and takes nothing empty", async () => {
  const onuse = vi.fn(async () => {});
  render(Passphrase, { use: "enter", onuse, onleave });
  await userEvent.keyboard("{Enter}");
  expect(onuse).not.toHaveBeenCalled();
  await userEvent.keyboard("{Escape}");
  expect(onleave).toHaveBeenCalledOnce();
});

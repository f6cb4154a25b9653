import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import { Review } from "./review.svelte";
import { isTyping, sendTyped } from "./finishing";
import WritingField from "./WritingField.svelte";

function show(isSendable = true) {
  const review = new Review({ id: "c1", tags: [], review: null }, () => {});
  const given = { send: vi.fn(async () => true), ontype: vi.fn(), onleave: vi.fn() };
  const view = render(WritingField, { review, text: "Hello", rows: 2, label: "Words", isSendable, ...given });
  return { review, field: screen.getByRole("textbox", { name: "Words" }), ...given, ...view };
}

it("is left by Escape, but not while a word is being composed", async () => {
  const { field, onleave } = show();
  await fireEvent.keyDown(field, { key: "Escape", isComposing: true });
  expect(onleave).not.toHaveBeenCalled();
  await fireEvent.keyDown(field, { key: "Escape" });
  expect(onleave).toHaveBeenCalledOnce();
});

it("says what is typed and where the caret is", async () => {
  const { field, ontype } = show();
  await fireEvent.input(field, { target: { value: "Hello you", selectionEnd: 5 } });
  expect(ontype).toHaveBeenCalledExactlyOnceWith("Hello you", 5);
});

it("is sent by the key only where the focus is in it and there is something to send, and only while it is there", async () => {
  const { field, review, send, rerender, unmount } = show();
  expect(isTyping(review)).toBe(false);
  field.focus();
  expect(isTyping(review)).toBe(true);
  expect(await sendTyped(review)).toBe(true);
  expect(send).toHaveBeenCalledOnce();
  await rerender({ isSendable: false });
  expect(sendTyped(review)).toBe(false);
  await rerender({ isSendable: true });
  unmount();
  expect(review.unsent.size).toBe(0);
});

import { fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import Tip from "./Tip.svelte";

const REST = 500;
const WAY = 150;
let button: HTMLButtonElement;
let time: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<button data-tip="Read it again" aria-describedby="why">Again</button><time>Nov 19</time>`;
  button = document.querySelector("button")!;
  time = document.querySelector("time")!;
  render(Tip);
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

const words = () => screen.queryByRole("tooltip", { hidden: true });
const shown = () => words()?.textContent;
async function point(at: Element, ms: number) {
  await fireEvent.pointerOver(at);
  await vi.advanceTimersByTimeAsync(ms);
}

it("says nothing to a pointer that passes, and speaks to one that rests", async () => {
  await point(button, REST - 1);
  expect(shown()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(shown()).toBe("Read it again");
  expect(button.getAttribute("aria-describedby")).toBe(`why ${words()!.parentElement!.id}`);
});

it("stays while the pointer is on the words, and goes soon after it has left", async () => {
  await point(button, REST);
  await point(time, WAY - 1);
  await point(words()!, 10 * REST);
  expect(shown()).toBe("Read it again");
  await point(time, WAY);
  expect(shown()).toBeUndefined();
  expect(button.getAttribute("aria-describedby")).toBe("why");
});

it("says what an element has learnt since it was pointed at", async () => {
  await fireEvent.pointerOver(time);
  time.dataset["tip"] = "Thursday, 19 November, 9:21";
  await vi.advanceTimersByTimeAsync(REST);
  expect(shown()).toBe("Thursday, 19 November, 9:21");
});

it("speaks at once where the keyboard's focus is, and not where it has left", async () => {
  button.focus();
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe("Read it again");
  button.blur();
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBeUndefined();
});

it.each([
  ["Escape", () => fireEvent.keyDown(document.body, { key: "Escape" })],
  ["a press", () => fireEvent.pointerDown(button)],
  ["scrolling", () => fireEvent.scroll(document.body)],
  ["leaving the window", () => fireEvent.pointerOut(button, { relatedTarget: null })],
])("goes with %s, and does not come back by itself", async (_, act) => {
  await point(button, REST);
  await act();
  await vi.advanceTimersByTimeAsync(10 * REST);
  expect(shown()).toBeUndefined();
});

it("does not describe an element by what it is called", async () => {
  button.setAttribute("aria-label", "Read it again");
  await point(button, REST);
  expect(shown()).toBe("Read it again");
  expect(button.getAttribute("aria-describedby")).toBe("why");
});

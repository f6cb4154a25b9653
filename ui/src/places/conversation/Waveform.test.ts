import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { clip } from "./fixtures";
import Waveform from "./Waveform.svelte";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ addEventListener() {}, removeEventListener() {} }));
});

function shown() {
  const onseek = vi.fn();
  render(Waveform, { clip: clip("m1"), positionMs: 2_400, voice: "agent", onseek });
  const slider = screen.getByRole("slider", { name: "Position in the message" });
  slider.setPointerCapture = vi.fn();
  slider.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
  return { onseek, slider };
}

it("says where it is in words", () => {
  expect(shown().slider).toHaveAttribute("aria-valuetext", "2 seconds of 12 seconds");
});

it("seeks by keys", async () => {
  const { onseek, slider } = shown();
  slider.focus();
  await userEvent.keyboard("{ArrowRight}{PageDown}{Home}{End}");
  expect(onseek.mock.calls.flat()).toEqual([4_400, -7_600, 0, 12_000]);
});

it("seeks where the pointer lets go, and shows where it is held", async () => {
  const { onseek, slider } = shown();
  const pointer = userEvent.setup().pointer;
  await pointer({ keys: "[MouseLeft>]", target: slider, coords: { clientX: 200 } });
  expect(slider).toHaveAttribute("aria-valuetext", "3 seconds of 12 seconds");
  await pointer({ target: slider, coords: { clientX: 400 } });
  expect(slider).toHaveAttribute("aria-valuetext", "9 seconds of 12 seconds");
  expect(onseek).not.toHaveBeenCalled();
  await pointer({ keys: "[/MouseLeft]", target: slider, coords: { clientX: 9_999 } });
  expect(onseek).toHaveBeenCalledExactlyOnceWith(12_000);
});

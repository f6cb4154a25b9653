import { expect, it } from "vitest";
import { bars, barsIn } from "./bars";

it("keeps the loudest peak of what a bar stands for", () => {
  expect(bars([0, 255, 0, 51], 2)).toEqual([1, 0.2]);
});

it("stretches few peaks over many bars", () => {
  expect(bars([0, 255], 4)).toEqual([0, 0, 1, 1]);
});

it("leaves out no peak, whatever the widths", () => {
  for (const count of [1, 7, 100, 601]) {
    const peaks = Array.from({ length: 600 }, (_, at) => (at === 431 ? 255 : 0));
    expect(Math.max(...bars(peaks, count))).toBe(1);
    expect(bars(peaks, count)).toHaveLength(count);
  }
});

it("draws nothing of nothing", () => expect(bars([], 10)).toEqual([]));

it("fits bars into a width", () => expect([0, 2, 5, 300].map(barsIn)).toEqual([1, 1, 2, 100]));

import { describe, expect, it } from "vitest";
import { shift } from "./in-view";

const view = { top: 100, bottom: 700 };
const line = (top: number, height = 40) => ({ top, bottom: top + height });

describe("shift", () => {
  it("moves nothing while the line and what follows are in view", () => {
    expect([132, 300, 510].map((top) => shift(view, line(top)))).toEqual([0, 0, 0]);
  });

  it("puts a line that nears an edge, or is beyond it, a third from the top", () => {
    for (const top of [-400, 110, 511, 650, 2_000]) expect(top - shift(view, line(top))).toBe(300);
  });

  it("begins a tall line higher, so that its end is in view", () => {
    const tall = line(500, 500);
    expect(tall.bottom - shift(view, tall)).toBe(view.bottom);
  });

  it("begins a line taller than the view at the top of it", () => {
    expect(650 - shift(view, line(650, 3_000))).toBe(view.top + 32);
  });
});

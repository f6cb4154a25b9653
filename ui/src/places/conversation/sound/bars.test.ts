import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barLength, bars, TILE, valueLength } from "./bars";

/** Tiles cut from one line of values. */
const tilesFrom = (values: readonly number[]) => (number: number) =>
  values.slice(number * TILE, (number + 1) * TILE);

describe("bars", () => {
  it("keep the loudest of what they stand for", () => {
    const made = bars({ fromMs: 0, toMs: 40 }, 20, 10, tilesFrom([0, 255, 0, 51]));
    expect(made.map(({ loud }) => loud)).toEqual([1, 0.2]);
  });

  it("leave out no loud moment, whatever the width and the stretch", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 2_000 }),
        fc.integer({ min: 1_000, max: 600_000 }),
        (width, span) => {
          const length = barLength({ fromMs: 0, toMs: span }, width);
          const value = valueLength(length);
          const count = Math.ceil(span / value);
          const loudAt = Math.floor(count / 3);
          const values = Array.from({ length: count }, (_, at) => (at === loudAt ? 255 : 0));
          const made = bars({ fromMs: 0, toMs: span }, length, value, tilesFrom(values));
          expect(Math.max(...made.map(({ loud }) => loud ?? 0))).toBe(1);
        },
      ),
    );
  });

  it("keep their height when what is shown is moved", () => {
    const values = Array.from({ length: 400 }, (_, at) => (at * 37) % 256);
    const heights = (fromMs: number) =>
      new Map(
        bars({ fromMs, toMs: fromMs + 1_000 }, 30, 20, tilesFrom(values)).map(({ fromMs, loud }) => [
          fromMs,
          loud,
        ]),
      );
    const before = heights(300);
    for (const [at, loud] of heights(317)) if (before.has(at)) expect(loud).toBe(before.get(at));
  });

  it("say where nothing is known yet", () => {
    expect(bars({ fromMs: 0, toMs: 20 }, 10, 10, () => undefined).map(({ loud }) => loud)).toEqual([
      null,
      null,
    ]);
  });

  it("are none where there is no length", () => {
    expect(bars({ fromMs: 0, toMs: 0 }, 0, 10, () => [])).toEqual([]);
  });
});

it("asks for values about as long as a bar, in steps", () => {
  expect([3, 10, 19, 20, 45, 900].map(valueLength)).toEqual([10, 10, 10, 20, 40, 640]);
});

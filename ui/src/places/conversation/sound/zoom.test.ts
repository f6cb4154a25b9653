import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { View } from "./view.svelte";
import { follow, within } from "./zoom";

const HOUR = 3_600_000;

describe("zooming", () => {
  it("goes from the whole to a minute to ten seconds, and keeps what is held where it is", () => {
    const view = new View();
    view.zoom(1, 1_800_000, HOUR);
    expect(view.stretch(HOUR)).toEqual({ fromMs: 1_770_000, toMs: 1_830_000 });
    view.zoom(1, 1_800_000, HOUR);
    expect(view.stretch(HOUR)).toEqual({ fromMs: 1_795_000, toMs: 1_805_000 });
    expect(view.canZoom(1, HOUR)).toBe(false);
    view.zoom(-1, 1_800_000, HOUR);
    view.zoom(-1, 1_800_000, HOUR);
    expect(view.stretch(HOUR)).toEqual({ fromMs: 0, toMs: HOUR });
  });

  it("passes over a level that shows nothing else", () => {
    const view = new View();
    view.zoom(1, 0, 40_000);
    expect(view.stretch(40_000)).toEqual({ fromMs: 0, toMs: 10_000 });
    expect(new View().canZoom(1, 8_000)).toBe(false);
  });

  it("never shows what is before the beginning or after the end", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: HOUR }),
        (from, span, total) => {
          const { fromMs, toMs } = within({ fromMs: from, toMs: from + span }, total);
          expect(fromMs).toBeGreaterThanOrEqual(0);
          expect(toMs).toBeLessThanOrEqual(total);
          expect(toMs - fromMs).toBe(Math.min(span, total));
        },
      ),
    );
  });
});

describe("going along with the playhead", () => {
  const minute = { fromMs: 60_000, toMs: 120_000 };

  it("stands still while it is in view, and turns the page before it is out of it", () => {
    expect(follow(minute, 80_000, 80_250, HOUR)).toBe(minute);
    const next = follow(minute, 115_000, 115_300, HOUR);
    expect(next.fromMs).toBeGreaterThan(100_000);
    expect(next.fromMs).toBeLessThan(115_300);
  });

  it("goes where it jumps to, back too", () => {
    const back = follow(minute, 80_000, 10_000, HOUR);
    expect(back.fromMs).toBeLessThanOrEqual(10_000);
    expect(back.toMs).toBeGreaterThan(10_000);
  });

  it("leaves alone what was moved away from it", () => {
    expect(follow(minute, 400_000, 400_250, HOUR)).toBe(minute);
  });

  it("rests at the end", () => {
    const last = { fromMs: HOUR - 60_000, toMs: HOUR };
    expect(follow(last, HOUR - 2_000, HOUR - 1_000, HOUR)).toBe(last);
  });
});

import { expect, it } from "vitest";
import { speedInWords, stepFrom } from "./speed";

it.each([
  [100, 1, 125],
  [100, -1, 75],
  [110, 1, 125],
  [110, -1, 100],
  [300, 1, 300],
  [50, -1, 50],
  [175, 0, 100],
] as const)("from %i percent by %i", (from, by, to) => expect(stepFrom(from, by)).toBe(to));

it("is shown as a factor", () => expect([50, 100, 175].map(speedInWords)).toEqual(["0.5×", "1×", "1.75×"]));

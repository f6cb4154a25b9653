import { expect, it } from "vitest";
import type { BulkPlan } from "../../backend";
import { durationInWords, planInLines, waitInWords } from "./bulk-words";

const plan: BulkPlan = {
  added: 0,
  changed: 0,
  removed: 0,
  stay: 0,
  refused: [],
  calls: 0,
  ahead: 0,
  perMinute: 50,
};

it.each([
  [1, "less than 1 min"],
  [50, "less than 1 min"],
  [51, "a little over 1 min"],
  [60, "a little over 1 min"],
  [100, "a little over 1 min"],
  [101, "a little over 2 min"],
  [1000, "a little over 19 min"],
])("says how long %i calls take", (calls, words) => {
  expect(durationInWords(calls, 50)).toBe(words);
});

it("says what would come of it", () => {
  expect(planInLines({ ...plan, added: 56, changed: 1, stay: 2, refused: ["c4"] })).toEqual([
    "56 conversations get it",
    "1 conversation gets another value",
    "2 conversations stay as they are",
    "1 conversation has 20 tags and cannot take it",
  ]);
  expect(planInLines({ ...plan, removed: 2 })).toEqual(["2 conversations lose it"]);
});

it("counts what waits already", () => {
  expect(waitInWords(plan)).toBe("Nothing would be changed.");
  expect(waitInWords({ ...plan, calls: 60 })).toBe(
    "Sent within a little over 1 min: the server takes 50 a minute.",
  );
  expect(waitInWords({ ...plan, calls: 30, ahead: 40 })).toBe(
    "Sent within a little over 1 min, behind 40 changes that wait already: the server takes 50 a minute.",
  );
});

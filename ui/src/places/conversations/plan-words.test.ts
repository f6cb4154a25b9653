import { expect, test } from "vitest";
import type { QueueForm, QueuePlan } from "../../backend";
import { EVERYTHING, toKept } from "./filters";
import { planInWords } from "./plan-words";

const form: QueueForm = {
  narrowing: toKept(EVERYTHING),
  started: "anyTime",
  unreviewedOnly: false,
  draw: null,
};
const plan: QueuePlan = { byRule: 40, atRandom: 0, matching: 40, others: null, goesOn: false };

test("a plan says how many there are and of how many", () => {
  expect(planInWords(plan, form)).toBe("40 conversations: 40 by rule (of 40).");
  const draw = { size: 50, rulePercent: 80, seed: 7 };
  const sample = { ...plan, atRandom: 10, matching: 312, others: 1204 };
  expect(planInWords(sample, { ...form, draw })).toBe(
    "50 conversations: 40 by rule (of 312), 10 random (of 1,204).",
  );
});

test("a plan says what was cut off, also where nothing is left", () => {
  const oldestFirst = { ...form, narrowing: { ...form.narrowing, oldestFirst: true } };
  const further = { ...plan, goesOn: true };
  expect(planInWords(further, form)).toContain("Only the newest 3,000 conversations are looked at.");
  expect(planInWords(further, oldestFirst)).toContain("Only the oldest 3,000");
  expect(planInWords(further, { ...oldestFirst, started: "lastWeek" })).toContain("Only the newest 3,000");
  expect(planInWords({ ...further, byRule: 0, matching: 0 }, form)).toBe(
    "Nothing would be in it. Only the newest 3,000 conversations are looked at.",
  );
  expect(planInWords({ ...plan, byRule: 1000, matching: 2500 }, form)).toBe(
    "1,000 conversations: 1,000 by rule (of 2,500). A queue holds no more: the first of them are in it.",
  );
});

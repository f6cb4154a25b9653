import fc from "fast-check";
import { expect, it } from "vitest";
import type { ReviewStep } from "../../backend";
import { conversation } from "../../test/backend";
import { isAmong, ONLY, progressInWords, progressOf } from "./queue-progress";

const some = fc.array(
  fc.record({
    step: fc.constantFrom<(ReviewStep | null)[]>(null, "inProgress", "done", "skipped"),
    drafted: fc.boolean(),
  }),
);

it("is what counting each choice by hand gives", () => {
  fc.assert(
    fc.property(some, (some) => {
      const rows = some.map(({ step }, n) =>
        conversation(n, { review: step && { step, reviewer: null, hereOnly: false } }),
      );
      const drafted = new Set(rows.filter((_, n) => some[n]?.drafted).map(({ id }) => id));
      const progress = progressOf(rows, drafted);
      for (const { id } of ONLY)
        expect(progress[id]).toBe(rows.filter((row) => isAmong(id, row, drafted)).length);
      expect(progress.toDo + progress.inProgress + progress.done + progress.skipped).toBe(progress.all);
    }),
  );
});

it("is said in words", () => {
  const none = { all: 40, toDo: 28, inProgress: 0, done: 12, skipped: 0, drafts: 0 };
  expect(progressInWords(none)).toBe("12 of 40 done");
  expect(progressInWords({ ...none, drafts: 1 })).toBe("12 of 40 done, 1 draft");
  expect(progressInWords({ ...none, drafts: 3 })).toBe("12 of 40 done, 3 drafts");
});

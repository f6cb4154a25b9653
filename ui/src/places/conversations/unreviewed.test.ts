import fc from "fast-check";
import { expect, it } from "vitest";
import type { ReviewStep } from "../../backend";
import { conversation } from "../../test/backend";
import { isUnreviewed, nextUnreviewed } from "./unreviewed";

const steps = fc.array(fc.constantFrom<(ReviewStep | null)[]>(null, "inProgress", "done", "skipped"));
const rowsOf = (steps: (ReviewStep | null)[]) =>
  steps.map((step, n) => conversation(n, { review: step && { step, reviewer: null, hereOnly: false } }));

it("is the first from there on that is neither done nor skipped nor gone", () => {
  fc.assert(
    fc.property(steps, fc.nat(30), fc.nat(30), (steps, from, gone) => {
      const rows = rowsOf(steps);
      const isGone = (id: string) => id === rows[gone]?.id;
      const found = nextUnreviewed(rows, from, isGone);
      const left = rows.filter((row, at) => at >= from && at !== gone && isUnreviewed(row));
      expect(rows[found]?.id).toBe(left[0]?.id);
    }),
  );
});

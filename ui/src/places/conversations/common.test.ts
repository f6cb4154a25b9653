import { expect, test } from "vitest";
import { Common } from "./common";

test("what is equal is the same", () => {
  const common = new Common();
  const known = common.share({ id: "u", name: "Ana" });
  expect(common.share({ id: "u", name: "Ana" })).toBe(known);
  expect(common.share({ id: "u", name: null })).toEqual({ id: "u", name: null });
  expect(common.share(null)).toBe(null);
});

test("it does not grow without end", () => {
  const common = new Common();
  const first = common.share({ id: "first" });
  for (let id = 0; id < 1_000; id += 1) common.share({ id });
  expect(common.share({ id: "first" })).not.toBe(first);
});

import { describe, expect, it } from "vitest";
import { stamp, stampOf } from "./stamp";

describe("the time a comment begins with", () => {
  it.each([0, 9_000, 83_000, 3_723_000])("is read as it was written: %i ms", (ms) => {
    const found = stampOf(`${stamp(ms)}Too fast.`);
    expect(found).toMatchObject({ ms, words: "Too fast." });
    expect(stamp(ms)).toBe(`[${found?.written}] `);
  });

  it("is the second that was reached", () => {
    expect(stamp(83_999)).toBe("[1:23] ");
  });

  it.each(["No time", "at [1:23] here", "[1:2] x", "[a:23] x", "[] x", "[1234:00] x"])(
    "is not in %j",
    (text) => {
      expect(stampOf(text)).toBeUndefined();
    },
  );

  it("may stand alone", () => {
    expect(stampOf("[1:23]")).toEqual({ ms: 83_000, written: "1:23", words: "" });
  });
});

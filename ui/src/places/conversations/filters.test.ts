import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EVERYTHING,
  filterFrom,
  fromKept,
  isNarrowed,
  narrowingInWords,
  tagInWords,
  toKept,
  understandId,
  understandTag,
  withOne,
} from "./filters";

describe("what is asked of the server", () => {
  it("is every conversation when nothing is narrowed", () => {
    expect(filterFrom(EVERYTHING)).toEqual({
      userIds: [],
      serviceIds: [],
      isFinished: null,
      ids: [],
      tags: [],
      oldestFirst: false,
    });
    expect(isNarrowed(EVERYTHING)).toBe(false);
  });

  it("has ids for the names that are shown", () => {
    const narrowing = {
      people: [{ id: "u1", name: "Amara" }],
      services: [
        { id: "s1", name: "Check-in" },
        { id: "s2", name: null },
      ],
      finished: "unfinished",
      tags: ["risk:high"],
      ids: ["a".repeat(24)],
      oldestFirst: true,
    } as const;
    expect(filterFrom(narrowing)).toEqual({
      userIds: ["u1"],
      serviceIds: ["s1", "s2"],
      isFinished: false,
      ids: ["a".repeat(24)],
      tags: ["risk:high"],
      oldestFirst: true,
    });
    expect(fromKept(toKept(narrowing))).toEqual(narrowing);
    expect(narrowingInWords(narrowing)).toBe(
      "Unfinished · Check-in · s2 · Amara · risk: high · 1 by id · oldest first",
    );
    expect(isNarrowed(narrowing)).toBe(true);
  });

  it("tells finished from in progress", () => {
    expect(filterFrom({ ...EVERYTHING, finished: "finished" }).isFinished).toBe(true);
    expect(filterFrom({ ...EVERYTHING, finished: "unfinished" }).isFinished).toBe(false);
  });
});

describe("a tag that is typed", () => {
  it.each([
    ["risk:high", "risk:high", "risk: high"],
    [" risk : very high ", "risk:very high", "risk: very high"],
    ["risk", "risk:*", "risk: any value"],
    ["risk:*", "risk:*", "risk: any value"],
    ["risk:", "risk:", "risk: no value"],
    ["言語:日本語", "言語:日本語", "言語: 日本語"],
  ])("%j is %j, in words %j", (typed, value, words) => {
    expect(understandTag(typed)).toEqual({ value });
    expect(tagInWords(value)).toBe(words);
  });

  it.each(["", "  ", ":high", "risk-level:high", "risk:high:er", "a.b:c", "risk:hi*"])(
    "%j is refused with a reason",
    (typed) => {
      expect(understandTag(typed)).toEqual({ wrong: expect.stringMatching(/\.$/) });
    },
  );
});

describe("an id that is typed", () => {
  it("is taken with blanks and capitals put right", () => {
    expect(understandId("  68E0A1B2C3D4E5F60718293A ")).toEqual({ value: "68e0a1b2c3d4e5f60718293a" });
  });

  it("is refused when the server would refuse it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const understood = understandId(text);
        expect("value" in understood).toBe(/^\s*[a-fA-F0-9]{24}\s*$/.test(text));
      }),
    );
  });
});

it("nothing is in a filter twice", () => {
  const person = { id: "u1", name: "Amara" };
  expect(withOne([person], { ...person })).toEqual([person]);
  expect(withOne(["a"], "b")).toEqual(["a", "b"]);
});

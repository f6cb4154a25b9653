import { describe, expect, it } from "vitest";
import { voice } from "../fixtures";
import { heardAt, partsIn, passedBefore } from "./timeline";

const mark = (id: string, at: number) => voice(id, at, at, { kind: "mark" });

describe("what is heard at a time", () => {
  const parts = [mark("t0", 0), voice("a", 0, 5), mark("t1", 5), voice("b", 5, 9), voice("c", 12, 14)];
  it.each([
    [0, "a"],
    [4_999, "a"],
    [5_000, "b"],
    [10_000, "b"],
    [12_000, "c"],
    [99_000, "c"],
  ])("at %i ms", (ms, id) => expect(heardAt(parts, ms)?.messageId).toBe(id));

  it("is a message without sound where nothing else is", () => {
    expect(heardAt([mark("t0", 0)], 0)?.messageId).toBe("t0");
    expect(heardAt([], 0)).toBeUndefined();
  });
});

it("finds what reaches into a stretch, in a long conversation too", () => {
  const parts = Array.from({ length: 1_000 }, (_, at) => voice(`m${at}`, at * 10, at * 10 + 10));
  expect(partsIn(parts, 5_003_000, 5_011_000).map(({ messageId }) => messageId)).toEqual(["m500", "m501"]);
});

it("knows what was passed over just before a message", () => {
  const parts = [
    voice("a", 0, 5),
    voice("b", 5, 5, { state: "failed" }),
    mark("t", 5),
    voice("c", 5, 9),
    voice("d", 9, 12),
  ];
  expect(["a", "c", "d", "elsewhere"].map((id) => passedBefore(parts, id)?.messageId)).toEqual([
    undefined,
    "b",
    undefined,
    undefined,
  ]);
});

import { describe, expect, it } from "vitest";
import type { MarkerView } from "../../../backend";
import { comment, message, voice } from "../fixtures";
import { append, NOTHING_READ } from "../transcript";
import { marksOf, placed, visitFrom, type Mark } from "./marks";
import { byMessage } from "./timeline";

const transcript = append(
  NOTHING_READ,
  [1, 2, 3].flatMap((n) => [message(`u${n}`, n, { voice: true }), message(`a${n}`, n, { voice: true })]),
);
const parts = byMessage(transcript.messages.map(({ id }, at) => voice(id, at * 10, at * 10 + 10)));
const marker = (kind: MarkerView["kind"], n: number, label: string): MarkerView => ({
  kind,
  interactionId: `interaction-${n}`,
  messageId: `a${n}`,
  label,
});

describe("marks", () => {
  it("stand at their turn, in order, with comments and flags among them", () => {
    const markers = [marker("tool-failed", 3, "find_slots"), marker("state", 1, "ask → book")];
    const marks = marksOf(
      markers,
      [comment("k1", { interactionId: "interaction-2", text: "Too\nfast" })],
      ["u3", "not read yet"],
      transcript,
      parts,
    );
    expect(marks.map(({ kind, message, atMs, name }) => [kind, message, atMs, name])).toEqual([
      ["state", "a1", 10_000, "State: ask → book"],
      ["comment", "u2", 20_000, "Open comment: Too fast"],
      ["flag", "u3", 40_000, "Flag: Text of u3"],
      ["failure", "a3", 50_000, "Tool error: find_slots"],
    ]);
  });

  it("tell a resolved comment apart, and leave out one on the whole conversation and what is not read yet", () => {
    const comments = [
      comment("k1", { resolved: true }),
      comment("k2", { interactionId: null }),
      comment("k3", { interactionId: "interaction-9" }),
    ];
    const marks = marksOf([{ ...marker("tool", 9, "x"), messageId: "a9" }], comments, [], transcript, parts);
    expect(marks.map(({ kind }) => kind)).toEqual(["resolved"]);
  });

  it("are found without any sound too", () => {
    const marks = marksOf([], [comment("k1")], [], transcript, new Map());
    expect(marks.map(({ message, atMs }) => [message, atMs])).toEqual([["u1", null]]);
  });
});

const mark = (key: string, message: string, atMs: number | null, kind: Mark["kind"] = "tool"): Mark => ({
  key,
  kind,
  message,
  atMs,
  name: key,
});

describe("places", () => {
  const toX = (ms: number) => ms / 100;

  it("are side by side for marks of one turn", () => {
    expect(placed([mark("1", "a1", 1_000), mark("2", "a1", 1_000)], toX).map(({ x }) => x)).toEqual([10, 20]);
  });

  it("are shared where marks would stray, and the gravest is drawn", () => {
    const many = Array.from({ length: 6 }, (_, at) =>
      mark(`${at}`, "a1", 1_000, at === 5 ? "failure" : "tool"),
    );
    const all = placed(many, toX);
    expect(all.map(({ x }) => x)).toEqual([10, 20, 30]);
    expect(all.flatMap(({ marks }) => marks)).toHaveLength(6);
    expect(all.at(-1)?.kind).toBe("failure");
  });

  it("are none for what has no sound", () => expect(placed([mark("1", "a1", null)], toX)).toEqual([]));
});

describe("visiting", () => {
  const marks = [mark("1", "a1", 0), mark("2", "a1", 0), mark("3", "a3", 0)];
  const visit = (by: 1 | -1, current: string | null, visited: string | null) => {
    const found = visitFrom(marks, by, current, visited, transcript);
    return found && [found.mark.key, found.around];
  };

  it("goes one by one, also in one turn, and begins again after the last", () => {
    expect(visit(1, "u1", null)).toEqual(["1", false]);
    expect(visit(1, "a1", "1")).toEqual(["2", false]);
    expect(visit(1, "a1", "2")).toEqual(["3", false]);
    expect(visit(1, "a3", "3")).toEqual(["1", true]);
  });

  it("goes back, and around at the beginning", () => {
    expect(visit(-1, "a3", "3")).toEqual(["2", false]);
    expect(visit(-1, "a1", "1")).toEqual(["3", true]);
  });

  it("counts from where the reviewer went meanwhile", () => {
    expect(visit(1, "u2", "1")).toEqual(["3", false]);
    expect(visit(-1, "u2", "3")).toEqual(["2", false]);
  });

  it("begins with the current turn when none was visited", () => {
    expect(visit(1, "a1", null)).toEqual(["1", false]);
    expect(visit(1, null, null)).toEqual(["1", false]);
  });

  it("leads nowhere when there is none", () => {
    expect(visitFrom([], 1, "a1", null, transcript)).toBeUndefined();
  });
});

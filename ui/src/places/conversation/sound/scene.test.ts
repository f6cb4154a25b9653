import { describe, expect, it } from "vitest";
import { message, voice } from "../fixtures";
import { append, NOTHING_READ } from "../transcript";
import { paint, type Picture } from "./paint";
import { columns, drawn, msOf, xOf } from "./scene";

const transcript = append(NOTHING_READ, [
  message("u1", 1, { voice: true }),
  message("a1", 1, { voice: true, kind: "agent-message" }),
  message("u2", 2),
  message("u3", 3, { voice: true }),
]);
const parts = [
  voice("u1", 0, 10),
  voice("a1", 10, 20, { state: "waiting" }),
  voice("u2", 20, 20, { kind: "mark" }),
  voice("u3", 20, 20, { state: "failed" }),
];
const whole = { fromMs: 0, toMs: 20_000 };
const loud = () => Array.from({ length: 512 }, () => 255);

it("gives each bar the colour of who speaks in its middle, and tells what is not there yet", () => {
  const bars = drawn(whole, 60, parts, transcript, loud);
  expect(bars.map(({ ink }) => ink)).toEqual([...Array(10).fill("user"), ...Array(10).fill("agent")]);
  expect(bars.map(({ waits }) => waits)).toEqual([...Array(10).fill(false), ...Array(10).fill(true)]);
});

it("draws nothing in a pause between recordings", () => {
  const apart = [voice("u1", 0, 5), voice("a1", 15, 20)];
  const heard = drawn(whole, 60, apart, transcript, loud).map(({ heard }) => heard);
  expect(heard.filter((is) => !is)).toHaveLength(10);
  expect(heard.slice(5, 15)).not.toContain(true);
});

it("shows what cannot be played though it has no length, within the picture", () => {
  const { failed, texts } = columns(whole, 60, parts, transcript);
  expect(failed).toHaveLength(1);
  expect(failed[0]!.width).toBeGreaterThan(4);
  expect(failed[0]!.x + failed[0]!.width).toBeLessThanOrEqual(60);
  expect(texts).toEqual([60]);
});

it("finds the time of a place and the place of a time", () => {
  const part = { fromMs: 5_000, toMs: 15_000 };
  expect(xOf(10_000, part, 400)).toBe(200);
  expect(msOf(200, part, 400)).toBe(10_000);
});

it("stays fast in an hour of 600 messages, closely seen", () => {
  const many = Array.from({ length: 600 }, (_, at) => voice(`m${at}`, at * 6, at * 6 + 6));
  let asked = 0;
  const bars = drawn({ fromMs: 1_800_000, toMs: 1_810_000 }, 900, many, transcript, () => {
    asked += 1;
    return [];
  });
  expect(bars.length).toBeLessThanOrEqual(302);
  expect(asked).toBeLessThan(2_000);
});

describe("painting", () => {
  /** What was drawn on a sheet, with which colour and strength. */
  function painted(more: Partial<Picture>) {
    const did: { what: string; ink: unknown; strength: number; path: string[] }[] = [];
    let path: string[] = [];
    const state: Record<string, unknown> = { globalAlpha: 1 };
    const note = (what: string) => () => {
      const ink = what === "fill" ? state["fillStyle"] : state["strokeStyle"];
      if (path.length > 0) did.push({ what, ink, strength: state["globalAlpha"] as number, path });
    };
    const calls: Record<string, () => void> = {
      fill: note("fill"),
      stroke: note("stroke"),
      beginPath: () => (path = []),
    };
    for (const name of ["rect", "roundRect", "arc", "moveTo", "lineTo"]) calls[name] = () => path.push(name);
    const context = new Proxy(state, {
      get: (_, name: string) => calls[name] ?? state[name] ?? (() => undefined),
      set: (_, name: string, value) => ((state[name] = value), true),
    });
    const sheet = { getContext: () => context } as unknown as OffscreenCanvas;
    const inks = {
      user: "user",
      agent: "agent",
      other: "other",
      accent: "accent",
      open: "open",
      danger: "danger",
    };
    const bars = drawn(whole, 60, [voice("u1", 0, 10), voice("a1", 10, 20)], transcript, loud);
    paint(sheet, {
      width: 60,
      height: 64,
      lane: 12,
      ratio: 2,
      bars,
      played: 5_000,
      failed: [],
      texts: [],
      marks: [],
      inks,
      ...more,
    });
    return did;
  }

  it("shows the played part in full and the rest faded, in the speakers' colours", () => {
    const did = painted({});
    expect(did.map(({ ink, strength, path }) => [ink, strength === 1, path.length])).toEqual([
      ["user", true, 5],
      ["user", false, 5],
      ["agent", false, 10],
    ]);
  });

  it("hatches what cannot be played", () => {
    const did = painted({ bars: [], failed: [{ x: 10, width: 8 }] });
    expect(did).toEqual([expect.objectContaining({ what: "stroke", ink: "danger" })]);
  });

  it("tells the kinds of marks apart by their form, not by colour alone", () => {
    const kinds = ["failure", "comment", "resolved", "state", "tool", "reflection", "flag"] as const;
    const forms = kinds.map((kind) => {
      const did = painted({ bars: [], marks: [{ x: 10, kind, marks: [] }] });
      return did.map(({ what, path }) => `${what} ${path.join(" ")}`).join();
    });
    expect(new Set(forms).size).toBe(kinds.length);
  });
});

import { expect, it } from "vitest";
import { insight } from "./fixtures";
import { ends, kindInWords, stations } from "./state-path";

const step = (kind: string, from: string, to: string) => ({
  kind,
  from,
  to,
  exitCondition: null,
  queries: [],
  thought: null,
});

it("passes each state once, with what happened there", () => {
  const way = stations(
    insight("book", { steps: [step("action", "ask", "book"), step("recall", "book", "book")] }),
  );
  expect(way.map(({ state, steps, last }) => [state, steps.map(({ kind }) => kind), last])).toEqual([
    ["ask", ["action"], false],
    ["book", ["recall"], true],
  ]);
});

it("shows the state even when no step is reported, or the steps do not lead to it", () => {
  expect(stations(insight("ask")).map(({ state }) => state)).toEqual(["ask"]);
  const broken = insight("close", { steps: [step("action", "ask", "book")] });
  expect(stations(broken).map(({ state, last }) => [state, last])).toEqual([
    ["ask", false],
    ["book", false],
    ["close", true],
  ]);
});

it("names the ends of the way", () => {
  expect(ends(insight("book", { steps: [step("action", "ask", "book")] }))).toEqual(["ask", "book"]);
  expect(ends(insight("ask"))).toEqual(["ask"]);
});

it("names a kind of step it does not know as the server does", () => {
  expect(kindInWords("teleport")).toBe("teleport");
});

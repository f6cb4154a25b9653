import { expect, it } from "vitest";
import { completions } from "./known-tags";

const known = [
  { key: "quality", values: ["bad", "Better", "good"] },
  { key: "Quantity", values: [] },
  { key: "risk", values: ["high"] },
];

it.each([
  ["", []],
  ["  ", []],
  ["qu", ["quality: ", "Quantity: "]],
  ["quality", []],
  ["quality:", ["quality: bad", "quality: Better", "quality: good"]],
  ["quality: b", ["quality: bad", "quality: Better"]],
  ["quality: bad", []],
  ["other: b", []],
])("offers for %j: %j", (typed, offers) => expect(completions(known, typed)).toEqual(offers));

it("offers no more than can be looked over", () => {
  const many = Array.from({ length: 50 }, (_, at) => ({ key: `key ${at}`, values: [] }));
  expect(completions(many, "key")).toHaveLength(8);
});

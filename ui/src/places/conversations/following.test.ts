import { expect, it } from "vitest";
import { conversation, shellAnswering } from "../../test/backend";
import { Following, following, MOST } from "./following";

const rows = Array.from({ length: MOST + 20 }, (_, number) => conversation(number));
const ids = rows.map(({ id }) => id);

it("is what comes after the open one, and no more than is read ahead", () => {
  expect(following(rows, 2)).toEqual(ids.slice(3, 3 + MOST));
  expect(following(rows, rows.length - 2)).toEqual([ids.at(-1)]);
  expect(following(rows, rows.length - 1)).toEqual([]);
});

it("passes over what is reviewed already", () => {
  const review = { step: "done", reviewer: null, hereOnly: false } as const;
  const some = rows.map((row, at) => (at % 2 ? { ...row, review } : row));
  expect(following(some, 0).slice(0, 2)).toEqual([ids[2], ids[4]]);
});

it("is the beginning of the list while nothing of it is open", () => {
  expect(following(rows, -1)).toEqual(ids.slice(0, MOST));
});

it("is told when it changes, and survives a shell that does not answer", () => {
  const asked = shellAnswering({});
  const told = new Following();
  told.tell(["a", "b"]);
  told.tell(["a", "b"]);
  told.tell(["b"]);
  expect(asked.map(({ args }) => args["following"])).toEqual([["a", "b"], ["b"]]);
});

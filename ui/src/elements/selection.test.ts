import { beforeEach, expect, it } from "vitest";
import { Selection } from "./selection.svelte";

const ids = [..."abcdefgh"];
let selection: Selection;
const selected = () => [...selection.ids].sort().join("");

beforeEach(() => {
  selection = new Selection();
});

it("takes rows in and out one by one", () => {
  selection.toggle(ids, 1);
  selection.toggle(ids, 3);
  expect(selected()).toBe("bd");
  selection.toggle(ids, 1);
  expect(selected()).toBe("d");
  selection.toggle(ids, 99);
  expect(selected()).toBe("d");
});

it("draws a range from the row that was taken last, which shrinks and turns round", () => {
  selection.toggle(ids, 0);
  selection.toggle(ids, 3);
  selection.extend(ids, 3, 5);
  expect(selected()).toBe("adef");
  selection.extend(ids, 5, 4);
  expect(selected()).toBe("ade");
  selection.extend(ids, 4, 2);
  expect(selected()).toBe("acd");
});

it("begins a range where the keyboard is when nothing is selected", () => {
  selection.extend(ids, 2, 3);
  selection.extend(ids, 3, 4);
  expect(selected()).toBe("cde");
});

it("takes all that is loaded, and nothing", () => {
  selection.toggle(ids, 2);
  selection.all(ids);
  expect(selected()).toBe("abcdefgh");
  selection.extend(ids, 2, 3);
  expect(selected()).toBe("abcdefgh");
  selection.clear();
  expect(selected()).toBe("");
});

it("draws a range from the row it began at, wherever that is by now, and never takes in again what is gone", () => {
  selection.toggle(ids, 0);
  selection.toggle(ids, 2);
  const now = [..."xybcdefgh"];
  selection.keep(new Set(now));
  expect(selected()).toBe("c");
  selection.extend(now, 3, 5);
  expect(selected()).toBe("cde");
});

import { waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import { shellAnswering, type Asked } from "../test/backend";
import { countOpen, leaveOpenComments, openIn, startCounting } from "./open-comments.svelte";

afterEach(leaveOpenComments);

/** Answers a count of what stands in `there` at that moment, once `gate` is passed. */
function shell(there: Record<string, number>, gate: () => Promise<void> = async () => {}) {
  return shellAnswering({
    open_comments: async ({ conversations }) => {
      const counted = (conversations as string[])
        .filter((id) => there[id])
        .map((conversationId) => ({ conversationId, open: there[conversationId] }));
      await gate();
      return counted;
    },
  });
}
const counts = (asked: Asked[]) => asked.map(({ args }) => args["conversations"]);

it("counts a page in one call, once the store is there", async () => {
  const asked = shell({ a: 2, c: 1 });
  countOpen(["a", "b"]);
  countOpen(["c"]);
  expect(asked).toEqual([]);
  startCounting();
  await waitFor(() => expect(openIn("a")).toBe(2));
  expect([openIn("b"), openIn("c"), openIn("unknown")]).toEqual([0, 1, 0]);
  expect(counts(asked)).toEqual([["a", "b", "c"]]);
});

it("asks for no more at once than an answer may hold", async () => {
  const asked = shell({ c200: 1 });
  countOpen(Array.from({ length: 201 }, (_, number) => `c${number}`));
  startCounting();
  await waitFor(() => expect(openIn("c200")).toBe(1));
  expect(counts(asked).map((ids) => (ids as string[]).length)).toEqual([200, 1]);
});

it("shows what was done while a count was on its way, and nothing once none is open", async () => {
  const there: Record<string, number> = { a: 2 };
  const passes: (() => void)[] = [];
  shell(there, () => new Promise((pass) => passes.push(pass)));
  startCounting();
  countOpen(["a"]);
  await waitFor(() => expect(passes).toHaveLength(1));
  there["a"] = 0;
  countOpen(["a"]);
  passes[0]!();
  await waitFor(() => expect(passes).toHaveLength(2));
  expect(openIn("a")).toBe(2);
  passes[1]!();
  await waitFor(() => expect(openIn("a")).toBe(0));
});

it("takes nothing over to another account", async () => {
  const passes: (() => void)[] = [];
  const asked = shell({ a: 2 }, () => new Promise((pass) => passes.push(pass)));
  startCounting();
  countOpen(["a"]);
  await waitFor(() => expect(passes).toHaveLength(1));
  leaveOpenComments();
  passes[0]!();
  countOpen(["b"]);
  await Promise.resolve();
  expect(openIn("a")).toBe(0);
  expect(asked).toHaveLength(1);
});

it("keeps what was counted where it cannot be counted anew", async () => {
  let fails = false;
  const asked = shell({ a: 2 }, async () => {
    if (fails) throw new Error("no store");
  });
  startCounting();
  countOpen(["a"]);
  await waitFor(() => expect(openIn("a")).toBe(2));
  fails = true;
  countOpen(["a"]);
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(openIn("a")).toBe(2);
});

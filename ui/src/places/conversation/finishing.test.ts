import { expect, it, vi } from "vitest";
import { later } from "./fixtures";
import { onceAtATime } from "./finishing";

it("does nothing while it is on its way, and can be done again after", async () => {
  const answer = later<boolean>();
  const deed = vi.fn((_: string) => answer.promise);
  const once = onceAtATime(deed);
  const first = once("first");
  expect(await once("second")).toBe(false);
  answer.done(true);
  expect(await first).toBe(true);
  expect(await once("third")).toBe(true);
  expect(deed.mock.calls).toEqual([["first"], ["third"]]);
});

it("can be done again where it failed", async () => {
  const once = onceAtATime(vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue(true));
  await expect(once()).rejects.toThrow("no");
  expect(await once()).toBe(true);
});

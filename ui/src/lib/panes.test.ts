import { expect, it } from "vitest";
import { widthForThree } from "./panes.svelte";

it("asks for a wider window the larger the text is, and never for a narrower one than usual", () => {
  expect(widthForThree(80)).toBe(1100);
  expect(widthForThree(100)).toBe(1100);
  expect(widthForThree(160)).toBe(1514);
});

import { expect, it } from "vitest";
import { widthForSpeakers, widthForThree } from "./panes.svelte";

it("asks for a wider window the larger the text is, and never for a narrower one than usual", () => {
  expect(widthForThree(80)).toBe(1100);
  expect(widthForThree(100)).toBe(1100);
  expect(widthForThree(160)).toBe(1514);
});

it("keeps the speakers beside what they say in the usual window, and not where the text is large", () => {
  const transcript = { usual: 536, large: 725, largeInWide: 885 };
  expect(transcript.usual).toBeGreaterThan(widthForSpeakers(100));
  expect(transcript.large).toBeLessThan(widthForSpeakers(160));
  expect(transcript.largeInWide).toBeGreaterThan(widthForSpeakers(160));
});

import { expect, it } from "vitest";
import { asOf, brief, clock, day, exact, length, position, reached, took } from "./times";

it("writes lengths and positions like a clock", () => {
  expect([0, 12_400, 65_000, 3_723_000].map(length)).toEqual(["0:00", "0:12", "1:05", "1:02:03"]);
  expect([0, 2_449, 59_999, 61_050].map(position)).toEqual(["0:00.0", "0:02.4", "0:59.9", "1:01.0"]);
});

it("does not show a second before it is over", () => {
  expect([0, 999, 61_999].map(reached)).toEqual(["0:00", "0:00", "1:01"]);
});

it("says how long a call took", () => expect([412, 3_240].map(took)).toEqual(["412 ms", "3.2 s"]));

it("shows a time that cannot be read as it came", () => {
  for (const format of [clock, day, exact, (iso: string) => brief(iso, new Date(0))])
    expect(format("yesterday-ish")).toBe("yesterday-ish");
});

it("names the year only when it is another one", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  expect(day("2026-03-04T12:00:00Z", now)).not.toContain("2026");
  expect(day("2024-03-04T12:00:00Z", now)).toContain("2024");
});

it("says when as briefly as it can: today the time, this year the day, else the day with its year", () => {
  const now = new Date(2026, 10, 20, 12, 0);
  const said = (at: Date) => brief(at.toISOString(), now);
  const today = new Date(2026, 10, 20, 9, 21);
  expect(said(today)).toBe(clock(today.toISOString()));
  expect(said(new Date(2026, 10, 19, 23, 59))).toMatch(/19/);
  expect(said(new Date(2026, 10, 19, 23, 59))).not.toMatch(/:|2026/);
  expect(said(new Date(2025, 10, 20, 9, 21))).toMatch(/2025/);
});

it("says since when: today the time, else the day and time", () => {
  const now = new Date(2026, 10, 20, 12, 0);
  const [today, before] = [new Date(2026, 10, 20, 9, 21), new Date(2026, 10, 19, 9, 21)];
  expect(asOf(today.toISOString(), now)).toBe(clock(today.toISOString()));
  expect(asOf(before.toISOString(), now)).toBe(day(before.toISOString(), now));
});

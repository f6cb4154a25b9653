import { describe, expect, it } from "vitest";
import { AGES, ageInWords, filterFrom, OPEN } from "./narrowing";
import { age, headed, howLong } from "./words";

describe("a comment in one row", () => {
  it.each([
    ["Tone. Too cheerful after bad news.", "Tone", "Too cheerful after bad news."],
    ["Escalation missed\nPatient reports stopping.", "Escalation missed", "Patient reports stopping."],
    ["One sentence only", "One sentence only", ""],
    ["Is 2.5 mg right? It says 5.", "Is 2.5 mg right?", "It says 5."],
    [`${"long ".repeat(20)}end. Rest`, `${"long ".repeat(20)}end. Rest`, ""],
  ])("has its first sentence as the heading: %j", (text, title, rest) => {
    expect(headed(text)).toEqual({ title, rest });
  });

  it.each([
    ["2026-11-20T11:59:40Z", "now"],
    ["2026-11-20T11:18:00Z", "42 min"],
    ["2026-11-19T14:00:00Z", "22 h"],
    ["2026-11-18T12:00:00Z", "2 d"],
    ["2026-10-20T12:00:00Z", "4 w"],
    ["when", "when"],
  ])("says how long ago it was: %s", (iso, said) => {
    expect(age(iso, new Date("2026-11-20T12:00:00Z"))).toBe(said);
  });
});

describe("what is asked of the store", () => {
  const now = new Date("2026-11-20T12:00:00Z");

  it("is what is open, oldest first, at the beginning", () => {
    expect(filterFrom(OPEN, "me", now)).toEqual({
      resolved: false,
      authors: [],
      services: [],
      since: null,
      until: null,
      newestFirst: false,
    });
  });

  it("means mine beside the reviewers that are chosen, each once", () => {
    const reviewers = [
      { id: "me", name: null },
      { id: "park", name: "L. Park" },
    ];
    expect(filterFrom({ ...OPEN, mine: true, reviewers }, "me", now).authors).toEqual(["me", "park"]);
    expect(filterFrom({ ...OPEN, mine: true }, "me", now).authors).toEqual(["me"]);
  });

  it.each(AGES)("has a limit of time for each age that is offered: $label", ({ label, age }) => {
    const { since, until } = filterFrom({ ...OPEN, age }, "me", now);
    expect(ageInWords(age)).toBe(label);
    expect([since, until].filter((limit) => limit !== null)).toHaveLength(age === null ? 0 : 1);
    if (age?.older) expect(until! < now.toISOString()).toBe(true);
  });
});

it.each([
  [null, 5, "Sent within moments."],
  [15, 40, "Sent within about a minute at the server’s 15 calls a minute."],
  [15, 400, "Sent within about 7 minutes at the server’s 15 calls a minute."],
])("says how long many take: %j %j", (perMinute, seconds, said) => {
  expect(howLong({ resolve: 1, conversations: 1, left: 0, beyond: 0, perMinute, seconds })).toBe(said);
});

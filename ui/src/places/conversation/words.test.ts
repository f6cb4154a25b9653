import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginning, hidesCharacters, inWords, pieces, sizeOf, weekday } from "./words";

const links = (text: string) => pieces(text).flatMap((piece) => (piece.url ? [[piece.text, piece.url]] : []));

describe("pieces", () => {
  it.each([
    ["see https://a.example/x?y=1.", [["https://a.example/x?y=1", "https://a.example/x?y=1"]]],
    ["(https://a.example/x)", [["https://a.example/x", "https://a.example/x"]]],
    ["https://a.example/x_(y)", [["https://a.example/x_(y)", "https://a.example/x_(y)"]]],
    ["mailto:care@clinic.example now", [["mailto:care@clinic.example", "mailto:care@clinic.example"]]],
    ["HTTPS://A.example", [["HTTPS://A.example", "https://a.example/"]]],
    // A look-alike shows its real name on hover.
    ["https://gооgle.example", [["https://gооgle.example", "https://xn--ggle-55da.example/"]]],
  ])("links %s", (text, found) => expect(links(text)).toEqual(found));

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "https://bank.example@evil.example/",
    "https://user:pw@evil.example/",
    "mailto:nobody",
    "https://",
  ])("does not link %s", (text) => expect(links(text)).toEqual([]));

  it("does not link an address of absurd length", () => {
    expect(links(`https://a.example/${"a".repeat(3_000)}`)).toEqual([]);
  });

  it("ends an address where the direction of writing is turned", () => {
    expect(links("https://a.example/\u202etxt.exe")).toEqual([["https://a.example/", "https://a.example/"]]);
  });

  it("loses no character of any text", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.constantFrom("https://a.b", " ", ").", "mailto:x@y", "\u202e", "ü"), { maxLength: 30 })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const shown = pieces(text).map((piece) => piece.text);
        expect(shown.join("")).toBe(text);
      }),
    );
  });

  it("stays quick and small on a text made to be slow", () => {
    for (const text of [
      `https://a${")".repeat(100_000)}`,
      "http://a.b ".repeat(9_000),
      "https://".repeat(12_000),
    ]) {
      const before = performance.now();
      expect(pieces(text).filter((piece) => piece.url).length).toBeLessThanOrEqual(100);
      expect(performance.now() - before).toBeLessThan(1_000);
    }
  });
});

describe("beginning", () => {
  it("shows an ordinary text whole", () => expect(beginning("Hello.\nBye.")).toBeUndefined());
  it("cuts a long text", () => expect(beginning("x".repeat(100_000))).toHaveLength(1_600));
  it("cuts a text of many lines", () => expect(beginning("x\n".repeat(50), 3)).toBe("x\nx\nx"));
  it("does not cut a character in two", () =>
    expect(beginning(`x${"😀".repeat(2_000)}`)?.endsWith("😀")).toBe(true));
});

it("says how large a text is", () => {
  expect(["x".repeat(312), "x".repeat(100_000), "é".repeat(1_000_000)].map(sizeOf)).toEqual([
    "312 bytes",
    "100 kB",
    "2.0 MB",
  ]);
});

describe("characters that are not seen", () => {
  it.each([
    ["a direction that is turned", "Take \u202e05\u202c mg"],
    ["an isolate", "\u2066safe\u2069"],
    ["a mark of direction", "10\u200f mg"],
    ["a space without a width", "1\u200b0 mg"],
    ["a joiner in a number", "1\u200d0 mg"],
    ["a word joiner", "a\u2060b"],
    ["a byte order mark", "\ufeffHello"],
  ])("finds %s", (_, text) => expect(hidesCharacters(text)).toBe(true));

  it.each([
    ["plain text", "Take 10 mg, twice a day.\n\tThen rest."],
    ["text from right to left", "مرحبا، الخميس 123."],
    ["a joiner of Persian spelling", "می\u200cخواهم"],
    ["a joiner of Hindi spelling", "क्\u200dष"],
    ["an emoji of several", "👩🏽\u200d⚕️ 👨\u200d👩\u200d👧"],
  ])("leaves %s alone", (_, text) => expect(hidesCharacters(text)).toBe(false));
});

it("says the day of a time, with the year when it is another", () => {
  const noon = new Date(2026, 4, 12, 12);
  const said = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
  expect(weekday(noon.toISOString(), noon)).toBe(said.format(noon));
  expect(weekday(noon.toISOString(), new Date(2027, 0, 1))).toContain("2026");
  expect(weekday("yesterday", noon)).toBe("yesterday");
});

it("says a state's name in words", () => expect(inWords("confirm_medication")).toBe("Confirm medication"));

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = import.meta.dirname;
const css = readFileSync(join(source, "tokens.css"), "utf8");

type Pair = { light: string; dark: string };

/** Colour tokens of one stretch of the file. */
function coloursIn(part: string): Map<string, Pair> {
  const found = new Map<string, Pair>();
  for (const [, name, light, dark] of part.matchAll(
    /--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g,
  )) {
    found.set(name!, { light: light!, dark: dark! });
  }
  return found;
}

/** Contrast ratio after WCAG 2.2, 1 to 21. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const [everyday, moreContrast] = css.split(':root[data-contrast="high"]') as [string, string];
const normal = coloursIn(everyday);
const high = new Map([...normal, ...coloursIn(moreContrast)]);

const PLAIN = ["bg", "surface", "raised"];
/** Each colour that text has, and what it is written on. */
const TEXT_ON: Record<string, string[]> = {
  text: [...PLAIN, "accent-soft", "user-soft", "agent-soft", "open-soft", "done-soft", "danger-soft"],
  muted: [...PLAIN, "accent-soft", "user-soft", "agent-soft", "open-soft", "done-soft", "danger-soft"],
  faint: [...PLAIN, "accent-soft", "user-soft", "agent-soft", "open-soft"],
  accent: [...PLAIN, "accent-soft"],
  user: [...PLAIN, "user-soft", "agent-soft"],
  agent: [...PLAIN, "agent-soft", "user-soft"],
  open: [...PLAIN, "open-soft"],
  done: [...PLAIN, "done-soft", "accent-soft"],
  danger: [...PLAIN, "danger-soft"],
  "on-accent": ["accent"],
};

const cases = (["light", "dark"] as const).flatMap((scheme) =>
  [
    { set: "normal", colours: normal, least: 4.5 },
    { set: "high contrast", colours: high, least: 7 },
  ].flatMap(({ set, colours, least }) =>
    Object.entries(TEXT_ON).flatMap(([text, grounds]) =>
      grounds.map((ground) => ({ scheme, set, colours, least, text, ground })),
    ),
  ),
);

describe("colour tokens", () => {
  it.each(cases)("$text on $ground reaches $least:1 ($scheme, $set)", (told) => {
    const { colours, scheme, least, text, ground } = told;
    const ink = colours.get(text)?.[scheme];
    const paper = colours.get(ground)?.[scheme];
    expect(ink, `token --${text}`).toBeDefined();
    expect(paper, `token --${ground}`).toBeDefined();
    expect(contrast(ink!, paper!)).toBeGreaterThanOrEqual(least);
  });

  it("draws the edge of controls at 3:1", () => {
    for (const scheme of ["light", "dark"] as const) {
      for (const ground of PLAIN) {
        expect(
          contrast(normal.get("line-strong")![scheme], normal.get(ground)![scheme]),
        ).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it("measures black on white as 21:1", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  });
});

describe("colours and sizes", () => {
  const styles = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".svelte") || file === "base.css")
    .map((file) => {
      const text = readFileSync(join(source, file), "utf8");
      return {
        file,
        css: file.endsWith(".css") ? text : (/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ""),
      };
    });

  it("are named in tokens.css only", () => {
    const literals = styles.flatMap(({ file, css }) =>
      [...css.matchAll(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|(?<![\w-])\d*\.?\d+(?:px|rem|em|pt)\b/gi)]
        .filter((match) => !css.slice(css.lastIndexOf("\n", match.index), match.index).includes("@media"))
        .map((match) => `${file}: ${match[0]}`),
    );
    expect(styles.length).toBeGreaterThan(5);
    expect(literals).toEqual([]);
  });

  it("are all defined", () => {
    const defined = new Set([...css.matchAll(/^\s*--([\w-]+):/gm)].map((match) => match[1]));
    const missing = styles.flatMap(({ file, css }) =>
      [...css.matchAll(/var\(--([\w-]+)\)/g)]
        .filter((match) => !defined.has(match[1]) && !css.includes(`--${match[1]}:`))
        .map((match) => `${file}: --${match[1]}`),
    );
    expect(missing).toEqual([]);
  });
});

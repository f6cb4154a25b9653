/** What a tag that is being typed may become: names in use, and after the colon the values of that name. */
import type { KnownTag } from "../../backend";

/** How many are offered at once. */
const OFFERED = 8;

const begins = (text: string, with_: string) =>
  text.toLocaleLowerCase().startsWith(with_.toLocaleLowerCase()) && text !== with_;

/** What fits, as it would stand in the field. */
export function completions(known: readonly KnownTag[], typed: string): string[] {
  const colon = typed.indexOf(":");
  if (colon < 0) {
    const begun = typed.trim();
    if (begun === "") return [];
    return known
      .filter(({ key }) => begins(key, begun))
      .slice(0, OFFERED)
      .map(({ key }) => `${key}: `);
  }
  const [name, begun] = [typed.slice(0, colon).trim(), typed.slice(colon + 1).trim()];
  const values = known.find(({ key }) => key === name)?.values ?? [];
  return values
    .filter((value) => begins(value, begun))
    .slice(0, OFFERED)
    .map((value) => `${name}: ${value}`);
}

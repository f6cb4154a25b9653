/**
 * Text from outside, prepared for showing: links found, long texts cut. What comes back is plain text in pieces; nothing here
 * makes markup.
 */

/** A stretch of text; with an address when it is a link. */
interface Piece {
  text: string;
  /** The address as it will be opened, punycode and all; absent for plain text. */
  url?: string;
}

/** More links than this in one text stay plain: each is a control. */
const MOST_LINKS = 100;
/** A longer address stays plain. */
const LONGEST_URL = 2_000;

// Stops at spaces, quotes, brackets that enclose addresses, controls, and the marks that change the direction of writing:
// an address that holds one of these is not what it looks like.
const ADDRESS =
  /\b(?:https?:\/\/|mailto:)[^\s<>"'`{}|\\^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gi;

/** Splits a text into plain stretches and links to `http`, `https` and `mailto` addresses. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  let links = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if (links === MOST_LINKS) break;
    if (match[0].length > LONGEST_URL) continue;
    const shown = withoutClosing(match[0]);
    const url = addressOf(shown);
    if (!url) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: shown, url });
    end = match.index + shown.length;
    links += 1;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** Without the punctuation that closes the sentence, or a bracket opened before the address. */
function withoutClosing(address: string): string {
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (".,;:!?*_~…。、，".includes(last)) continue;
    if (last === ")" && !address.slice(0, end).includes("(")) continue;
    if (last === "]" && !address.slice(0, end).includes("[")) continue;
    break;
  }
  return address.slice(0, end);
}

function addressOf(shown: string): string | undefined {
  if (!URL.canParse(shown)) return undefined;
  const url = new URL(shown);
  if (url.protocol === "mailto:") return /^[^@\s]+@[^@\s]+$/.test(url.pathname) ? url.href : undefined;
  // A name before the host makes "https://bank.example@evil.example" look like another place.
  if (url.username || url.password || !url.hostname) return undefined;
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

const WEEKDAY = { weekday: "long", day: "numeric", month: "long" } as const;

/** The local day of a time, as in "Tuesday, May 12"; with the year when it is not this one. */
export function weekday(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(undefined, { ...WEEKDAY, year }).format(at);
}

// Controls that turn the direction of writing, and characters without a width. The two joiners belong to the spelling of
// some scripts and to emoji, so they count only where a Western letter, a digit, a mark or a space stands before them.
const UNSEEN =
  /[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|(?<=^|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}\s])[\u200c\u200d]/u;

/** Whether a text holds characters that are not seen and change how it reads. */
export const hidesCharacters = (text: string) => UNSEEN.test(text);

/** A text is shown whole up to this many characters and lines. */
const WHOLE = { characters: 2_400, lines: 40 };
/** What is shown of a longer one. */
const BEGINNING = 1_600;

/** The beginning of a text that is too long to show at once; absent when it can be shown whole. */
export function beginning(text: string, lines = WHOLE.lines): string | undefined {
  let cut = text.length > WHOLE.characters ? BEGINNING : text.length;
  let line = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < cut; at = text.indexOf("\n", at + 1)) {
    line += 1;
    if (line === lines) cut = at;
  }
  if (cut >= text.length) return undefined;
  const high = text.charCodeAt(cut - 1);
  // Half a surrogate pair would show as a broken character.
  return text.slice(0, high >= 0xd800 && high <= 0xdbff ? cut - 1 : cut);
}

/** How large a text is, as in "100 kB" or "312 bytes". */
export function sizeOf(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A state's or purpose's name in words, as in "Confirm medication" for `confirm_medication`. */
export function inWords(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

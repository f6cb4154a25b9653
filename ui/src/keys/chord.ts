/** A combination of keys: which press it is, how it is kept in the settings, how it is shown and announced. */

/** Either the character typed (`key`) or the physical key (`code`), and what is held down with it. */
export type Chord = {
  readonly key?: string;
  readonly code?: string;
  readonly shift?: boolean;
  /** Control, or Command. */
  readonly mod?: boolean;
  readonly alt?: boolean;
};

/** The part of a keyboard event that decides which action is meant. */
export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

const isLetter = (key: string) => /^[a-z]$/i.test(key);
const isCharacter = (key: string) => [...key].length === 1;

/**
 * The character a press means. A letter is taken as the layout gives it; where the layout has no Latin letters
 * (Greek, Cyrillic, Arabic) the physical key stands in.
 */
function meantKey(press: KeyPress): string {
  if (isLetter(press.key)) return press.key.toLowerCase();
  const physical = /^Key([A-Z])$/.exec(press.code);
  const foreign = isCharacter(press.key) && press.key.charCodeAt(0) > 0x24f;
  return physical?.[1] && foreign ? physical[1].toLowerCase() : press.key;
}

/** Which punctuation needs Shift differs between layouts: there the character alone decides. */
const shiftMatters = (key: string) => isLetter(key) || !isCharacter(key) || key === " ";

/** Whether a press is this chord. */
export function matches(chord: Chord, press: KeyPress): boolean {
  const mod = press.ctrlKey !== press.metaKey;
  if ((press.ctrlKey && press.metaKey) || mod !== (chord.mod ?? false)) return false;
  if (press.altKey !== (chord.alt ?? false)) return false;
  if (chord.code) return press.code === chord.code && press.shiftKey === (chord.shift ?? false);
  const key = meantKey(press);
  if (shiftMatters(key) && press.shiftKey !== (chord.shift ?? false)) return false;
  return key === chord.key;
}

const NO_CHARACTER = new Set(["Dead", "Process", "Unidentified", "AltGraph"]);
const HELD_DOWN = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "Fn", "OS"]);

/** The chord of a press; null where only keys that are held down with others are pressed so far. */
export function chordOf(press: KeyPress): Chord | null {
  if (HELD_DOWN.has(press.key)) return null;
  const held = {
    ...(press.ctrlKey !== press.metaKey && { mod: true }),
    ...(press.altKey && { alt: true }),
  };
  const shift = press.shiftKey && { shift: true };
  const key = meantKey(press);
  // What Alt makes of a character differs from one system to the next, and a dead key types none.
  const nameless = NO_CHARACTER.has(key) || (press.altKey && isCharacter(key) && key > "~");
  if (nameless) return press.code === "" ? null : { code: press.code, ...held, ...shift };
  return { key, ...held, ...(shiftMatters(key) && shift) };
}

/** Whether a chord is a letter, digit or sign alone, which WCAG 2.1.4 lets everyone switch off. */
export function isSingle(chord: Chord): boolean {
  if (chord.mod || chord.alt) return false;
  return chord.code !== undefined || (isCharacter(chord.key ?? "") && chord.key !== " ");
}

/** A chord as it is kept; two that any press means alike are kept alike. */
export function textOf(chord: Chord): string {
  const held = [chord.mod && "mod+", chord.alt && "alt+", chord.shift && "shift+"];
  return held.filter(Boolean).join("") + (chord.code ? `[${chord.code}]` : chord.key);
}

/** The chord that was kept; null for what was not written here. */
export function chordFrom(text: string): Chord | null {
  const [, mod, alt, shift, code, key] =
    /^(mod\+)?(alt\+)?(shift\+)?(?:\[(\w{2,24})\]|([A-Z]\w{1,24}|.))$/u.exec(text) ?? [];
  const named = code ?? key;
  if (named === undefined) return null;
  const chord = {
    ...(code === undefined ? { key: named } : { code }),
    ...(mod && { mod: true }),
    ...(alt && { alt: true }),
    ...(shift && { shift: true }),
  };
  const real = code !== undefined || named === named.toLowerCase() || !isLetter(named);
  return real && !(shift && key !== undefined && !shiftMatters(key)) ? chord : null;
}

/** Whether this computer's keyboards have Command and Option. */
export const isMac = (platform = navigator.platform) => platform.startsWith("Mac");

/** What stands on the physical keys whose character differs between layouts, on the one most know. */
const ON_KEY: Record<string, string> = {
  Backquote: "`",
  Backslash: "\\",
  BracketLeft: "[",
  BracketRight: "]",
  Comma: ",",
  Equal: "=",
  IntlBackslash: "<",
  Minus: "-",
  Period: ".",
  Quote: "'",
  Semicolon: ";",
  Slash: "/",
};

function nameOf(chord: Chord): string {
  if (chord.code) return ON_KEY[chord.code] ?? chord.code.replace(/^(Key|Digit)/, "");
  const key = chord.key ?? "";
  return key === " " ? "Space" : isLetter(key) ? key.toUpperCase() : key;
}

const ARROWS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const SHOWN: Record<string, string> = { ...ARROWS, Escape: "Esc", Delete: "Del" };
const SHOWN_ON_MAC: Record<string, string> = { ...SHOWN, Enter: "↵", Backspace: "⌫", Delete: "⌦" };

/** A chord as it is shown: in the signs of a Mac's keyboard on a Mac, in words elsewhere. */
export function shownOf(chord: Chord, mac = isMac()): string {
  const name = nameOf(chord);
  if (!mac) {
    const held = [chord.mod && "Ctrl", chord.alt && "Alt", chord.shift && "Shift"];
    return [...held, SHOWN[name] ?? name].filter(Boolean).join(" ");
  }
  // Command and Space is the system's own there.
  const mod = chord.mod && (chord.key === " " ? "⌃" : "⌘");
  return [mod, chord.alt && "⌥", chord.shift && "⇧", SHOWN_ON_MAC[name] ?? name].filter(Boolean).join("");
}

/** A chord as `aria-keyshortcuts` has it. */
export function ariaOf(chord: Chord, mac = isMac()): string {
  const mod = chord.mod && (mac && chord.key !== " " ? "Meta" : "Control");
  return [mod, chord.alt && "Alt", chord.shift && "Shift", nameOf(chord)].filter(Boolean).join("+");
}

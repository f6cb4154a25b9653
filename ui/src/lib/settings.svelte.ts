/** The reviewer's preferences: seen at once, kept a moment later. */
import { backend, troubleFrom, type Settings, type Trouble } from "../backend";
import { applyAppearance } from "./appearance";

/** How long to wait for the next change before a change is kept, in milliseconds: a slider moves in many steps. */
const KEEP_AFTER_MS = 250;

const USUAL: Settings = {
  theme: "system",
  contrast: "system",
  baseUrl: "",
  volume: 100,
  textSize: 100,
  speedPercent: 100,
  skipSilence: false,
  silenceDb: -45,
  silenceMarginMs: 150,
  evenLoudness: false,
  byRealTime: false,
  pauseWhileTyping: false,
  stampComments: false,
  output: null,
  muted: false,
  shareReview: true,
  reviewTag: "review",
  reviewerTag: "reviewer",
  autoAdvance: true,
  soundGoesOn: false,
  keyboard: { preset: "console", singleKeys: true, bindings: [], menuBar: false, uses: [] },
};

let current = $state.raw<Settings>(USUAL);
let trouble = $state.raw<Trouble | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is in force. */
export function settings(): Settings {
  return current;
}

/** Why the last change could not be kept. */
export function settingsTrouble(): Trouble | null {
  return trouble;
}

/** Reads what was kept before. */
export async function readSettings(): Promise<void> {
  try {
    current = await backend.readSettings();
    applyAppearance(current);
  } catch (thrown) {
    trouble = troubleFrom(thrown);
  }
}

/** Keeps what is in force. */
export async function keepSettings(): Promise<void> {
  clearTimeout(timer);
  const asked = current;
  try {
    const answer = await backend.changeSettings(asked);
    trouble = null;
    // What cannot be is put right; what was changed meanwhile is answered for itself.
    if (current === asked) current = answer;
  } catch (thrown) {
    trouble = troubleFrom(thrown);
  }
}

/** Puts a change in force at once, and keeps it once no other follows. */
export function changeSettings(change: Partial<Settings>): void {
  current = { ...current, ...change };
  applyAppearance(current);
  clearTimeout(timer);
  timer = setTimeout(keepSettings, KEEP_AFTER_MS);
}

/** Puts a change in force and keeps it, as it is heard only then: for what changes in single steps. */
export function changeNow(change: Partial<Settings>): void {
  changeSettings(change);
  void keepSettings();
}

/** How far reading ahead has come, and what of the server's limits is used. Looked at only while that changes. */
import { backend, type BudgetView, type ReadingView } from "../backend";
import { secondsInWords } from "./countdown";

/** How often it is looked at while something was called within the last minute, in milliseconds. */
export const LOOK_EVERY_MS = 2_000;

let reading = $state.raw<ReadingView | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function readingNow(): ReadingView | null {
  return reading;
}

/** Something was asked of the shell: there will be something to tell. */
export function lookSoon(): void {
  timer ??= setTimeout(look, LOOK_EVERY_MS);
}

async function look(): Promise<void> {
  // Only tells the reviewer more: without an answer, less is told.
  reading = await backend.reading().catch(() => null);
  timer = undefined;
  // A minute after the last call nothing changes any more.
  if (reading && reading.budgets.length > 0) lookSoon();
}

/** The limit that is used up most, which is what the next wait would be for. */
export function tightest(budgets: readonly BudgetView[]): BudgetView | undefined {
  const share = ({ used, perMinute }: BudgetView) => used / Math.max(1, perMinute);
  return budgets.reduce<BudgetView | undefined>(
    (most, one) => (most && share(most) >= share(one) ? most : one),
    undefined,
  );
}

/** How many can be opened without waiting, in words; empty while nothing follows. */
export function readyInWords({ ready, following }: ReadingView): string {
  if (following === 0) return "";
  if (ready === 0) return "The next one is being read";
  return ready === 1 ? "The next one is ready" : `The next ${ready} are ready`;
}

/** As in "next free in 12 s". */
export function freeInWords({ used, perMinute, freeInMs }: BudgetView): string {
  const free = `in ${secondsInWords(Math.ceil(freeInMs / 1000))}`;
  return used < perMinute ? `first free again ${free}` : `next free ${free}`;
}

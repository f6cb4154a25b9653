/** How many comments the reviewer resolved today: since midnight, where the reviewer is. */
import { backend } from "../backend";

let resolved = $state<number | null>(null);
/** Rises with every count: an older answer is not taken. */
let asked = 0;

/** What was counted last; nothing before. */
export const resolvedToday = (): number | null => resolved;

/** When the day of a moment began, and when the next one does: in most places one of them may have 23 or 25 hours. */
export function dayAround(now: Date): { began: Date; ends: Date } {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  return { began: new Date(year, month, day), ends: new Date(year, month, day + 1) };
}

/** Counts them anew, for the day of a moment. */
export async function countToday(now: Date): Promise<void> {
  const mine = ++asked;
  // What cannot be counted stands as it was counted before.
  const counted = await backend.countResolved(dayAround(now).began.toISOString()).catch(() => null);
  if (mine === asked && counted !== null) resolved = counted;
}

/** Forgets it: another account is signed in, or none. */
export function leaveToday(): void {
  asked += 1;
  resolved = null;
}

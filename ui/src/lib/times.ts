/** Times and lengths as a reviewer reads them: local, short in place, exact on hover. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "numeric",
  minute: "2-digit",
});
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DATE_AND_YEAR = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

function shown(iso: string, format: (at: Date) => string): string {
  const at = new Date(iso);
  // A time that cannot be read is shown as it came: hiding it would say there is none.
  return Number.isNaN(at.getTime()) ? iso : format(at);
}

/** The time of day, as in "2:21 pm". */
export const clock = (iso: string) => shown(iso, (at) => CLOCK.format(at));

/** As short as it can be said now: today the time, this year the day, else the day with its year. */
export const brief = (iso: string, now: Date) =>
  shown(iso, (at) => {
    if (at.toDateString() === now.toDateString()) return CLOCK.format(at);
    return (at.getFullYear() === now.getFullYear() ? DATE : DATE_AND_YEAR).format(at);
  });

/** The day and time; with the year when it is not this one. */
export const day = (iso: string, now = new Date()) =>
  shown(iso, (at) => (at.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(at));

/** Since when something stands: today the time, else the day and time. */
export const asOf = (iso: string, now = new Date()) =>
  shown(iso, (at) => (at.toDateString() === now.toDateString() ? CLOCK.format(at) : day(iso, now)));

/** The whole of it, for hovering. */
export const exact = (iso: string) => shown(iso, (at) => EXACT.format(at));

/** A length or position in whole seconds, as in "0:12" or "1:02:03". */
export function length(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A position in whole seconds that are over, as in "1:23". */
export const reached = (ms: number) => length(Math.floor(ms / 1000) * 1000);

/** A position to the tenth, as in "0:02.4". Tenths are cut, not rounded, so the end is not shown before it is reached. */
export function position(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  return `${length(Math.floor(tenths / 10) * 1000)}.${tenths % 10}`;
}

/** How long a call took, as in "412 ms" or "3.2 s". */
export const took = (ms: number) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

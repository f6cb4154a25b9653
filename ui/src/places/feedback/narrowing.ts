/** What the list of all comments is narrowed to. */
import type { FeedbackFilter, PersonView, ServiceView } from "../../backend";

/** How old a comment is, in days; `older` means at least so many. */
export type Age = { days: number; older: boolean };

export interface Narrowing {
  state: "open" | "resolved" | "all";
  mine: boolean;
  reviewers: readonly PersonView[];
  services: readonly ServiceView[];
  age: Age | null;
  newestFirst: boolean;
}

/** Where the place begins: what is still to be dealt with, oldest first. */
export const OPEN: Narrowing = {
  state: "open",
  mine: false,
  reviewers: [],
  services: [],
  age: null,
  newestFirst: false,
};

/** The ages that are offered. */
export const AGES: readonly { label: string; age: Age | null }[] = [
  { label: "Any age", age: null },
  { label: "Last 24 hours", age: { days: 1, older: false } },
  { label: "Last 7 days", age: { days: 7, older: false } },
  { label: "Older than a day", age: { days: 1, older: true } },
  { label: "Older than a week", age: { days: 7, older: true } },
  { label: "Older than a month", age: { days: 30, older: true } },
];

const sameAge = (one: Age | null, other: Age | null) =>
  one?.days === other?.days && one?.older === other?.older;

/** An age in words. */
export const ageInWords = (age: Age | null) =>
  AGES.find((offered) => sameAge(offered.age, age))?.label ?? "Any age";

/** Whether anything but the state narrows it. */
export const isNarrowed = ({ mine, reviewers, services, age }: Narrowing) =>
  mine || reviewers.length > 0 || services.length > 0 || age !== null;

/** As the shell takes it; `me` is who is signed in. */
export function filterFrom(narrowing: Narrowing, me: string, now: Date): FeedbackFilter {
  const { age } = narrowing;
  const limit = age === null ? null : new Date(now.getTime() - age.days * 86_400_000).toISOString();
  const reviewers = narrowing.reviewers.map(({ id }) => id);
  return {
    resolved: narrowing.state === "all" ? null : narrowing.state === "resolved",
    authors: narrowing.mine ? [...new Set([...reviewers, me])] : reviewers,
    services: narrowing.services.map(({ id }) => id),
    since: age?.older === false ? limit : null,
    until: age?.older === true ? limit : null,
    newestFirst: narrowing.newestFirst,
  };
}

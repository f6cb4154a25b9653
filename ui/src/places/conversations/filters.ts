/** What the reviewer narrows the list by, and how that is asked of the server. */
import type { ConversationFilter, Narrowing as Kept, PersonView, ServiceView } from "../../backend";

/** Whether the conversation is over. */
export type Finished = "all" | "unfinished" | "finished";

/** The filters as they are shown; names are for reading only. */
export type Narrowing = {
  people: readonly PersonView[];
  services: readonly ServiceView[];
  finished: Finished;
  tags: readonly string[];
  ids: readonly string[];
  oldestFirst: boolean;
};

/** Every conversation. */
export const EVERYTHING: Narrowing = {
  people: [],
  services: [],
  finished: "all",
  tags: [],
  ids: [],
  oldestFirst: false,
};

/** The filter the server understands. */
export function filterFrom({ people, services, ...rest }: Narrowing): ConversationFilter {
  const { finished, tags, ids, oldestFirst } = rest;
  return {
    userIds: people.map(({ id }) => id),
    serviceIds: services.map(({ id }) => id),
    isFinished: finished === "all" ? null : finished === "finished",
    ids: [...ids],
    tags: [...tags],
    oldestFirst,
  };
}

/** As it is kept under a name. */
export function toKept({ people, services, finished, tags, ids, oldestFirst }: Narrowing): Kept {
  return {
    people: [...people],
    services: [...services],
    isFinished: finished === "all" ? null : finished === "finished",
    tags: [...tags],
    ids: [...ids],
    oldestFirst,
  };
}

/** As it was kept under a name. */
export function fromKept({ isFinished, ...rest }: Kept): Narrowing {
  return { ...rest, finished: isFinished === null ? "all" : isFinished ? "finished" : "unfinished" };
}

/** All of it in words, as in "Unfinished · Check-in · risk: high". */
export function narrowingInWords({ people, services, finished, tags, ids, oldestFirst }: Narrowing): string {
  const parts = [
    finished === "all" ? [] : finished === "finished" ? ["Finished"] : ["Unfinished"],
    [...services, ...people].map(({ id, name }) => name ?? id),
    tags.map(tagInWords),
    ids.length > 0 ? [`${ids.length} by id`] : [],
    oldestFirst ? ["oldest first"] : [],
  ].flat();
  return parts.length > 0 ? parts.join(" · ") : "All conversations";
}

/** Whether anything is narrowed. */
export function isNarrowed({ people, services, finished, tags, ids }: Narrowing): boolean {
  return finished !== "all" || [people, services, tags, ids].some(({ length }) => length > 0);
}

/** What was typed, understood; or what is wrong with it, as a sentence. */
export type Understood = { value: string } | { wrong: string };

/**
 * A tag filter: `risk:high` for that value, `risk:*` or just `risk` for any value, `risk:` for none. The server
 * takes letters, digits, blanks and `_` only.
 */
export function understandTag(typed: string): Understood {
  const colon = typed.indexOf(":");
  const key = (colon < 0 ? typed : typed.slice(0, colon)).trim();
  const value = colon < 0 ? "*" : typed.slice(colon + 1).trim();
  if (key === "") return { wrong: "Type a tag as key:value, for example risk:high." };
  const allowed = /^[\p{L}\p{M}\p{N}_\s]+$/u;
  if (!allowed.test(key) || (value !== "" && value !== "*" && !allowed.test(value)))
    return { wrong: "A tag has only letters, digits, spaces and _ in its key and value." };
  return { value: `${key}:${value}` };
}

/** A conversation's id: 24 hexadecimal digits. */
export function understandId(typed: string): Understood {
  const id = typed.trim().toLowerCase();
  return /^[a-f0-9]{24}$/.test(id)
    ? { value: id }
    : { wrong: "A conversation’s id has 24 characters: digits and the letters a to f." };
}

/** A tag filter in words, for its chip. */
export function tagInWords(tag: string): string {
  const [key, value] = [tag.slice(0, tag.indexOf(":")), tag.slice(tag.indexOf(":") + 1)];
  if (value === "*") return `${key}: any value`;
  return value === "" ? `${key}: no value` : `${key}: ${value}`;
}

/** The list with one more, or as it was when it has that already. */
export function withOne<T extends string | { id: string }>(list: readonly T[], one: T): readonly T[] {
  const name = (item: T) => (typeof item === "string" ? item : item.id);
  return list.some((item) => name(item) === name(one)) ? list : [...list, one];
}

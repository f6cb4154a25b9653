/** The rows of the sheet of keys. */
import { actionIds, actionOf, WHERE, whyNot, type ActionId } from "../keys";
import { shownOf } from "../keys/chord";

/** One action with its keys. */
export type Row = { id: ActionId; label: string; keys: readonly string[]; whyNot: string | null };

/** Those of one place. */
export type Group = { where: string; rows: Row[] };

/** What the heading of a group takes, in rows. */
const HEADING_ROWS = 1.5;

/** Groups in two columns about as long: each, in turn, where there is less. One column where the other would be empty. */
export function inColumns(groups: readonly Group[]): Group[][] {
  const [left, right]: [Group[], Group[]] = [[], []];
  /** By how much the left one is longer. */
  let longer = 0;
  for (const group of groups) {
    const isLeft = longer <= 0;
    (isLeft ? left : right).push(group);
    longer += (isLeft ? 1 : -1) * (group.rows.length + HEADING_ROWS);
  }
  return [left, right].filter((column) => column.length > 0);
}

/** Everything that has a key, grouped by where, as it is now; words leave only what they are found in. */
export function groupsOf(words = ""): Group[] {
  const wanted = words.trim().toLowerCase();
  const rows = actionIds.map((id) => ({ ...actionOf(id), whyNot: whyNot(id) }));
  const groups = WHERE.map((where) => ({
    where,
    rows: rows
      .filter((row) => row.where === where && row.chords.length > 0)
      // A key that sits where it is printed is one key to the reader.
      .map((row) => ({ ...row, keys: [...new Set(row.chords.map((chord) => shownOf(chord)))] }))
      .filter(({ label, also = "", keys }) => {
        const said = [label, also, where, ...keys].join(" ").toLowerCase();
        return said.includes(wanted);
      })
      .map(({ id, label, keys, whyNot }) => ({ id, label, keys, whyNot })),
  }));
  return groups.filter(({ rows }) => rows.length > 0);
}

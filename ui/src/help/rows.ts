/** The rows of the sheet of keys. */
import { actionIds, actionOf, WHERE, whyNot, type ActionId } from "../keys";
import { shownOf } from "../keys/chord";

/** One action with its keys. */
export type Row = { id: ActionId; label: string; keys: readonly string[]; whyNot: string | null };

/** Everything that has a key, grouped by where, as it is now; words leave only what they are found in. */
export function groupsOf(words = ""): { where: string; rows: Row[] }[] {
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

/** What the reviewer will open next: the shell reads it ahead of time. */
import { backend, type ConversationRow } from "../../backend";
import { isUnreviewed } from "./unreviewed";

/** How many conversations are told. */
export const MOST = 100;

/** The conversations after the open one that are still to be reviewed, in the order of the list; from its beginning while none of it is open. */
export function following(
  rows: readonly ConversationRow[],
  open: number,
  isGone: (id: string) => boolean = () => false,
): string[] {
  const ids: string[] = [];
  for (let at = open + 1; at < rows.length && ids.length < MOST; at += 1) {
    const row = rows[at];
    if (row && isUnreviewed(row) && !isGone(row.id)) ids.push(row.id);
  }
  return ids;
}

/** Tells the shell what follows, where that has changed. */
export class Following {
  #told = "";

  tell(ids: readonly string[]): void {
    const told = ids.join();
    if (told === this.#told) return;
    this.#told = told;
    // Without it everything comes as well, only later.
    void backend.lookAhead([...ids]).catch(() => {});
  }
}

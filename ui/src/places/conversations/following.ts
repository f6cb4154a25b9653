/** What the reviewer will open next: the shell reads it ahead of time. */
import { backend, type ConversationRow } from "../../backend";

/** How many conversations are told. */
export const MOST = 100;

/** The conversations after the open one, in the order of the list; from its beginning while none of it is open. */
export function following(rows: readonly ConversationRow[], open: number): string[] {
  return rows.slice(open + 1, open + 1 + MOST).map(({ id }) => id);
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

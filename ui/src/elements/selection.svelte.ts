/** The rows of the list that are selected, to do one thing to all of them. */
import { SvelteSet } from "svelte/reactivity";

export class Selection {
  readonly ids = new SvelteSet<string>();
  /** The row a range begins at. */
  #anchor: string | undefined;
  /** What was selected before the range was drawn: a range that shrinks gives back no more than it took. */
  #before: ReadonlySet<string> = new Set();

  /** Selects a row, or takes it out; a range begins there. */
  toggle(ids: readonly string[], at: number): void {
    const id = ids[at];
    if (id === undefined) return;
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchor = id;
    this.#before = new Set(this.ids);
  }

  /** Selects everything from where the range began to a row; with nothing selected it begins at `from`. */
  extend(ids: readonly string[], from: number, to: number): void {
    if (this.ids.size === 0) {
      this.#anchor = ids[from];
      this.#before = new Set();
    }
    const begun = this.#anchor === undefined ? -1 : ids.indexOf(this.#anchor);
    const anchor = begun >= 0 ? begun : from;
    const [first, last] = [Math.min(anchor, to), Math.max(anchor, to)];
    const wanted = new Set([...this.#before, ...ids.slice(first, last + 1)]);
    for (const id of this.ids) if (!wanted.has(id)) this.ids.delete(id);
    for (const id of wanted) this.ids.add(id);
  }

  /** Selects all of these. */
  all(ids: readonly string[]): void {
    for (const id of ids) this.ids.add(id);
    this.#before = new Set(this.ids);
  }

  /** Leaves selected only what is among these. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.ids) if (!ids.has(id)) this.ids.delete(id);
    this.#before = new Set(this.ids);
  }

  /** Selects nothing any more. */
  clear(): void {
    this.ids.clear();
    this.#before = new Set();
  }
}

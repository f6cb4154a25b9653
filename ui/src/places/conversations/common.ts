/** What many rows have in common is kept once: a hundred thousand rows with people, services and tags of their own are heavy. */

/** Values looked through; a list of people who all came once must not grow beside its rows. */
const MOST = 1_000;

export class Common {
  #known = new Map<string, unknown>();

  /** An equal value that is known already, or this one. What is shared must never be changed in place. */
  share<Value>(value: Value): Value {
    const text = JSON.stringify(value);
    if (this.#known.has(text)) return this.#known.get(text) as Value;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

/** A conversation's tags while they are edited. */
import { backend, troubleFrom } from "../../backend";
import type { Problem, TagView } from "../../backend";
import type { Work } from "./work.svelte";

/** Reads what was typed: a name, or a name and a value with a colon between them. */
export function parseTag(typed: string): TagView {
  const colon = typed.indexOf(":");
  if (colon === -1) return { key: typed.trim(), value: null };
  const value = typed.slice(colon + 1).trim();
  return { key: typed.slice(0, colon).trim(), value: value === "" ? null : value };
}

export class Tags {
  readonly #conversation: string;
  readonly #work: Work;

  /** Why the last edit was refused, of which tag, and whether it was to be removed. */
  refused = $state.raw<{ key: string; removing: boolean; problem: Problem } | null>(null);

  constructor(conversation: string, work: Work) {
    this.#conversation = conversation;
    this.#work = work;
  }

  /** A tag by its name. */
  find = (key: string): TagView | undefined => this.#work.tags.find((tag) => tag.key === key);

  /** Adds a tag or changes its value. Answers whether that was kept. */
  set = (tag: TagView): Promise<boolean> =>
    this.#edit(tag.key, false, () => backend.editTags(this.#conversation, [tag], []));

  /** Removes a tag. Answers whether that was kept. */
  remove = (key: string): Promise<boolean> =>
    this.#edit(key, true, () => backend.editTags(this.#conversation, [], [key]));

  async #edit(key: string, removing: boolean, call: Parameters<Work["edit"]>[0]): Promise<boolean> {
    this.refused = null;
    try {
      await this.#work.edit(call);
      return true;
    } catch (thrown) {
      this.refused = { key, removing, problem: troubleFrom(thrown) };
      return false;
    }
  }
}

/** A conversation's tags while they are edited: an edit shows at once, says it is being saved, and goes back when it is refused. */
import { backend, troubleFrom } from "../../backend";
import type { Problem, TagView } from "../../backend";

/** Reads what was typed: a name, or a name and a value with a colon between them. */
export function parseTag(typed: string): TagView {
  const colon = typed.indexOf(":");
  if (colon === -1) return { key: typed.trim(), value: null };
  const value = typed.slice(colon + 1).trim();
  return { key: typed.slice(0, colon).trim(), value: value === "" ? null : value };
}

/** A tag as it is shown. */
export interface ShownTag extends TagView {
  /** Whether it is on its way to the server. */
  saving: boolean;
}

type Edit = { set: TagView } | { remove: string };

const keyOf = (edit: Edit) => ("set" in edit ? edit.set.key : edit.remove);

export class Tags {
  #conversation: string;
  #saved: (tags: TagView[]) => void;
  #queue: Promise<unknown> = Promise.resolve();
  #kept = $state.raw<readonly TagView[]>([]);
  #edits = $state.raw<readonly Edit[]>([]);
  /** What the list has read while an edit was on its way. */
  #reread: readonly TagView[] | null = null;

  /** Why the last edit was refused, of which tag, and whether it was to be removed. */
  refused = $state.raw<{ key: string; removing: boolean; problem: Problem } | null>(null);

  /** The tags with the edits that are on their way. Order is kept: a new one stands last. */
  readonly shown = $derived.by((): ShownTag[] => {
    const shown = new Map<string, ShownTag>();
    for (const tag of this.#kept) shown.set(tag.key, { ...tag, saving: false });
    for (const edit of this.#edits) {
      if ("set" in edit) shown.set(edit.set.key, { ...edit.set, saving: true });
      else shown.delete(edit.remove);
    }
    return [...shown.values()];
  });

  readonly saving = $derived(this.#edits.length > 0);

  /** `saved` is told all tags whenever the server has taken an edit. */
  constructor(conversation: string, tags: readonly TagView[], saved: (tags: TagView[]) => void) {
    this.#conversation = conversation;
    this.#kept = tags;
    this.#saved = saved;
  }

  /** Takes the tags the list has read again; while an edit is on its way, only if that is refused. */
  reread(tags: readonly TagView[]): void {
    if (this.#edits.length === 0) this.#kept = tags;
    else this.#reread = tags;
  }

  /** A tag by its name. */
  find = (key: string): TagView | undefined => {
    const found = this.shown.find((tag) => tag.key === key);
    return found && { key: found.key, value: found.value };
  };

  /** Adds a tag or changes its value. Answers whether it was saved. */
  set = (tag: TagView): Promise<boolean> => this.#edit({ set: tag });

  /** Removes a tag. Answers whether that was saved. */
  remove = (key: string): Promise<boolean> => this.#edit({ remove: key });

  #edit(edit: Edit): Promise<boolean> {
    this.refused = null;
    this.#edits = [...this.#edits, edit];
    // One after the other: each answer tells all tags, and an older answer must not overwrite a newer one.
    const sent = this.#queue.then(() => this.#send(edit));
    this.#queue = sent;
    return sent;
  }

  async #send(edit: Edit): Promise<boolean> {
    try {
      const [set, remove] = "set" in edit ? [[edit.set], []] : [[], [edit.remove]];
      const tags = await backend.editTags(this.#conversation, set, remove);
      this.#kept = tags;
      this.#reread = null;
      this.#saved(tags);
      return true;
    } catch (thrown) {
      this.#kept = this.#reread ?? this.#kept;
      this.#reread = null;
      this.refused = { key: keyOf(edit), removing: "remove" in edit, problem: troubleFrom(thrown) };
      return false;
    } finally {
      this.#edits = this.#edits.filter((other) => other !== edit);
    }
  }
}

/** The messages the reviewer flagged: a mark of their own, which is never sent. */
import { backend, troubleFrom } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import type { Work } from "./work.svelte";

export class Flags {
  readonly #conversation: string;
  readonly #work: Work;
  readonly all = $derived.by(() => new Set(this.#work.flags));

  constructor(conversation: string, work: Work) {
    this.#conversation = conversation;
    this.#work = work;
  }

  /** Flags a message, or takes its flag away. */
  async toggle(message: string): Promise<void> {
    let set = false;
    try {
      // Only when its turn comes is it known what stands there: a key can be pressed twice.
      await this.#work.edit(() => {
        set = !this.#work.flags.includes(message);
        return backend.flagMessage(this.#conversation, message, set);
      });
    } catch (thrown) {
      toast(`The flag stays as it was. ${troubleFrom(thrown).message}`);
      return;
    }
    toast(set ? "Flagged, on this computer only." : "Flag taken away.", () => void perform("undo"));
  }
}

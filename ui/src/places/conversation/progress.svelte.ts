/** How far the review of a conversation is, while the reviewer says so. */
import { backend, troubleFrom } from "../../backend";
import type { Problem, ReviewStep, ReviewView } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import type { Work } from "./work.svelte";

const SAID: Record<ReviewStep, string> = {
  inProgress: "Marked as in progress.",
  done: "Marked as done.",
  skipped: "Marked as skipped.",
};

export class Progress {
  readonly #conversation: string;
  readonly #work: Work;

  /** Why the last change was refused, and what it was. */
  refused = $state.raw<{ step: ReviewStep | null; problem: Problem } | null>(null);

  constructor(conversation: string, work: Work) {
    this.#conversation = conversation;
    this.#work = work;
  }

  /** Says how far it is; nothing takes the state away. */
  mark = (step: ReviewStep | null): Promise<void> => this.#say(() => step);

  /** Says how far it is; where that is said already, it is in progress again. */
  turn = (step: ReviewStep): Promise<void> =>
    this.#say(() => (this.#work.review?.step === step ? "inProgress" : step));

  async #say(wanted: () => ReviewStep | null): Promise<void> {
    this.refused = null;
    const change: { from: ReviewView | null; to: ReviewStep | null } = { from: null, to: null };
    try {
      await this.#work.edit(() => {
        // Only now is it known what stands there: a key can be pressed twice before the first is answered.
        change.from = this.#work.review;
        change.to = wanted();
        return backend.setReview(this.#conversation, change.to);
      });
    } catch (thrown) {
      this.refused = { step: change.to, problem: troubleFrom(thrown) };
      return;
    }
    const said = change.to ? SAID[change.to] : "State of the review taken away.";
    toast(said, this.#wayBack(change.from));
  }

  /** What is kept on this computer only is no change the shell could undo: it is said anew. */
  #wayBack(from: ReviewView | null): (() => void) | undefined {
    // Where nothing changed, "undo" would mean something else.
    if (JSON.stringify(from) === JSON.stringify(this.#work.review)) return undefined;
    const here = from?.hereOnly || this.#work.review?.hereOnly;
    return here ? () => void this.mark(from?.step ?? null) : () => void perform("undo");
  }
}

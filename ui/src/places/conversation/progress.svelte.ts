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

/** What was said of a review, in words, and how that is taken back. */
export type Said = { words: string; undo: (() => void | Promise<void>) | undefined };

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
  async mark(step: ReviewStep | null): Promise<void> {
    const said = await this.say(step);
    if (said) toast(said.words, said.undo);
  }

  /** Says how far it is, and answers what was said; nothing where that could not be kept. */
  async say(step: ReviewStep | null): Promise<Said | null> {
    this.refused = null;
    let from: ReviewView | null = null;
    try {
      await this.#work.edit(() => {
        // Only now is it known what stands there.
        from = this.#work.review;
        return backend.setReview(this.#conversation, step);
      });
    } catch (thrown) {
      this.refused = { step, problem: troubleFrom(thrown) };
      return null;
    }
    return {
      words: step ? SAID[step] : "State of the review taken away.",
      undo: this.#wayBack(from),
    };
  }

  /** What is kept on this computer only is no change the shell could undo: it is said anew. */
  #wayBack(from: ReviewView | null): Said["undo"] {
    // Where nothing changed, "undo" would mean something else.
    if (JSON.stringify(from) === JSON.stringify(this.#work.review)) return undefined;
    const here = from?.hereOnly || this.#work.review?.hereOnly;
    return here ? () => this.mark(from?.step ?? null) : () => void perform("undo");
  }
}

/**
 * The same queue may be open on two computers. Tags decide how far a conversation is, so they are read again around the
 * one that is open, and the reviewer is told what others did meanwhile: where it opens, or when it is passed over.
 */
import type { ConversationRow, ReviewStep } from "../../backend";
import type { ConversationList } from "./list.svelte";
import { personInWords } from "./row";
import { isUnreviewed } from "./unreviewed";

/** What somebody else did, and who, where that is known. */
export type Overtaken = { step: ReviewStep | "gone"; by: string | null };

/** Conversations that are read again at once: the one that is open, and those that come next. */
const AT_ONCE = 10;
/** Milliseconds between two readings: whoever skims must leave the server's calls to what he looks at. */
const PAUSE_MS = 6_000;

/** What others did to a conversation, by how it stood and how it stands now (`null`: not at all); nothing that concerns its review. */
export function overtaken(stood: ConversationRow, now: ConversationRow | null): Overtaken | null {
  if (now === null) return { step: "gone", by: null };
  const { review } = now;
  if (!review || review.step === stood.review?.step || !isUnreviewed(stood)) return null;
  return { step: review.step, by: review.reviewer };
}

/** Says it of a conversation that is open; nothing where the reviewer has decided otherwise since. */
export function saidOf(found: Overtaken | undefined, { review }: ConversationRow): string | null {
  if (!found) return null;
  if (found.step === "gone") return "This conversation was deleted from the server meanwhile.";
  if (review?.step !== found.step || review.reviewer !== found.by) return null;
  const by = found.by ?? "Somebody else";
  const did = {
    inProgress: `${by} has begun to review this conversation meanwhile.`,
    done: `${by} has finished the review of this conversation meanwhile.`,
    skipped: `${by} has skipped this conversation meanwhile.`,
  };
  return `${did[found.step]} Its tags decide, on every computer.`;
}

const PASSED: Record<"done" | "skipped" | "gone", (by: string) => string> = {
  done: (by) => `${by} has finished it meanwhile`,
  skipped: (by) => `${by} has skipped it meanwhile`,
  gone: () => "it was deleted meanwhile",
};

/** Says which of the conversations between two places are passed over because of others, once; nothing where none is. */
export function saidPassing(list: ConversationList, from: number, to: number): string {
  const passed = list.rows.slice(from, to < 0 ? undefined : to).flatMap((row) => {
    const found = list.overtaken.get(row.id);
    if (!found || found.step === "inProgress") return [];
    if (found.step !== "gone" && row.review?.step !== found.step) return [];
    return [{ row, step: found.step, by: found.by ?? "somebody else" }];
  });
  passed.forEach(({ row }) => list.overtaken.delete(row.id));
  const [first] = passed;
  if (!first) return "";
  if (passed.length > 1)
    return `Passed over ${passed.length}: others have finished, skipped or deleted them meanwhile.`;
  const name = personInWords(list.named(first.row).user, list.people);
  return `Passed over ${name}: ${PASSED[first.step](first.by)}.`;
}

/** Reads the open conversation of a queue again and those that come next, one reading after the other. */
export class Watch {
  readonly #list: ConversationList;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;
  #reading = false;
  #wanted = false;

  constructor(list: ConversationList) {
    this.#list = list;
  }

  /** Another conversation was opened. */
  look(): void {
    this.#wanted = true;
    if (this.#reading) return;
    clearTimeout(this.#timer);
    const wait = this.#last + PAUSE_MS - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => void this.#read(), wait);
    else void this.#read();
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    const list = this.#list;
    const at = list.opened && list.queue ? list.indexOf(list.opened.id) : -1;
    this.#wanted = false;
    if (at < 0) return;
    this.#reading = true;
    this.#last = performance.now();
    const next = list.rows.slice(at + 1).filter((row) => isUnreviewed(row) && !list.queue?.isAbsent(row.id));
    // What cannot be read now is read with the next one.
    await list.readAgain([list.rows[at]!, ...next].slice(0, AT_ONCE).map(({ id }) => id)).catch(() => {});
    this.#reading = false;
    if (this.#wanted) this.look();
  }
}

/** The window's only way to the shell: each call answers its data or throws a {@link Trouble}. */
import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type FeedbackView,
  type OutboxView,
  type PlayerView,
  type Problem,
  type ProblemCode,
} from "./bindings";

export type * from "./bindings";

/** A problem as something that can be thrown; `message` is a sentence for the reviewer. */
export class Trouble extends Error implements Problem {
  readonly code: ProblemCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly reference: string | null;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "Trouble";
    this.code = problem.code;
    this.retryable = problem.retryable;
    this.retryAfterMs = problem.retryAfterMs;
    this.reference = problem.reference;
  }
}

/** Whatever was thrown, as a problem. Text of unknown origin is not shown: it may hold what must not be seen. */
export function troubleFrom(thrown: unknown): Trouble {
  if (thrown instanceof Trouble) return thrown;
  if (isProblem(thrown)) return new Trouble(thrown);
  return new Trouble({
    code: "internal",
    message: "Something went wrong inside Earmark. Nothing you typed is lost.",
    retryable: true,
    retryAfterMs: null,
    reference: null,
  });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

type Answer<R> = R extends { status: "ok"; data: infer D } ? D : R extends { status: "error" } ? never : R;
type Calls<C> = {
  [K in keyof C]: C[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => Promise<Answer<R>>
    : never;
};

function isOutcome(
  value: unknown,
): value is { status: "ok"; data: unknown } | { status: "error"; error: unknown } {
  if (typeof value !== "object" || value === null || !("status" in value)) return false;
  return (value.status === "ok" && "data" in value) || (value.status === "error" && "error" in value);
}

/** Hears of every call as it goes out and comes back; `answer` is what came, where no trouble did. */
type CallObserver = {
  began(name: string): void;
  ended(name: string, trouble: Trouble | null, answer?: unknown): void;
};

let observer: CallObserver = { began() {}, ended() {} };

/** Sets who hears of the calls. */
export function observeCalls(by: CallObserver): void {
  observer = by;
}

/** Turns answers of the form `{status}` into plain data or a thrown {@link Trouble}. */
export function throwing<C extends object>(calls: C): Calls<C> {
  const entries = Object.entries(calls).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      observer.began(name);
      try {
        const answer: unknown = await call(...args);
        if (isOutcome(answer) && answer.status === "error") throw answer.error;
        const data = isOutcome(answer) && "data" in answer ? answer.data : answer;
        observer.ended(name, null, data);
        return data;
      } catch (thrown) {
        const trouble = troubleFrom(thrown);
        observer.ended(name, trouble);
        throw trouble;
      }
    },
  ]);
  return Object.fromEntries(entries) as Calls<C>;
}

/** The shell's commands. */
export const backend = throwing(commands);

/** Hears what the player does, at most four times a second. */
export async function watchPlayer(onView: (view: PlayerView) => void): Promise<void> {
  const channel = new Channel<PlayerView>();
  channel.onmessage = onView;
  await backend.watchPlayer(channel);
}

/** Hears the action of each item that is chosen in the menu bar. Whoever watched before hears no more. */
export async function watchMenu(onChosen: (action: string) => void): Promise<void> {
  const channel = new Channel<string>();
  channel.onmessage = onChosen;
  await backend.watchMenu(channel);
}

/** Hears where the reviewer's changes are: now, and whenever that changes. Whoever watched before hears no more. */
export async function watchOutbox(onView: (view: OutboxView) => void): Promise<void> {
  const channel = new Channel<OutboxView>();
  channel.onmessage = onView;
  await backend.watchOutbox(channel);
}

/** Hears how far the reading of all comments is: now, and whenever something came. Whoever watched before hears no more. */
export async function watchFeedback(onView: (view: FeedbackView) => void): Promise<void> {
  const channel = new Channel<FeedbackView>();
  channel.onmessage = onView;
  await backend.watchFeedback(channel);
}

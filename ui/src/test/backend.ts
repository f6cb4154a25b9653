/** A shell for tests: answers commands as a test says, and remembers what was asked. */
import type { ConversationRow, DraftView, OutboxView, Problem, StartView } from "../backend";
import { NOTHING } from "../lib/outbox.svelte";

export type Asked = { command: string; args: Record<string, unknown> };
type Answer = (args: Record<string, unknown>) => unknown;

/** Puts the shell in place of Tauri's; answers what was asked of it. What a test does not answer fails. */
export function shellAnswering(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  const invoke = async (command: string, args: Record<string, unknown> = {}) => {
    asked.push({ command, args });
    const answer = answers[command];
    if (!answer) throw `no answer to ${command} in this test`;
    return answer(args);
  };
  Object.assign(window, { __TAURI_INTERNALS__: { invoke, transformCallback: () => 0 } });
  return asked;
}

/** Tells whoever watched the outbox last where the changes are. */
export function tellOutbox(asked: Asked[], view: Partial<OutboxView>): void {
  const told = asked.filter(({ command }) => command === "watch_outbox").at(-1);
  const { onmessage } = told?.args["channel"] as { onmessage: (view: OutboxView) => void };
  onmessage({ ...NOTHING, ...view });
}

/** A problem with only its interesting parts given. */
export function problem(parts: Partial<Problem> = {}): Problem {
  return {
    code: "unreachable",
    message: "The server cannot be reached.",
    retryable: true,
    retryAfterMs: null,
    reference: null,
    ...parts,
  };
}

/** The conversation with a number, as the list shows it. */
export function conversation(number: number, parts: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: number.toString(16).padStart(24, "0"),
    user: { id: `user-${number}`, name: `Person ${number}` },
    service: { id: "5".repeat(24), name: "Check-in" },
    version: "release",
    createdAt: "2026-11-13T09:21:00Z",
    isFinished: true,
    finalMessage: `Words ${number}`,
    numMessages: number,
    tags: [],
    review: null,
    ...parts,
  };
}

/** A comment that is being written in a conversation. */
export function draftIn(number: number): DraftView {
  return {
    conversationId: conversation(number).id,
    field: "comment",
    text: "She",
    interactionId: null,
    caret: 3,
  };
}

/** What the shell tells at the start, with nobody signed in. */
export function nobodySignedIn(parts: Partial<StartView> = {}): StartView {
  return {
    session: null,
    problem: null,
    accounts: [],
    regions: [
      { name: "United States", baseUrl: "https://us.invalid" },
      { name: "Europe", baseUrl: "https://eu.invalid" },
    ],
    keyringNotice: null,
    version: "0.0.0",
    dataDir: "data",
    ...parts,
  };
}

/** Where the reviewer's changes are, for the whole window: how many wait, how many need an answer, and what changed. */
import { troubleFrom, watchOutbox, type OutboxView } from "../backend";
import { toast } from "../elements/toasts.svelte";

/** Nothing on its way. */
export const NOTHING: OutboxView = {
  savedHere: 0,
  needsYou: 0,
  onlyHere: 0,
  needingYou: [],
  trouble: null,
  changed: [],
  reports: [],
  bulk: null,
};

type Hearer = (conversations: readonly string[]) => void;

let view = $state.raw<OutboxView>(NOTHING);
const hearers = new Set<Hearer>();
/** Rises with every account: what is still told of an earlier one is not listened to. */
let round = 0;

/** What was told last. */
export const outboxNow = (): OutboxView => view;

/** Begins to listen; the session must be there, and the store open. */
export async function startOutbox(): Promise<void> {
  const mine = ++round;
  try {
    await watchOutbox((next) => {
      if (mine === round) take(next);
    });
  } catch (thrown) {
    if (mine === round) view = { ...NOTHING, trouble: troubleFrom(thrown).message };
  }
}

/** Listens no more: another account is signed in, or none. */
export function leaveOutbox(): void {
  round += 1;
  view = NOTHING;
}

/** Tells of conversations whose tags, comments or changes are not what they were. Answers how to stop. */
export function onWorkChanged(hear: Hearer): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}

/** Says that the work of these conversations is to be read anew. */
export function tellChanged(conversations: readonly string[]): void {
  for (const hear of hearers) hear(conversations);
}

function take(next: OutboxView): void {
  view = next;
  for (const report of next.reports) toast(report);
  if (next.changed.length > 0) tellChanged(next.changed);
}

/** How many comments are open in which conversation, for the whole window: only those conversations are held that have any. */
import { SvelteMap } from "svelte/reactivity";
import { backend } from "../backend";

/** Conversations in one call. */
const AT_ONCE = 200;

const open = new SvelteMap<string, number>();
/** Conversations that are to be counted. */
let wanted = new Set<string>();
/** Whether the store is there to be asked. */
let ready = false;
let counting = false;
/** Rises with every account: what is still told of an earlier one is not listened to. */
let round = 0;

/** How many are open in a conversation, as far as is known by now. */
export const openIn = (conversation: string): number => open.get(conversation) ?? 0;

/** Begins to count, with what was asked for before; the store must be open. */
export function startCounting(): void {
  ready = true;
  void count();
}

/** Counts those of these conversations, or counts them anew: as soon as the count that is under way is over. */
export function countOpen(conversations: readonly string[]): void {
  for (const id of conversations) wanted.add(id);
  if (ready) void count();
}

/** Forgets them: another account is signed in, or none. */
export function leaveOpenComments(): void {
  round += 1;
  ready = false;
  counting = false;
  wanted = new Set();
  open.clear();
}

async function count(): Promise<void> {
  if (counting) return;
  counting = true;
  const mine = round;
  while (mine === round && wanted.size > 0) {
    const asked = [...wanted].slice(0, AT_ONCE);
    asked.forEach((id) => wanted.delete(id));
    // What cannot be counted stands as it was counted before.
    const counted = await backend.openComments(asked).catch(() => null);
    if (mine === round && counted) take(asked, counted);
  }
  if (mine === round) counting = false;
}

function take(asked: readonly string[], counted: Awaited<ReturnType<typeof backend.openComments>>): void {
  const known = new Map(counted.map((one) => [one.conversationId, one.open]));
  for (const id of asked) {
    const now = known.get(id);
    if (now === undefined) open.delete(id);
    else open.set(id, now);
  }
}

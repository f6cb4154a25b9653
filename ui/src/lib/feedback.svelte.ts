/** The comments of all conversations, for the whole window: how many are open, and how far they are read. */
import { backend, troubleFrom, watchFeedback, type FeedbackView, type Problem } from "../backend";
import { countOpen, leaveOpenComments, startCounting } from "./open-comments.svelte";

let view = $state.raw<FeedbackView | null>(null);
let problem = $state.raw<Problem | null>(null);
/** Rises with every account: what is still told of an earlier one is not listened to. */
let round = 0;
let counting = false;
let again = false;

/** What was told last; nothing before. */
export const feedbackNow = (): FeedbackView | null => view;

/** Why nothing is known of them. */
export const feedbackTrouble = (): Problem | null => problem;

/** Begins to read them in the background, and listens; the session must be there, and the store open. */
export async function startFeedback(): Promise<void> {
  const mine = ++round;
  problem = null;
  try {
    await watchFeedback((next) => {
      if (mine !== round) return;
      view = next;
      countOpen(next.changed);
    });
    if (mine === round) startCounting();
  } catch (thrown) {
    if (mine === round) problem = troubleFrom(thrown);
  }
}

/** Listens no more: another account is signed in, or none. */
export function leaveFeedback(): void {
  round += 1;
  view = null;
  problem = null;
  leaveOpenComments();
}

/** Counts them anew, as the reviewer has changed some: one count at a time, and the last one counts. */
export async function countFeedback(): Promise<void> {
  if (view === null) return;
  again = counting;
  if (counting) return;
  counting = true;
  const mine = round;
  const counted = await backend.readFeedback().catch(() => null);
  counting = false;
  if (mine === round && counted) view = counted;
  if (again) void countFeedback();
}

/** What is typed and not sent when its key is pressed, or the one that says that the review is done. */
import type { Review } from "./review.svelte";

/** A field of the conversation. */
export type Unsent = {
  /** Whether something is being typed in it now. */
  isTyped: () => boolean;
  /** Sends it; answers whether all of it is kept. */
  send: () => Promise<boolean>;
};

/** Has a field take part for as long as its component is there: for an effect. */
export function takesPart(review: Review, field: Unsent): () => void {
  review.unsent.add(field);
  return () => void review.unsent.delete(field);
}

/** A deed that answers whether it was done, as one that does nothing while it is on its way already. */
export function onceAtATime<A extends unknown[]>(
  deed: (...given: A) => Promise<boolean>,
): (...given: A) => Promise<boolean> {
  let isBusy = false;
  return async (...given) => {
    if (isBusy) return false;
    isBusy = true;
    try {
      return await deed(...given);
    } finally {
      isBusy = false;
    }
  };
}

/** Whether something is being typed now. */
export const isTyping = (review: Review): boolean => [...review.unsent].some((field) => field.isTyped());

/** Sends what is typed now; answers `false` where nothing is. */
export function sendTyped(review: Review): Promise<boolean> | false {
  for (const field of review.unsent) if (field.isTyped()) return field.send();
  return false;
}

/**
 * Sends what is typed before the review is said to be over; answers whether it may be. It may not where something is not
 * kept, nor where the sound waits for what is typed: the reviewer is in the middle of hearing, and goes on there.
 */
export async function sentBefore(review: Review): Promise<boolean> {
  const listens = review.listening.waitsForTyping;
  const sent = sendTyped(review);
  return sent === false || ((await sent) && !listens);
}

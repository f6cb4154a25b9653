/** Has the beginning of the next conversation ready: with code that the first list does not wait for. */

/** How long what was just opened is left to be drawn, in milliseconds. */
const REST_MS = 150;

/** Of the one that will be opened next, if there is one, at a turn or at its first. */
export function readyNext(id: string | undefined, turn: string | null = null): void {
  setTimeout(() => void import("./ready").then(({ makeReady }) => makeReady(id, turn)), REST_MS);
}

/** Where the reviewer was in each conversation when it was left, in memory, by account; coming back goes there again. */
import type { Desk } from "./drafts";

/** The current message, and the line at the top of the view with its distance from there in pixels. */
export interface LeftAt {
  current: string;
  top: { message: string; px: number } | null;
}

/** Conversations that are remembered; the one left longest ago goes first. */
const KEPT = 200;

const places = new Map<Desk, LeftAt>();

/** Remembers a place. */
export function leaveAt(desk: Desk, place: LeftAt): void {
  places.delete(desk);
  places.set(desk, place);
  const oldest = places.keys().next();
  if (places.size > KEPT && !oldest.done) places.delete(oldest.value);
}

/** The place where a conversation was left, if it is remembered. */
export const leftAt = (desk: Desk): LeftAt | undefined => places.get(desk);

/** Forgets everything. */
export const forgetPlaces = () => places.clear();

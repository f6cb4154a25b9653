/**
 * What the palette offers beside the actions of the table: whatever is there at the moment, as saved views, accounts, or
 * the one whose id is typed. A component offers while it is mounted: `$effect(() => offer(() => views.map(…)))`.
 */

/** One thing to be chosen. */
export type Offer = {
  /** Tells it from the others. */
  id: string;
  label: string;
  /** What kind of thing it is, in a word or two. */
  group: string;
  /** Other words it is found by. */
  also?: string;
  /** Whether it stands first, whatever else fits what is typed. */
  first?: boolean;
  /**
   * Does it. Where something has to be asked first, it answers a promise: of what is to be done once the palette has gone,
   * or of a sentence that says why nothing is, which the palette then shows.
   */
  act: () => void | Promise<string | (() => void)>;
};

/** What is offered for what is typed. */
type Source = (typed: string) => readonly Offer[];

const sources = new Set<Source>();

/** Offers more; answers how to take it back. */
export function offer(source: Source): () => void {
  sources.add(source);
  return () => void sources.delete(source);
}

/** Everything that is offered for what is typed. */
export const offered = (typed: string): Offer[] => [...sources].flatMap((source) => source(typed));

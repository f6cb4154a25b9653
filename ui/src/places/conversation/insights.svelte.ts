/**
 * Why the agent did what it did, by interaction. Reading is dear (twenty calls a minute), so while the reviewer walks through
 * the turns only the one he rests on is read, and what was read once is kept.
 */
import { SvelteMap } from "svelte/reactivity";
import { backend, troubleFrom } from "../../backend";
import type { InsightView, Problem } from "../../backend";

/** How long a turn must be rested on before its insight is read, in milliseconds. */
export const REST_MS = 600;
/** Conversations whose insights are kept; the one read longest ago goes first. */
const KEPT = 50;

const known = new Map<string, SvelteMap<string, InsightView>>();

function knownOf(conversation: string): SvelteMap<string, InsightView> {
  const of = known.get(conversation) ?? new SvelteMap<string, InsightView>();
  known.delete(conversation);
  known.set(conversation, of);
  const oldest = known.keys().next();
  if (known.size > KEPT && !oldest.done) known.delete(oldest.value);
  return of;
}

/** Takes an insight that was read before its conversation is opened. */
export function knowInsight(conversation: string, interaction: string, insight: InsightView): void {
  knownOf(conversation).set(interaction, insight);
}

/** Forgets everything: another account is signed in. */
export const forgetInsights = () => known.clear();

export class Insights {
  /** The interaction the pane is about. */
  interaction = $state<string | null>(null);
  /** Why its insight is not there. */
  problem = $state.raw<Problem | null>(null);
  /** Whether it is being read, or will be once the turn is rested on. */
  reading = $state(false);

  #conversation: string;
  #known: SvelteMap<string, InsightView>;
  #started = false;
  #asked = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(conversation: string) {
    this.#conversation = conversation;
    this.#known = knownOf(conversation);
  }

  /** The insight the pane shows. */
  get current(): InsightView | undefined {
    return this.interaction === null ? undefined : this.#known.get(this.interaction);
  }

  /** What is known of an interaction, without reading it. */
  of(interaction: string): InsightView | undefined {
    return this.#known.get(interaction);
  }

  /** Reads from now on, the current one at once: before, only what is known is shown. */
  start(): void {
    this.#started = true;
    this.#readHere(0);
  }

  /** Turns to an interaction. The first one is read at once, a later one when it is rested on. */
  turnTo(interaction: string): void {
    if (interaction === this.interaction) return;
    const rest = this.interaction === null ? 0 : REST_MS;
    this.interaction = interaction;
    this.#forgetAsked();
    if (this.#started) this.#readHere(rest);
  }

  /** Reads the current one again. */
  again(): void {
    if (this.interaction === null) return;
    this.#forgetAsked();
    this.reading = true;
    void this.#read(this.interaction, true);
  }

  /** Nothing is read any more. */
  leave(): void {
    this.#forgetAsked();
  }

  #forgetAsked(): void {
    clearTimeout(this.#rest);
    this.#asked += 1;
    this.problem = null;
    this.reading = false;
  }

  #readHere(restMs: number): void {
    const { interaction } = this;
    // One that was only kept may be another by now.
    if (interaction === null || this.#known.get(interaction)?.keptSince === null) return;
    this.reading = true;
    if (restMs === 0) void this.#read(interaction, false);
    else this.#rest = setTimeout(() => void this.#read(interaction, false), restMs);
  }

  async #read(interaction: string, refresh: boolean): Promise<void> {
    const asked = this.#asked;
    try {
      const insight = await backend.readInsight(this.#conversation, interaction, refresh);
      // Kept even when the reviewer has walked on: the call is spent.
      this.#known.set(interaction, insight);
      if (asked === this.#asked) this.reading = false;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.problem = troubleFrom(thrown);
      this.reading = false;
    }
  }
}

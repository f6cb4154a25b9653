/**
 * The one player, as the window sees it: what plays, where it is, what went wrong. The sound itself is the backend's.
 *
 * There is one for the whole window because there is one in the backend, and the channel it reports on is opened once.
 */
import { backend, troubleFrom, watchPlayer } from "../../backend";
import type { ClipView, PlayerView, Problem } from "../../backend";
import { ClipClock } from "./clip-clock";

const IDLE: PlayerView = {
  conversationId: null,
  messageId: null,
  status: "idle",
  positionMs: 0,
  messageMs: 0,
  durationMs: 0,
  totalMs: 0,
  speedPercent: 100,
  waitMs: null,
  revision: 0,
  problem: null,
};

export class Player {
  /** What the backend last reported. */
  view = $state.raw<PlayerView>(IDLE);
  /** The sound that is loaded. */
  clip = $state.raw<ClipView | null>(null);
  /** The message whose sound is being fetched. */
  loading = $state<string | null>(null);
  /** The conversation the sound belongs to. */
  conversation = $state<string | null>(null);
  /** Why a message cannot be heard, or why it halted. */
  trouble = $state.raw<{ message: string; problem: Problem } | null>(null);
  /** The position that is shown, in milliseconds. */
  positionMs = $state(0);
  /** Lengths of the messages heard so far, in milliseconds by id. */
  lengths = $state.raw<ReadonlyMap<string, number>>(new Map());

  readonly playing = $derived(this.view.status === "playing" && this.loading === null);

  #clock = new ClipClock();
  #asked = 0;
  #left = -1;
  #frame = 0;
  #watching = false;

  /** Opens the player's channel, once. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchPlayer((view) => this.see(view)).catch(() => (this.#watching = false));
  }

  /** Takes a report of the backend. */
  see(view: PlayerView): void {
    this.view = view;
    this.#clock.see(view, performance.now());
    if (view.problem && view.messageId) this.trouble = { message: view.messageId, problem: view.problem };
    this.#draw();
  }

  /** Plays a message from a position. What was asked before is forgotten. */
  async play(conversation: string, message: string, fromMs = 0): Promise<void> {
    const asked = ++this.#asked;
    this.conversation = conversation;
    this.loading = message;
    this.trouble = null;
    try {
      const clip = await backend.playMessage(conversation, message, fromMs);
      if (asked !== this.#asked) {
        // Left while it was fetched, and nothing else was asked for: the pause may have come before the start.
        if (this.#asked === this.#left) void backend.pause().catch(() => undefined);
        return;
      }
      this.clip = clip;
      this.lengths = new Map(this.lengths).set(message, clip.durationMs);
      this.loading = null;
      // The report that it plays may still be on its way; without it the strip would be empty for a moment.
      if (this.view.messageId !== message) {
        this.see({
          ...IDLE,
          messageId: message,
          status: "playing",
          positionMs: fromMs,
          durationMs: clip.durationMs,
        });
      }
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.loading = null;
      this.trouble = { message, problem: troubleFrom(thrown) };
    }
  }

  /** Whether a message is loaded, or being loaded, so that {@link toggle} is about it. */
  isAt(conversation: string, message: string): boolean {
    return this.conversation === conversation && (this.loading ?? this.view.messageId) === message;
  }

  /** Plays or halts what is loaded. Answers whether there was anything to. */
  toggle(): boolean {
    const { messageId, status } = this.view;
    if (this.loading !== null) return true;
    if (messageId === null || this.conversation === null || status === "idle") return false;
    if (status === "playing") this.#tell(messageId, backend.pause());
    else this.#tell(messageId, backend.resume());
    return true;
  }

  /** Moves the playhead. After the end, plays from there. Answers whether there was anything to move. */
  seekTo(ms: number): boolean {
    const { messageId, status, durationMs } = this.view;
    if (messageId === null || this.conversation === null || this.loading !== null || status === "idle")
      return false;
    const to = Math.round(Math.max(0, Math.min(durationMs, ms)));
    if (status === "ended") {
      if (to < durationMs) void this.play(this.conversation, messageId, to);
      return true;
    }
    this.#clock.move(to, performance.now());
    this.positionMs = to;
    this.#tell(messageId, backend.seek(to));
    return true;
  }

  /** Moves the playhead by so many milliseconds. */
  seekBy(ms: number): boolean {
    return this.seekTo(this.#clock.at(performance.now()) + ms);
  }

  /** Falls silent: the reviewer turned to another conversation. */
  leave(): void {
    this.#asked += 1;
    this.#left = this.#asked;
    // A pause also calls off a start whose sound is still being fetched.
    if (this.loading !== null || this.view.status === "playing") void backend.pause().catch(() => undefined);
    this.loading = null;
    this.trouble = null;
  }

  /** Takes the trouble away. */
  dismiss(): void {
    this.trouble = null;
  }

  #tell(message: string, told: Promise<unknown>): void {
    told.catch((thrown: unknown) => (this.trouble = { message, problem: troubleFrom(thrown) }));
  }

  // A frame asks for the next one only while sound is playing: a halted player costs nothing.
  #draw = (): void => {
    cancelAnimationFrame(this.#frame);
    this.positionMs = this.#clock.at(performance.now());
    if (this.view.status === "playing") this.#frame = requestAnimationFrame(this.#draw);
  };
}

/** The window's player. */
export const player = new Player();

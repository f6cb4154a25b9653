/**
 * The one player, as the window sees it: what plays, where it is, what went wrong. The sound itself is the backend's. Positions
 * are in the conversation's time, in milliseconds.
 *
 * There is one for the whole window because there is one in the backend, and the channel it reports on is opened once.
 */
import { backend, troubleFrom, watchPlayer } from "../../../backend";
import type { PlayerView, Problem } from "../../../backend";
import { SoundClock } from "./clock";

const IDLE: PlayerView = {
  conversationId: null,
  messageId: null,
  status: "idle",
  positionMs: 0,
  messageMs: 0,
  totalMs: 0,
  speedPercent: 100,
  waitMs: null,
  revision: 0,
  problem: null,
};

/**
 * How often the playhead is placed anew, in milliseconds. It moves a few pixels a second: every frame of the screen would only
 * keep a core busy, and the sound needs that more.
 */
const TICK_MS = 40;

/** How far back playing goes on after something was typed. */
const BACK_AFTER_TYPING_MS = 2_000;

type Start = { conversation: string; message: string | null };

export class Player {
  /** What the backend last reported. */
  view = $state.raw<PlayerView>(IDLE);
  /** What was asked for and does not play yet. */
  starting = $state.raw<Start | null>(null);
  /** Why something cannot be heard, or why it halted. */
  trouble = $state.raw<(Start & { problem: Problem }) | null>(null);
  /** The conversation that was heard since it was opened to be heard. */
  heardIn = $state<string | null>(null);
  /** Where playing shall begin in a conversation that is silent. */
  cued = $state.raw<{ conversation: string; ms: number } | null>(null);

  /** Where the sound is. */
  #positionMs = $state(0);
  readonly playing = $derived(
    this.starting !== null || this.view.status === "playing" || this.view.status === "waiting",
  );
  /** The conversation the sound belongs to. */
  readonly conversation = $derived(this.starting?.conversation ?? this.view.conversationId);

  #clock = new SoundClock();
  #asked = 0;
  #calledOff = -1;
  #tick: ReturnType<typeof setTimeout> | undefined;
  #watching = false;
  #typingHeldIt = false;

  /** Opens the player's channel, once. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    watchPlayer((view) => this.see(view)).catch(() => (this.#watching = false));
  }

  /** Takes a report of the backend. */
  see(view: PlayerView): void {
    const before = this.view;
    this.view = view;
    this.#clock.see(view, performance.now());
    const { conversationId, messageId, status, problem } = view;
    const sounds = status === "playing" || status === "waiting";
    if (sounds) this.heardIn = conversationId;
    else if (this.heardIn !== conversationId) this.heardIn = null;
    // What it waits for is no trouble; and one that was put away is told once.
    const told = before.problem?.code === problem?.code && before.problem?.message === problem?.message;
    if (problem && conversationId && !sounds && (!told || before.status !== status)) {
      this.trouble = { conversation: conversationId, message: messageId, problem };
    }
    this.#place();
  }

  /** Forgets what was heard: another account must not see it. */
  forget(): void {
    this.leave();
    this.see(IDLE);
  }

  /** Whether the sound, playing or halted, is this conversation's, and it was begun. */
  has(conversation: string): boolean {
    return this.conversation === conversation && (this.starting !== null || this.heardIn === conversation);
  }

  /** Whether this conversation sounds, or will as soon as it can. */
  plays(conversation: string): boolean {
    return this.playing && this.conversation === conversation;
  }

  /** Whether this conversation shall sound and waits for what is to be heard. */
  awaits(conversation: string): boolean {
    return this.plays(conversation) && (this.starting !== null || this.view.status === "waiting");
  }

  /** Where the sound of a conversation is. */
  positionIn(conversation: string): number {
    if (this.cued?.conversation === conversation) return this.cued.ms;
    return this.view.conversationId === conversation ? this.#positionMs : 0;
  }

  /** Plays from a place on: in a message, or in the conversation where none is named. What was asked before is forgotten. */
  async play(conversation: string, message: string | null, fromMs: number): Promise<void> {
    const asked = ++this.#asked;
    this.starting = { conversation, message };
    this.trouble = null;
    this.cued = null;
    this.#typingHeldIt = false;
    try {
      await backend.playSound(conversation, message, Math.round(fromMs));
      if (asked === this.#asked) this.starting = null;
      // Called off while it was fetched, and nothing else was asked for: the pause may have come before the start.
      else if (this.#asked === this.#calledOff) void backend.pause().catch(() => undefined);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.starting = null;
      this.trouble = { conversation, message, problem: troubleFrom(thrown) };
    }
  }

  /** Halts it. */
  pause(): void {
    this.#typingHeldIt = false;
    if (this.starting) this.#callOff();
    this.#tell(backend.pause());
  }

  /** Plays on from where this conversation is; from its beginning after the end. */
  resume(conversation: string): void {
    const { status, conversationId } = this.view;
    const cued = this.cued?.conversation === conversation ? this.cued.ms : null;
    if (conversationId === conversation && status === "paused" && cued === null) {
      this.#typingHeldIt = false;
      this.trouble = null;
      this.#tell(backend.resume());
    } else void this.play(conversation, null, cued ?? 0);
  }

  /** Moves the playhead. After the end, plays from there; what was never played is only cued. */
  seekTo(conversation: string, ms: number, totalMs: number): void {
    const to = Math.round(Math.max(0, Math.min(totalMs, ms)));
    const ended = this.view.conversationId === conversation && this.view.status === "ended";
    if (ended && to < totalMs && this.cued === null) void this.play(conversation, null, to);
    else this.cue(conversation, to);
  }

  /** Moves the playhead without making what is silent sound. */
  cue(conversation: string, ms: number): void {
    const { status } = this.view;
    this.trouble = null;
    this.#typingHeldIt = false;
    if (!this.has(conversation) || status === "idle" || status === "ended") {
      this.cued = { conversation, ms };
      return;
    }
    this.#clock.move(ms, performance.now());
    this.#positionMs = ms;
    this.#tell(backend.seekSound(ms));
  }

  /** Halts while something is typed about what is heard. */
  holdForTyping(conversation: string): void {
    if (!this.plays(conversation) || this.starting !== null) return;
    this.pause();
    this.#typingHeldIt = true;
  }

  /** Whether it is silent only because something is typed about it. */
  waitsForTyping(conversation: string): boolean {
    return this.#typingHeldIt && this.view.conversationId === conversation;
  }

  /** Plays on a little before where typing halted it, if it did. */
  goOnAfterTyping(conversation: string): void {
    if (!this.waitsForTyping(conversation)) return;
    this.cue(conversation, Math.max(0, Math.round(this.#positionMs) - BACK_AFTER_TYPING_MS));
    this.#tell(backend.resume());
  }

  /** Falls silent: the reviewer turned to another conversation. */
  leave(): void {
    const sounded = this.playing;
    this.#callOff();
    this.#typingHeldIt = false;
    this.cued = null;
    // A pause also calls off a start whose sound is still being fetched.
    if (sounded) void backend.pause().catch(() => undefined);
    this.trouble = null;
  }

  /** Takes the trouble away. */
  dismiss(): void {
    this.trouble = null;
  }

  #callOff(): void {
    this.#asked += 1;
    this.#calledOff = this.#asked;
    this.starting = null;
  }

  #tell(told: Promise<unknown>): void {
    const { conversationId: conversation, messageId: message } = this.view;
    told.catch((thrown: unknown) => {
      if (conversation) this.trouble = { conversation, message, problem: troubleFrom(thrown) };
    });
  }

  // Goes on by itself only while sound is playing: a halted player costs nothing.
  #place = (): void => {
    clearTimeout(this.#tick);
    this.#positionMs = this.#clock.at(performance.now());
    if (this.view.status === "playing") this.#tick = setTimeout(this.#place, TICK_MS);
  };
}

/** The window's player. */
export const player = new Player();

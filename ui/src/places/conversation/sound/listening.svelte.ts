/** Listening to one conversation: what plays when, what follows the sound, and the marks that are visited. */
import type { MessageView } from "../../../backend";
import { toast } from "../../../elements/toasts.svelte";
import { isEditable } from "../../../keys";
import { settings } from "../../../lib/settings.svelte";
import type { Review } from "../review.svelte";
import { marksOf, soundAt, visitFrom, type Mark, type MarkKind } from "./marks";
import { player } from "./player.svelte";
import { stamp } from "./stamp";
import { heardAt } from "./timeline";

/** How long before a turn the sound is cued, in milliseconds. */
const BEFORE_MS = 2_000;

const IN_WORDS: Partial<Record<MarkKind, string>> = {
  failure: "tool error",
  state: "state change",
  comment: "open comment",
};

export class Listening {
  /** Whether the transcript goes along with the sound. */
  following = $state(true);
  /** What the reviewer asked to hear last. */
  asked = $state.raw<{ message: string } | null>(null);

  #review: Review;
  /** Whether the reviewer went to another turn while it was silent: the next sound begins there. */
  #walked = false;
  #visited: string | null = null;
  /** The visited turn that will sound in a moment: until then what is heard before it is not followed. */
  #ahead: string | null = null;

  constructor(review: Review) {
    this.#review = review;
  }

  /** Where the sound is, in the conversation's time (milliseconds). */
  readonly positionMs = $derived.by(() => player.positionIn(this.#review.id));
  readonly playing = $derived.by(() => player.plays(this.#review.id));
  /** The message that sounds, or will when playing goes on; absent before anything was played. */
  readonly sounding = $derived.by((): string | null => {
    const { starting, view, cued } = player;
    const { id, sound } = this.#review;
    if (starting?.conversation === id) return starting.message;
    if (cued?.conversation === id) return heardAt(sound.view.parts, cued.ms)?.messageId ?? null;
    return player.has(id) ? view.messageId : null;
  });
  readonly marks = $derived.by((): Mark[] => {
    const { sound, comments, opened, work } = this.#review;
    return marksOf(sound.markers, comments.shown, work.flags, opened.transcript, sound.parts);
  });

  start(): void {
    player.watch();
  }

  leave(): void {
    this.#review.sound.leave();
    player.leave();
  }

  /** The reviewer goes to another turn. While it sounds, the transcript stays with him. */
  walked(): void {
    this.lookAway();
    this.#walked = !this.playing;
  }

  /** Plays a message, or halts it when it plays. */
  play(message: MessageView): void {
    this.#follow();
    const { id, sound } = this.#review;
    // One that could not be had is asked for again.
    const here = this.sounding === message.id && sound.parts.get(message.id)?.state !== "failed";
    const halts = here && this.playing;
    this.#review.turnTo(message);
    if (halts) player.pause();
    else if (here && player.has(id)) player.resume(id);
    else this.#playFrom(message.id);
  }

  /** Halts what plays; else plays on, or from the turn the reviewer went to since. */
  playOrPause(): boolean {
    const { id, hasVoice, current } = this.#review;
    if (!hasVoice) return false;
    if (this.playing) player.pause();
    else if (current !== null && (this.#walked || this.sounding === null)) this.#playFrom(current);
    else player.resume(id);
    return true;
  }

  /** Moves the playhead by so many milliseconds. */
  seekBy(ms: number): boolean {
    if (this.sounding === null) return false;
    this.seekTo(this.positionMs + ms);
    return true;
  }

  /** Moves the playhead. */
  seekTo(ms: number): void {
    this.#walked = false;
    this.#ahead = null;
    player.seekTo(this.#review.id, ms, this.#review.sound.view.totalMs);
  }

  /** The transcript goes along with the sound again. */
  follow(): boolean {
    if (!this.#review.hasVoice) return false;
    this.#follow();
    this.keepUp();
    return true;
  }

  /** The reviewer looks elsewhere. */
  lookAway(): void {
    if (this.playing) this.following = false;
  }

  /** Brings what sounds into view, and makes it the current turn unless the reviewer is writing. */
  keepUp(): void {
    const { opened, current } = this.#review;
    const { places, messages } = opened.transcript;
    const place = this.sounding === null ? undefined : places.get(this.sounding);
    const message = place && messages[place.message];
    if (!message || place.message < (places.get(this.#ahead ?? "")?.message ?? 0)) return;
    this.#ahead = null;
    this.#review.show(message.id);
    if (message.id !== current && !isEditable(document.activeElement)) this.#review.turnTo(message);
  }

  /** Goes to the next mark of a kind (`by` 1) or the one before (−1), and cues the sound a little before it. */
  visit(kind: MarkKind, by: 1 | -1 = 1): boolean {
    const { opened, current, id } = this.#review;
    const what = IN_WORDS[kind] ?? kind;
    const marks = this.marks.filter((mark) => mark.kind === kind);
    const visit = visitFrom(marks, by, current, this.#visited, opened.transcript);
    if (!visit) {
      toast(`No ${what} in ${kind === "comment" ? "this conversation" : "what is read so far"}.`);
      return true;
    }
    const { mark, around } = visit;
    if (around)
      toast(
        by === 1 ? `After the last ${what}, the first again.` : `Before the first ${what}, the last again.`,
      );
    this.#visited = mark.key;
    this.#walked = false;
    this.following = true;
    this.#ahead = mark.message;
    this.#review.goTo(mark.message);
    if (mark.atMs !== null) player.cue(id, Math.max(0, mark.atMs - BEFORE_MS));
    return true;
  }

  /** Cues the sound a little before a turn. Answers whether it is known where that is heard. */
  cueBefore(message: string): boolean {
    const { id, opened, sound } = this.#review;
    const part = soundAt(message, opened.transcript, sound.parts);
    if (!part) return false;
    this.#walked = false;
    this.following = true;
    this.#ahead = message;
    player.cue(id, Math.max(0, part.startMs - BEFORE_MS));
    return true;
  }

  /** How a comment on what is heard begins, by the setting; nothing where nothing was heard. */
  stamp(): string | null {
    return settings().stampComments && this.sounding !== null ? stamp(this.positionMs) : null;
  }

  /** Something is typed about what is heard. */
  typed(): void {
    if (settings().pauseWhileTyping) player.holdForTyping(this.#review.id);
  }

  /** Whether the sound waits until what is typed is sent. */
  get waitsForTyping(): boolean {
    return player.waitsForTyping(this.#review.id);
  }

  /** What was typed is sent. */
  sent(): void {
    player.goOnAfterTyping(this.#review.id);
  }

  #follow(): void {
    this.following = true;
    this.#ahead = null;
  }

  #playFrom(message: string): void {
    const { id, opened, sound } = this.#review;
    this.#walked = false;
    this.#ahead = null;
    this.asked = { message };
    const place = opened.transcript.places.get(message);
    if (place && opened.transcript.messages[place.message]?.voice) void player.play(id, message, 0);
    else void player.play(id, null, soundAt(message, opened.transcript, sound.parts)?.startMs ?? 0);
  }
}

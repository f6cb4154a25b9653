/** One conversation under review: what is read of it, what is edited, and the turn the reviewer is at. */
import type { CommentView, ConversationRow, MessageView } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import type { RowWork } from "../conversations/row";
import { Comments } from "./comments.svelte";
import { deskOf, recallDrafts, resumed, type Desk } from "./drafts";
import type { Unsent } from "./finishing";
import { Flags } from "./flags.svelte";
import { Insights } from "./insights.svelte";
import { Opened } from "./opened.svelte";
import { leaveAt, leftAt, type LeftAt } from "./left-at";
import { Progress } from "./progress.svelte";
import { noteLeft, noteOpened, readyOf } from "./ready.svelte";
import { Listening } from "./sound/listening.svelte";
import { player } from "./sound/player.svelte";
import { Sound } from "./sound/sound.svelte";
import { Tags } from "./tags.svelte";
import { byInteraction, step } from "./transcript";
import { wanted } from "./wanted";
import { Work, type Question } from "./work.svelte";

/** The panes of "why". */
export type Pane = "insights" | "comments" | "details";

/** The pane that is shown: it stays while the reviewer goes from conversation to conversation. */
export const why = $state<{ pane: Pane }>({ pane: "insights" });

/** The turn of a comment, which a conversation is opened at: the message where it is known, else the beginning of the interaction. */
export type Aim = { comment: string; interaction: string; message: string | null };

export class Review {
  readonly id: string;
  /** Where what is typed about it is kept. */
  readonly desk: Desk;
  readonly opened: Opened;
  readonly insights: Insights;
  readonly work: Work;
  readonly comments: Comments;
  readonly tags: Tags;
  readonly progress: Progress;
  readonly flags: Flags;
  readonly sound: Sound;
  readonly listening: Listening;
  /** Fields in which something may be typed. */
  readonly unsent = new Set<Unsent>();

  /** Whether it is only drawn, out of sight, while another one is open. */
  isAhead = $state(false);
  /** The message the reviewer is at. */
  current = $state<string | null>(null);
  /** The message that shall come into view once it is drawn, and whether it takes the focus. */
  wanted = $state.raw<{ message: string; focus: boolean } | null>(null);
  /** The line the transcript was left at, until it stands there again. */
  back = $state.raw<LeftAt["top"]>(null);
  /** The line at the top of the view, and its distance from there in pixels: told by the transcript. */
  top: LeftAt["top"] = null;
  /** Whether the field for a new comment shall take the focus once it is there. */
  commenting = $state(false);
  /** The change whose question shall take the focus once it is there. */
  asking = $state.raw<string | null>(null);
  /** The comment that is being edited, and where: it stands in the transcript and in the pane. */
  editing = $state.raw<{ comment: string; place: "transcript" | "pane" | "above" } | null>(null);

  /** The comment that stands above the transcript, and not in it a second time. */
  above = $state.raw<string | null>(null);
  /** The turn that is gone to as soon as it is read. */
  #aim: Aim | null = null;

  /** The comment that is being answered, and where. */
  replying = $state.raw<{ comment: string; place: "transcript" | "pane" | "above" } | null>(null);

  /** The reading of the conversation its sound was laid of. */
  #heard: Opened["about"] = null;

  /** The message itself. */
  readonly turn = $derived.by((): MessageView | undefined => {
    const { messages, places } = this.opened.transcript;
    const place = this.current === null ? undefined : places.get(this.current);
    return place && messages[place.message];
  });
  readonly hasVoice = $derived.by(() => this.opened.transcript.messages.some((message) => message.voice));
  readonly commentsOn = $derived.by(() => byInteraction(this.comments.shown));
  /** The comment the key of "resolve" means: the first open one of the current interaction. */
  readonly toResolve = $derived.by((): CommentView | undefined => {
    const here = this.turn && this.commentsOn.get(this.turn.interactionId);
    return here?.find(({ id, resolved }) => !resolved && !this.comments.isGone(id));
  });

  constructor(row: Pick<ConversationRow, "id" | "tags" | "review">, saved: (work: RowWork) => void) {
    this.id = row.id;
    this.desk = deskOf(row.id);
    const ready = readyOf(row.id);
    this.opened = new Opened(row.id, () => this.#grew(), ready);
    this.insights = new Insights(row.id);
    this.work = new Work(row.id, row, saved);
    this.comments = new Comments(row.id, this.work);
    this.comments.messageIn = (interaction) =>
      this.turn?.interactionId === interaction ? this.turn.id : null;
    this.tags = new Tags(row.id, this.work);
    this.progress = new Progress(row.id, this.work);
    this.flags = new Flags(row.id, this.work);
    this.sound = ready?.sound ?? new Sound(row.id);
    this.listening = new Listening(this);
    const left = leftAt(this.desk);
    this.current = left?.current ?? null;
    this.back = left?.top ?? null;
    this.top = this.back;
  }

  /** Opens it: reads everything, until it is left. The transcript does not wait for the rest. */
  start(): void {
    this.isAhead = false;
    noteOpened(this.id);
    this.insights.start();
    this.listening.start();
    void this.readWork();
    void this.opened.open(false);
    void this.comments.read();
    void recallDrafts(this.desk).then(() => {
      if (resumed.comment !== this.id) return;
      resumed.comment = null;
      this.beginComment();
    });
  }

  // Asked for at once and not when the transcript is drawn, so that both are drawn together.
  #grew(): void {
    this.findTurn();
    this.#arrive();
    const { about } = this.opened;
    // The shell lays all of it at once, however many pages are still to come here. Opening silences what sounded before.
    if (!this.hasVoice || about === this.#heard || !this.opened.isOpen) return;
    this.#heard = about;
    void this.sound.open().then(() => {
      if (wanted.sound !== this.id) return;
      wanted.sound = null;
      player.resume(this.id);
    });
  }

  /**
   * Turns to where this was left, once that is read; else to the first turn as soon as there is one. Its insight is read
   * without being asked for. That the current turn has vanished is known only after everything has been read.
   */
  findTurn(): void {
    if (this.#aim) {
      const at = this.messageOf(this.#aim);
      if (at === undefined && !this.opened.isRead) return;
      this.#aim = null;
      if (at) {
        this.turnTo(at);
        return this.show(at.id);
      }
    }
    const first = this.opened.transcript.messages[0];
    const vanished = this.current !== null && this.opened.isRead && this.turn === undefined;
    if (first && (this.current === null || vanished)) this.turnTo(first);
    else if (this.turn && this.insights.interaction === null) this.turnTo(this.turn);
    if (wanted.focus !== this.id || this.current === null) return;
    wanted.focus = null;
    this.show(this.current, true);
  }

  /** Goes to the message the reviewer came for, as soon as it is there. */
  #arrive(): void {
    if (wanted.message?.conversation !== this.id) return;
    if (this.goTo(wanted.message.message) || this.opened.isRead) wanted.message = null;
  }

  /** Goes to a turn as soon as it is read, and leaves the focus where it is. */
  aimAt(aim: Aim | null): void {
    this.#aim = aim;
    this.findTurn();
  }

  /** The message an aim means, once it is read. */
  messageOf({ interaction, message }: Aim): MessageView | undefined {
    const { places, messages } = this.opened.transcript;
    const place = message === null ? undefined : places.get(message);
    return place
      ? messages[place.message]
      : messages.find(({ interactionId }) => interactionId === interaction);
  }

  /** Turns away from what was started. Edits that are on their way still arrive. */
  leave(): void {
    noteLeft(this.id);
    if (this.current !== null) leaveAt(this.desk, { current: this.current, top: this.top });
    this.opened.leave();
    this.insights.leave();
    this.listening.leave();
  }

  /** Makes a message the current one. */
  turnTo(message: MessageView): void {
    this.current = message.id;
    this.insights.turnTo(message.interactionId);
  }

  /** Makes a message the current one, brings it into view and puts the focus there. */
  goTo(id: string): boolean {
    const { places, messages } = this.opened.transcript;
    const place = places.get(id);
    const message = place && messages[place.message];
    if (!message) return false;
    this.turnTo(message);
    this.show(id, true);
    return true;
  }

  /** Brings a message into view. */
  show(message: string, focus = false): void {
    this.back = null;
    this.wanted = { message, focus };
  }

  /** Goes to the beginning of an interaction. */
  goToInteraction(id: string | null): boolean {
    const block = this.opened.transcript.blocks.find((block) => block.interactionId === id);
    return block !== undefined && this.goTo(block.key);
  }

  /** Goes so many messages on. */
  walk(by: number): boolean {
    const to = step(this.opened.transcript, this.current, by);
    if (to === undefined) return false;
    this.listening.walked();
    return this.goTo(to.id);
  }

  /** Opens the place where a comment is written. */
  beginComment(): void {
    why.pane = "comments";
    this.commenting = true;
  }

  /** Resolves the comment the key means. */
  resolveHere(): boolean {
    if (!this.toResolve) return false;
    // The same key says that the review is done where nothing is open: it must be told which it was.
    void this.comments.setResolved(this.toResolve, true).then((kept) => {
      if (kept) toast("Comment resolved.", () => perform("undo"));
    });
    return true;
  }

  /** Reads the tags, comments and changes as they are known here. */
  async readWork(): Promise<void> {
    await this.work.read();
    this.#arrive();
    if (wanted.question !== this.id) return;
    wanted.question = null;
    this.goToQuestion();
  }

  /** Brings the right pane into view; answers whether it was out of it. */
  bringWhy: () => boolean = () => false;

  /** Brings a question into view, the first if none is named, and goes there. Answers whether there is one. */
  goToQuestion(question: Question | undefined = this.work.questions[0]): boolean {
    if (!question) return false;
    if (question.tag === null) {
      this.bringWhy();
      why.pane = "comments";
    }
    this.asking = question.id;
    return true;
  }

  /** Puts the focus back on the current message. */
  backToTranscript(): void {
    if (this.current !== null) this.goTo(this.current);
  }

  /** Name of the interaction a comment is about, as in "interaction 5". */
  placeOf(comment: Pick<CommentView, "interactionId">): string {
    if (comment.interactionId === null) return "the whole conversation";
    const number = this.numberOf(comment.interactionId);
    return number === undefined ? "an interaction that is not shown" : `interaction ${number}`;
  }

  /** Number of an interaction, from 1. */
  numberOf(interaction: string): number | undefined {
    return this.opened.transcript.blocks.find((block) => block.interactionId === interaction)?.number;
  }
}

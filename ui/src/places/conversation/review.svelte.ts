/** One conversation under review: what is read of it, what is edited, and the turn the reviewer is at. */
import type { CommentView, ConversationRow, MessageView, PersonView } from "../../backend";
import { Comments } from "./comments.svelte";
import { deskOf, recallDrafts, resumed, type Desk } from "./drafts";
import { Insights } from "./insights.svelte";
import { Opened } from "./opened.svelte";
import { leaveAt, leftAt, type LeftAt } from "./left-at";
import { Listening } from "./sound/listening.svelte";
import { Sound } from "./sound/sound.svelte";
import { Tags } from "./tags.svelte";
import { byInteraction, step } from "./transcript";

/** The panes of "why". */
export type Pane = "insights" | "comments" | "details";

/** The pane that is shown: it stays while the reviewer goes from conversation to conversation. */
export const why = $state<{ pane: Pane }>({ pane: "insights" });

export class Review {
  readonly id: string;
  /** Where what is typed about it is kept. */
  readonly desk: Desk;
  readonly opened: Opened;
  readonly insights: Insights;
  readonly comments: Comments;
  readonly tags: Tags;
  readonly sound: Sound;
  readonly listening: Listening;

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
  /** The comment that is being edited, and where: it stands in the transcript and in the pane. */
  editing = $state.raw<{ comment: string; place: "transcript" | "pane" } | null>(null);

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
    const { saving, gone } = this.comments;
    return here?.find(({ id, resolved }) => !resolved && !saving.has(id) && !gone.has(id));
  });

  constructor(row: ConversationRow, me: PersonView, saved: (tags: ConversationRow["tags"]) => void) {
    this.id = row.id;
    this.desk = deskOf(row.id);
    this.opened = new Opened(row.id);
    this.insights = new Insights(row.id);
    this.comments = new Comments(row.id, me);
    this.tags = new Tags(row.id, row.tags, saved);
    this.sound = new Sound(row.id);
    this.listening = new Listening(this);
    const left = leftAt(this.desk);
    this.current = left?.current ?? null;
    this.back = left?.top ?? null;
    this.top = this.back;
  }

  /** Reads everything. The transcript does not wait for the rest. */
  start(): void {
    this.listening.start();
    void this.opened.open(false);
    void this.comments.read();
    void recallDrafts(this.desk).then(() => {
      if (resumed.comment !== this.id) return;
      resumed.comment = null;
      this.beginComment();
    });
  }

  /** Turns away. Edits that are on their way still arrive. */
  leave(): void {
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
    void this.comments.setResolved(this.toResolve, true);
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

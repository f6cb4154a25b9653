/**
 * Puts the messages of a conversation, which arrive page by page, into the blocks the virtual list shows.
 *
 * A block is one interaction, or a part of one when it is long: the list renders whole blocks, so a block must stay small
 * for a conversation to open at once.
 */
import type { CommentView, MessageView } from "../../backend";

/** Most messages in one block. */
export const BLOCK = 24;

/** One interaction, or a part of a long one. */
export interface Block {
  /** Unique and stable while pages arrive: the id of its first message. */
  key: string;
  interactionId: string;
  /** The interaction's number, from 1. */
  number: number;
  messages: MessageView[];
  /** Whether the interaction begins here, so its heading stands here. */
  begins: boolean;
  /** Whether nothing more of the interaction is known, so its comments stand here. */
  ends: boolean;
}

/** A transcript as far as it has been read. */
export interface Transcript {
  blocks: readonly Block[];
  /** Every message in order. */
  messages: readonly MessageView[];
  /** Where a message stands, by its id. */
  places: ReadonlyMap<string, { block: number; message: number }>;
}

export const NOTHING_READ: Transcript = { blocks: [], messages: [], places: new Map() };

/**
 * The transcript with another page at its end. Blocks that did not change stay the same objects, so the list does not draw
 * them again. A message that is already there is passed over: pages may overlap when data changed between them.
 */
export function append(transcript: Transcript, page: readonly MessageView[]): Transcript {
  const blocks = [...transcript.blocks];
  const messages = [...transcript.messages];
  const places = new Map(transcript.places);
  let grown: Block | null = null;
  for (const message of page) {
    if (places.has(message.id)) continue;
    const last = blocks.at(-1);
    const continues = last?.interactionId === message.interactionId;
    if (last && continues && last.messages.length < BLOCK) {
      if (last !== grown) {
        grown = { ...last, messages: [...last.messages] };
        blocks[blocks.length - 1] = grown;
      }
      grown.messages.push(message);
    } else {
      if (last && continues) blocks[blocks.length - 1] = { ...last, ends: false };
      grown = {
        key: message.id,
        interactionId: message.interactionId,
        number: message.interaction,
        messages: [message],
        begins: !continues,
        ends: true,
      };
      blocks.push(grown);
    }
    places.set(message.id, { block: blocks.length - 1, message: messages.length });
    messages.push(message);
  }
  return { blocks, messages, places };
}

/**
 * The local day, as an ISO time in it, that begins with the interaction at `at`: absent when the one before it ended on the
 * same day, or at the first, whose day stands in the header.
 */
export function dayBegun(blocks: readonly Block[], at: number): string | undefined {
  const block = blocks[at];
  const began = block?.begins ? block.messages[0]?.createdAt : undefined;
  const before = blocks[at - 1]?.messages.at(-1)?.createdAt;
  if (began === undefined || before === undefined) return undefined;
  return new Date(began).toDateString() === new Date(before).toDateString() ? undefined : began;
}

/** The message `by` lines after the given one, held at both ends; the first when none is given. */
export function step(transcript: Transcript, from: string | null, by: number): MessageView | undefined {
  const at = from === null ? undefined : transcript.places.get(from);
  if (!at) return transcript.messages[0];
  const to = Math.max(0, Math.min(transcript.messages.length - 1, at.message + by));
  return transcript.messages[to];
}

/** Who a line belongs to, and how it is shown. */
export type Side = "user" | "agent" | "thought" | "event" | "other";

/** The side of a message by its kind; a kind the API adds later is `other`. */
export function sideOf(kind: string): Side {
  switch (kind) {
    case "user-message":
      return "user";
    case "agent-message":
      return "agent";
    case "agent-inner-thought":
      return "thought";
    case "external-event":
      return "event";
    default:
      return "other";
  }
}

/** Comments by the interaction they are about, in the order given; those on the whole conversation are left out. */
export function byInteraction(comments: readonly CommentView[]): Map<string, CommentView[]> {
  const groups = new Map<string, CommentView[]>();
  for (const comment of comments) {
    if (comment.interactionId === null) continue;
    const group = groups.get(comment.interactionId);
    if (group) group.push(comment);
    else groups.set(comment.interactionId, [comment]);
  }
  return groups;
}

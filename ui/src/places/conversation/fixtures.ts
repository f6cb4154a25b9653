/** Small made-up pieces the tests are built from. */
import type {
  CardView,
  ChangeView,
  CommentsView,
  CommentView,
  ConversationRow,
  InsightView,
  MessageView,
  OpenedConversation,
  PlayerView,
  Problem,
  SoundPart,
  SoundView,
  TagView,
  ToolCallView,
  WorkView,
} from "../../backend";

/** A promise that is settled from outside. */
export function later<T>() {
  let done!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  return { promise, done, fail };
}

export function problem(code: Problem["code"], message: string, retryable = false): Problem {
  return { code, message, retryable, retryAfterMs: null, reference: null };
}

export function message(id: string, interaction: number, more: Partial<MessageView> = {}): MessageView {
  return {
    id,
    interactionId: `interaction-${interaction}`,
    interaction,
    createdAt: "2026-11-19T14:21:00Z",
    sender: "Daniel",
    text: `Text of ${id}`,
    voice: false,
    kind: "user-message",
    ...more,
  };
}

export function comment(id: string, more: Partial<CommentView> = {}): CommentView {
  return {
    id,
    author: { id: "user-1", name: "A. Reviewer" },
    createdAt: "2026-11-19T15:00:00Z",
    text: `Comment ${id}`,
    interactionId: "interaction-1",
    messageId: null,
    resolved: false,
    dealt: null,
    ...more,
  };
}

/** A conversation's work, by its parts. */
export function work(parts: Partial<WorkView> = {}): WorkView {
  return { tags: [], comments: [], review: null, flags: [], changes: [], ...parts };
}

/** What the shell tells of comments. */
export function listed(of: Partial<WorkView> = {}, more: Partial<CommentsView> = {}): CommentsView {
  return { support: "available", work: work(of), keptSince: null, unreadable: 0, ...more };
}

/** A change that waits to be sent. */
export function change(id: string, about: Partial<ChangeView>): ChangeView {
  return { id, tag: null, comment: null, card: null, onlyHere: false, ...about };
}

/** What is asked where two have changed the same. */
export function card(mine: string, theirs: string): CardView {
  return {
    sentence: "Somebody else has changed this too.",
    sides: [
      { label: "Before", text: "none" },
      { label: "Yours", text: mine },
      { label: "Theirs", text: theirs },
    ],
    choices: [
      { choice: "before", label: "Back to before" },
      { choice: "mine", label: "Keep yours" },
      { choice: "theirs", label: "Keep theirs" },
    ],
  };
}

export const tag = (key: string, value: string | null = null): TagView => ({ key, value });

export function row(id: string, more: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    user: { id: "customer-1", name: "Daniel Reyes" },
    service: { id: "service-1", name: "Check-in" },
    version: "release",
    createdAt: "2026-11-19T14:19:00Z",
    isFinished: true,
    finalMessage: "",
    numMessages: 2,
    tags: [],
    review: null,
    ...more,
  };
}

export function opened(
  id: string,
  messages: MessageView[],
  more: Partial<OpenedConversation> = {},
): OpenedConversation {
  return {
    id,
    details: {
      isAnalyzed: true,
      completedPostProcessings: [],
      agent: "Maya, version 14",
      stateMachine: null,
      models: [],
      readAt: "2026-11-20T09:00:00Z",
    },
    interactions: new Set(messages.map((one) => one.interactionId)).size,
    messages: messages.length,
    unreadable: 0,
    partial: null,
    keptSince: null,
    first: { messages, next: null },
    ...more,
  };
}

export function insight(state: string, more: Partial<InsightView> = {}): InsightView {
  return {
    state,
    action: "Offer a visit",
    objective: "Book a follow-up",
    behavior: null,
    steps: [],
    memory: [],
    reflections: [],
    tools: [],
    outcomesUnknown: null,
    unreadable: 0,
    keptSince: null,
    ...more,
  };
}

export function toolCall(name: string, more: Partial<ToolCallView> = {}): ToolCallView {
  return {
    name,
    version: "1.0.0",
    input: "{}",
    output: "[]",
    durationMs: 412,
    round: 1,
    outcome: "succeeded",
    failure: null,
    ...more,
  };
}

/** A recording on the timeline, from second to second. */
export function voice(messageId: string, from: number, to: number, more: Partial<SoundPart> = {}): SoundPart {
  return {
    messageId,
    kind: "voice",
    state: "ready",
    startMs: from * 1000,
    durationMs: (to - from) * 1000,
    estimated: false,
    problem: null,
    notice: null,
    ...more,
  };
}

export function sound(parts: SoundPart[], more: Partial<SoundView> = {}): SoundView {
  const totalMs = Math.max(0, ...parts.map(({ startMs, durationMs }) => startMs + durationMs));
  return { conversationId: "c1", parts, totalMs, savedMs: 0, ...more };
}

/** What the player reports while a message of conversation c1 plays. */
export function playing(messageId: string, positionMs: number, more: Partial<PlayerView> = {}): PlayerView {
  return {
    conversationId: "c1",
    messageId,
    status: "playing",
    positionMs,
    messageMs: positionMs,
    totalMs: 12_000,
    speedPercent: 100,
    waitMs: null,
    revision: 0,
    problem: null,
    ...more,
  };
}

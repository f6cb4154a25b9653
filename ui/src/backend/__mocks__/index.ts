/** The shell in tests that say themselves what it answers: every command is a mock, and those that fire on opening answer something plain. */
import { vi } from "vitest";
import type { DraftView, KnownTag, UndoneView } from "..";
import { sound, work } from "../../places/conversation/fixtures";

export const { observeCalls, throwing, Trouble, troubleFrom, watchFeedback, watchMenu, watchOutbox } =
  await vi.importActual<typeof import("..")>("../index");

export const watchPlayer = vi.fn(async () => undefined);

export const backend = {
  openConversation: vi.fn(),
  readTranscript: vi.fn(),
  conversationDetails: vi.fn(),
  readInsight: vi.fn(),
  editTags: vi.fn(),
  listComments: vi.fn(),
  commentOnTurn: vi.fn(),
  resolveWithReason: vi.fn(),
  sendKeptComments: vi.fn(),
  addComment: vi.fn(),
  editComment: vi.fn(),
  setCommentResolved: vi.fn(),
  deleteComment: vi.fn(),
  readWork: vi.fn(async () => work()),
  setReview: vi.fn(),
  showIn: vi.fn(async () => null),
  flagMessage: vi.fn(),
  chooseSide: vi.fn(),
  knownTags: vi.fn(async (): Promise<KnownTag[]> => []),
  undo: vi.fn(async (): Promise<UndoneView | null> => null),
  redo: vi.fn(async (): Promise<UndoneView | null> => null),
  listConversations: vi.fn(),
  readQueue: vi.fn(),
  draftedConversations: vi.fn(async () => []),
  lookAhead: vi.fn(),
  awaitBeginning: vi.fn(async () => null),
  listFeedback: vi.fn(),
  feedbackOf: vi.fn(),
  feedbackAuthors: vi.fn(async () => []),
  readFeedback: vi.fn(),
  readFeedbackAgain: vi.fn(),
  lookAheadAt: vi.fn(async () => null),
  planResolve: vi.fn(),
  resolveAll: vi.fn(),
  exportFeedback: vi.fn(),
  saveDraft: vi.fn(async () => null),
  readDrafts: vi.fn(async (): Promise<DraftView[]> => []),
  waitTimes: vi.fn(),
  openSound: vi.fn(async () => sound([])),
  readSound: vi.fn(async () => sound([])),
  readMarkers: vi.fn(async () => []),
  drawPeaks: vi.fn(async () => []),
  playSound: vi.fn(async () => null),
  pause: vi.fn(),
  resume: vi.fn(),
  seekSound: vi.fn(),
  exportSound: vi.fn(),
  changeSettings: vi.fn(),
  openLink: vi.fn(),
};

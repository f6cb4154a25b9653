/** Opens a conversation for the tests, over a shell that answers what each test wants. */
import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, vi } from "vitest";
import { backend } from "../../backend";
import type {
  ChangeView,
  CommentView,
  ConversationRow,
  InsightView,
  MarkerView,
  MessageView,
  SoundView,
} from "../../backend";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { listen } from "../../keys";
import Conversation from "./Conversation.svelte";
import { forgetDrafts } from "./drafts";
import { insight, listed, message, opened, row, sound, work } from "./fixtures";
import { forgetInsights } from "./insights.svelte";
import { keeping } from "./keeping";
import { forgetPlaces } from "./left-at";
import { forgetReady } from "./ready.svelte";
import { why } from "./review.svelte";
import { player } from "./sound/player.svelte";

export const shell = vi.mocked(backend);
export const part = (name: string, id?: string) =>
  document.querySelector<HTMLElement>(`[data-part="${name}"]${id ? `[data-id="${id}"]` : ""}`)!;
export const current = () =>
  document.querySelector("[data-part=message][aria-current]")?.getAttribute("data-id");

export type World = {
  messages?: MessageView[];
  comments?: CommentView[];
  changes?: ChangeView[];
  keptSince?: string;
  /** Since when the transcript is kept. */
  readSince?: string;
  insight?: InsightView;
  sound?: SoundView;
  markers?: MarkerView[];
};

/** Opens a conversation in a world of its own. */
export async function open(world: World = {}, of: ConversationRow = row("c1")) {
  const messages = world.messages ?? [message("m1", 1), message("m2", 2)];
  const { readSince = null } = world;
  shell.openConversation.mockImplementation(async (id) => opened(id, messages, { keptSince: readSince }));
  const { comments = [], changes = [] } = world;
  const { tags, review } = of;
  const kept = keeping({ [of.id]: { tags, review, comments, changes } });
  const { keptSince } = world;
  if (keptSince) shell.listComments.mockImplementation(async (id) => listed(kept.of(id), { keptSince }));
  shell.readInsight.mockResolvedValue(world.insight ?? insight("ask_medication"));
  shell.openSound.mockResolvedValue(world.sound ?? sound([]));
  shell.readSound.mockResolvedValue(world.sound ?? sound([]));
  shell.readMarkers.mockResolvedValue(world.markers ?? []);
  const onchange = vi.fn();
  const onfilter = vi.fn();
  const onwhy = vi.fn(() => false);
  const onheard = vi.fn();
  const view = render(Conversation, { row: of, onchange, onfilter, onwhy, onheard });
  if (messages.length > 0) await waitFor(() => expect(part("message")).toBeInTheDocument());
  return { ...view, onchange, onfilter, onwhy, onheard, kept, user: userEvent.setup() };
}

let deaf = () => {};

/** Forgets everything, as at the start of the window, and listens to keys. */
export function beginAnew() {
  deaf();
  deaf = listen();
  vi.resetAllMocks();
  forgetDrafts();
  forgetInsights();
  forgetReady();
  forgetPlaces();
  why.pane = "insights";
  shell.waitTimes.mockResolvedValue([]);
  for (const call of [shell.pause, shell.resume, shell.seekSound]) call.mockResolvedValue(undefined);
  shell.playSound.mockResolvedValue(null);
  shell.saveDraft.mockResolvedValue(null);
  shell.readDrafts.mockResolvedValue([]);
  shell.knownTags.mockResolvedValue([]);
  shell.readWork.mockResolvedValue(work());
  toasts().forEach(({ id }) => dismiss(id));
  shell.drawPeaks.mockResolvedValue([]);
  shell.changeSettings.mockImplementation(async (settings) => settings);
  player.forget();
}

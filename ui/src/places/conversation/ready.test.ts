import { render, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, it, vi } from "vitest";
import type { BeginningView, OpenedConversation } from "../../backend";
import { perform } from "../../keys";
import { tellChanged } from "../../lib/outbox.svelte";
import Conversation from "./Conversation.svelte";
import { insight, later, message, opened, row, sound, voice } from "./fixtures";
import { Opened } from "./opened.svelte";
import { forgetReady, makeReady, noteLeft, noteOpened, readyId, readyOf } from "./ready.svelte";
import { beginAnew, current, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(beginAnew);

const spoken = message("m1", 1, { voice: true });
const beginning = (id: string, more: Partial<BeginningView> = {}): BeginningView => ({
  opened: opened(id, [spoken, message("m2", 2)]),
  interactionId: spoken.interactionId,
  insight: insight("ask_medication"),
  sound: sound([voice("m1", 0, 4)]),
  markers: [],
  ...more,
});

it("is drawn before the shell has answered the opening", async () => {
  shell.awaitBeginning.mockResolvedValue(beginning("c1"));
  await makeReady("c1");
  const opening = later<OpenedConversation>();
  shell.openConversation.mockReturnValue(opening.promise);
  render(Conversation, { row: row("c1"), onchange: vi.fn(), onfilter: vi.fn() });
  expect(part("message", "m2")).toBeInTheDocument();
  expect(part("waveform")).toHaveAttribute("aria-valuemax", "4");
  expect(part("state-path")).toHaveTextContent("ask_medication");
  expect(shell.openConversation).toHaveBeenCalledWith("c1", false);
  expect(shell.readInsight).not.toHaveBeenCalled();
  // Opening silences what sounded before: whoever opened the sound first would be silenced too.
  expect(shell.openSound).not.toHaveBeenCalled();
  opening.done(beginning("c1").opened);
  await expect.poll(() => shell.openSound.mock.calls).toEqual([["c1"]]);
});

it("stands out of sight while another one is open, and is shown as it stands when it is opened", async () => {
  const { rerender } = await open();
  const turn = message("n1", 1);
  shell.awaitBeginning.mockResolvedValue(
    beginning("c2", { opened: opened("c2", [turn, message("n2", 2)]), sound: null }),
  );
  await makeReady("c2");
  const calls = [
    shell.openConversation,
    shell.readInsight,
    shell.listComments,
    shell.readMarkers,
    shell.readWork,
    shell.showIn,
  ];
  const before = calls.map((call) => call.mock.calls.length);
  await rerender({ next: row("c2") });
  const line = part("message", "n1");
  expect(line.closest("section")).toHaveClass("what", "ahead");
  expect(document.querySelectorAll(".ahead [data-part=state-path]")).toHaveLength(1);
  // What becomes of it elsewhere is read when it is opened: no question of it is answered by a key before it is seen.
  tellChanged(["c2"]);
  // The keys mean the one that is open.
  perform("next-turn");
  await waitFor(() => expect(current()).toBe("m2"));
  expect(line).toHaveAttribute("aria-current", "true");
  expect(calls.map((call) => call.mock.calls.length)).toEqual(before);
  // What stands in the list stands there too.
  await rerender({ next: row("c2", { tags: [{ key: "topic", value: "refill" }] }) });
  expect(line.closest("section")).toHaveTextContent("refill");
  await rerender({ row: row("c2"), next: undefined });
  expect(part("message", "n1")).toBe(line);
  expect(document.querySelector(".ahead")).toBeNull();
  expect(document.querySelectorAll("section.what")).toHaveLength(1);
  await waitFor(() => expect(shell.openConversation).toHaveBeenLastCalledWith("c2", false));
  perform("next-turn");
  await waitFor(() => expect(current()).toBe("n2"));
});

it("gives way to another one that is opened instead", async () => {
  const { rerender } = await open();
  shell.awaitBeginning.mockResolvedValue(beginning("c2"));
  await makeReady("c2");
  await rerender({ next: row("c2") });
  await rerender({ row: row("c3") });
  await waitFor(() => expect(shell.openConversation).toHaveBeenLastCalledWith("c3", false));
  expect(
    [...document.querySelectorAll<HTMLElement>("section.what")].map(({ dataset }) => dataset.id),
  ).toEqual(["c3", "c2"]);
  await rerender({ next: undefined });
  expect(document.querySelectorAll("section.what")).toHaveLength(1);
  expect(shell.openConversation).not.toHaveBeenCalledWith("c2", false);
});

it("is opened all the same, and drawn anew only where the answer is another one", async () => {
  const [ready, now] = [opened("c1", [message("m1", 1)]), opened("c1", [message("m1", 1), message("m2", 2)])];
  for (const [answer, texts] of [
    [ready, 1],
    [{ ...now, keptSince: "2026-11-19T16:00:00Z" }, 2],
  ] as const) {
    shell.awaitBeginning.mockResolvedValue(beginning("c1", { opened: ready, sound: null }));
    await makeReady("c1");
    const grew = vi.fn();
    const conversation = new Opened("c1", grew, readyOf("c1"));
    shell.openConversation.mockResolvedValue(answer);
    const opening = conversation.open(false);
    forgetReady();
    const drawn = conversation.transcript;
    expect(drawn.messages).toHaveLength(1);
    expect(conversation.reading).toBe(false);
    await opening;
    expect(conversation.transcript.messages).toHaveLength(texts);
    expect(grew).toHaveBeenCalledTimes(2);
    expect(conversation.transcript === drawn).toBe(texts === 1);
  }
});

it("reads on where the beginning ends", async () => {
  const long = opened("c1", [message("m1", 1)], { first: { messages: [message("m1", 1)], next: 1 } });
  shell.awaitBeginning.mockResolvedValue(beginning("c1", { opened: long, sound: null }));
  await makeReady("c1");
  shell.openConversation.mockResolvedValue(long);
  shell.readTranscript.mockResolvedValue({ messages: [message("m2", 2)], next: null });
  const conversation = new Opened("c1", undefined, readyOf("c1"));
  const opening = conversation.open(false);
  expect(conversation.reading).toBe(true);
  await opening;
  expect(conversation.transcript.messages.map(({ id }) => id)).toEqual(["m1", "m2"]);
  expect(conversation.reading).toBe(false);
});

it("is kept of the one that was asked for last, until that is opened", async () => {
  const late = later<BeginningView | null>();
  shell.awaitBeginning.mockReturnValueOnce(late.promise);
  const first = makeReady("c1");
  shell.awaitBeginning.mockResolvedValue(beginning("c2"));
  await makeReady("c2");
  await makeReady("c2");
  expect(shell.awaitBeginning.mock.calls).toEqual([
    ["c1", null],
    ["c2", null],
  ]);
  late.done(beginning("c1"));
  await first;
  expect(readyOf("c1")).toBeNull();
  expect(readyOf("c2")?.transcript.messages).toHaveLength(2);
  expect(readyId()).toBe("c2");
  noteOpened("c2");
  expect(readyOf("c2")).toBeNull();
  expect(readyId()).toBeNull();
});

it("is never had of the one that is open", async () => {
  shell.awaitBeginning.mockResolvedValue(beginning("c1"));
  const late = later<BeginningView | null>();
  shell.awaitBeginning.mockReturnValueOnce(late.promise);
  const asked = makeReady("c1");
  noteOpened("c1");
  late.done(beginning("c1"));
  await asked;
  expect(readyId()).toBeNull();
  await makeReady("c1");
  expect(readyId()).toBeNull();
  noteLeft("c1");
  await makeReady("c1");
  expect(readyId()).toBe("c1");
});

it("is asked for again where the shell gave it up, and forgotten with its account", async () => {
  shell.awaitBeginning.mockResolvedValueOnce(null);
  await makeReady("c1");
  expect(readyOf("c1")).toBeNull();
  shell.awaitBeginning.mockResolvedValue(beginning("c1"));
  await makeReady("c1");
  forgetReady();
  expect(readyOf("c1")).toBeNull();
});

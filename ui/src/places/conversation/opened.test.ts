import { beforeEach, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import type { OpenedConversation } from "../../backend";
import { later, message, opened, problem } from "./fixtures";
import { Opened } from "./opened.svelte";

vi.mock("../../backend");
const shell = vi.mocked(backend);
const first = (next: number | null) => ({ first: { messages: [message("a", 1)], next } });
const ids = (conversation: Opened) => conversation.transcript.messages.map(({ id }) => id);

beforeEach(() => void vi.resetAllMocks());

it("reads page after page until there is no next", async () => {
  shell.openConversation.mockResolvedValue(opened("c1", [], first(1)));
  shell.readTranscript
    .mockResolvedValueOnce({ messages: [message("b", 1)], next: 2 })
    .mockResolvedValueOnce({ messages: [message("c", 2)], next: null });
  const conversation = new Opened("c1");
  await conversation.open(false);
  expect(ids(conversation)).toEqual(["a", "b", "c"]);
  expect(shell.readTranscript.mock.calls).toEqual([
    ["c1", 1],
    ["c1", 2],
  ]);
  expect(conversation.reading).toBe(false);
});

it("stops at a page that leads to itself", async () => {
  shell.openConversation.mockResolvedValue(opened("c1", [], first(1)));
  shell.readTranscript.mockResolvedValue({ messages: [], next: 1 });
  const conversation = new Opened("c1");
  await conversation.open(false);
  expect(shell.readTranscript).toHaveBeenCalledTimes(1);
});

it("keeps what was read when a page fails, and goes on from there", async () => {
  shell.openConversation.mockResolvedValue(opened("c1", [], first(1)));
  shell.readTranscript.mockRejectedValueOnce(problem("timed-out", "No answer in time.", true));
  const conversation = new Opened("c1");
  await conversation.open(false);
  expect(conversation.problem).toMatchObject({ code: "timed-out" });
  expect(ids(conversation)).toEqual(["a"]);
  shell.readTranscript.mockResolvedValueOnce({ messages: [message("b", 1)], next: null });
  await conversation.goOn();
  expect(conversation.problem).toBeNull();
  expect(ids(conversation)).toEqual(["a", "b"]);
  expect(shell.openConversation).toHaveBeenCalledTimes(1);
});

it("opens again when nothing was read", async () => {
  shell.openConversation.mockRejectedValueOnce(problem("unreachable", "No way to the server.", true));
  const conversation = new Opened("c1");
  await conversation.open(false);
  expect(conversation.problem).toMatchObject({ code: "unreachable" });
  shell.openConversation.mockResolvedValueOnce(opened("c1", [message("a", 1)]));
  await conversation.goOn();
  expect(shell.openConversation).toHaveBeenLastCalledWith("c1", false);
  expect(ids(conversation)).toEqual(["a"]);
});

it("takes nothing in after it was left", async () => {
  const answer = later<OpenedConversation>();
  shell.openConversation.mockReturnValue(answer.promise);
  const conversation = new Opened("c1");
  const reading = conversation.open(false);
  conversation.leave();
  answer.done(opened("c1", [message("a", 1)]));
  await reading;
  expect(ids(conversation)).toEqual([]);
});

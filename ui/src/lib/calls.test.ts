import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backend } from "../backend";
import { problem, shellAnswering, type Asked } from "../test/backend";
import { connectionNow, SLOW_MS, waitInWords, waitsFor, waitsNow, watchCalls } from "./calls.svelte";

let asked: Asked[];
let answerList: (page: unknown) => void;

beforeEach(() => {
  vi.useFakeTimers();
  watchCalls();
  asked = shellAnswering({
    list_conversations: () => new Promise((resolve) => (answerList = resolve)),
    wait_times: () => [
      { what: "lists of conversations", perMinute: 15, waitMs: 3_000 },
      { what: "lists of conversations", perMinute: 15, waitMs: 11_400 },
      { what: "messages", perMinute: 60, waitMs: 0 },
      { what: "insights", perMinute: 20, waitMs: 2_000 },
    ],
  });
});

afterEach(() => vi.useRealTimers());

const looks = () => asked.filter(({ command }) => command === "wait_times").length;
const list = () =>
  backend.listConversations(
    { userIds: [], serviceIds: [], isFinished: null, ids: [], tags: [], oldestFirst: false },
    null,
  );

it("says nothing about a call that is quick", async () => {
  const call = list();
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  answerList({ rows: [], next: null, unreadable: 0, keptSince: null, late: null });
  await call;
  await vi.advanceTimersByTimeAsync(10 * SLOW_MS);
  expect(looks()).toBe(0);
  expect(waitsNow()).toEqual([]);
});

it("asks once a second what a slow one waits for, names each limit once, and stops with it", async () => {
  const call = list();
  await vi.advanceTimersByTimeAsync(3 * SLOW_MS + 1);
  expect(looks()).toBe(3);
  expect(waitsNow().map(waitInWords)).toEqual([
    "Waiting for the server’s limit of 15 lists of conversations a minute: about 12 s",
    "Waiting for the server’s limit of 20 insights a minute: about 2 s",
  ]);
  expect(waitsFor("lists of conversations").map(({ waitMs }) => waitMs)).toEqual([11_400]);
  expect(waitsFor("transcripts")).toEqual([]);
  answerList({ rows: [], next: null, unreadable: 0, keptSince: null, late: null });
  await call;
  expect(waitsNow()).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * SLOW_MS);
  expect(looks()).toBe(3);
});

it("says nothing of a wait that is over, though the answer about it comes late", async () => {
  let answerLook: (waits: unknown) => void = () => {};
  asked = shellAnswering({
    list_conversations: () => new Promise((resolve) => (answerList = resolve)),
    wait_times: () => new Promise((resolve) => (answerLook = resolve)),
  });
  const first = list();
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  answerList({ rows: [], next: null, unreadable: 0, keptSince: null, late: null });
  await first;
  const second = list();
  answerLook([{ what: "insights", perMinute: 20, waitMs: 9_000 }]);
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  expect(waitsNow()).toEqual([]);
  expect(looks()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(looks()).toBe(2);
  answerList({ rows: [], next: null, unreadable: 0, keptSince: null, late: null });
  await second;
});

it("knows by what is kept since when whether the server is reached", async () => {
  const answers = ["2026-11-19T16:00:00Z", null];
  shellAnswering({
    list_comments: () => ({ keptSince: answers.shift() }),
    edit_tags: () => ({ tags: [], comments: [], changes: [] }),
  });
  await backend.listComments("c1");
  expect(connectionNow().reached).toBe(false);
  await backend.editTags("c1", [], []);
  expect(connectionNow().reached).toBe(false);
  await backend.listComments("c1");
  expect(connectionNow().reached).toBe(true);
});

it("says nothing about a server that is late, before it answers or fails", async () => {
  const late = { rows: [], next: null, unreadable: 0, keptSince: "2026-11-19T16:00:00Z", late: "late 1" };
  const away = { ...late, late: null };
  const here = { ...away, keptSince: null };
  for (const [answer, reached] of [
    [late, true],
    [away, false],
    [late, false],
    [here, true],
  ] as const) {
    const call = list();
    answerList(answer);
    await call;
    expect(connectionNow().reached).toBe(reached);
  }
  shellAnswering({
    list_conversations: () => {
      throw problem();
    },
  });
  await list().catch(() => null);
  shellAnswering({
    list_conversations: () => {
      throw problem({ code: "left" });
    },
  });
  await list().catch(() => null);
  expect(connectionNow().reached).toBe(false);
});

it("knows by a transcript that is only kept that the server is not reached, and by another nothing", async () => {
  const answers = [null, "2026-11-19T16:00:00Z", null];
  shellAnswering({ search_people: () => [], open_conversation: () => ({ keptSince: answers.shift() }) });
  await backend.searchPeople("anybody");
  for (const reached of [true, false, false]) {
    await backend.openConversation("c1", false);
    expect(connectionNow().reached).toBe(reached);
  }
});

it("does not take a list that is kept here for an answer of the server", async () => {
  const call = list();
  answerList({ rows: [], next: null, unreadable: 0, keptSince: "2026-11-19T16:00:00Z", late: null });
  await call;
  expect(connectionNow().reached).toBe(false);
  const again = list();
  answerList({ rows: [], next: null, unreadable: 0, keptSince: null, late: null });
  await again;
  expect(connectionNow().reached).toBe(true);
});

import { expect, it } from "vitest";
import type { ConversationFilter, ConversationRow, QueueView } from "../../backend";
import { conversation, shellAnswering, type Asked } from "../../test/backend";
import { EVERYTHING, toKept } from "./filters";
import { following } from "./following";
import { ConversationList } from "./list.svelte";
import { OpenQueue } from "./queue.svelte";

const queue: QueueView = {
  id: 3,
  name: "This week",
  form: { narrowing: toKept(EVERYTHING), started: "anyTime", unreviewedOnly: false, draw: null },
};
const id = (n: number) => conversation(n).id;
const done = { step: "done", reviewer: null, hereOnly: false } as const;

/** A shell with a queue of these numbers, of which the server has those that `there` answers. */
function shell(
  numbers: number[],
  there: (n: number) => ConversationRow | null,
  drafted: number[] = [],
): Asked[] {
  return shellAnswering({
    read_queue: () => numbers.map((n) => ({ id: id(n), reason: n % 5 === 0 ? "random" : "rule" })),
    drafted_conversations: () => drafted.map(id),
    list_conversations: ({ filter }) => {
      const { ids } = filter as ConversationFilter;
      const rows = numbers.filter((n) => ids.includes(id(n))).map(there);
      // As the server tells them: in an order of its own.
      const known = rows.filter((row) => row !== null).reverse();
      return { rows: known, next: null, unreadable: 0, keptSince: null, late: null };
    },
    look_ahead: () => null,
  });
}

async function show(): Promise<ConversationList> {
  const list = new ConversationList();
  await list.show(new OpenQueue(queue));
  return list;
}
const shown = (list: ConversationList) => list.rows.map(({ id }) => Number.parseInt(id, 16));
const numbers = Array.from({ length: 320 }, (_, n) => n + 1);

it("is read whole, 150 at once, in its own order", async () => {
  const asked = shell(numbers, (n) => conversation(n));
  const list = await show();
  expect(shown(list)).toEqual(numbers);
  expect(list.complete).toBe(true);
  const calls = asked.filter(({ command }) => command === "list_conversations");
  expect(calls.map(({ args }) => (args["filter"] as ConversationFilter).ids.length)).toEqual([150, 150, 20]);
  expect(list.queue?.reasonOf(id(5))).toBe("random");
  expect(list.queue?.reasonOf(id(6))).toBe("rule");
});

it("counts what is done and typed, also while rows change, and narrows by each state", async () => {
  shell([1, 2, 3, 4], (n) => conversation(n, n === 2 ? { review: done } : {}), [3]);
  const list = await show();
  const open = list.queue!;
  expect(open.progress).toEqual({ all: 4, toDo: 3, inProgress: 0, done: 1, skipped: 0, drafts: 1 });
  list.replace(conversation(1, { review: { ...done, step: "skipped" } }));
  expect(open.progress).toMatchObject({ toDo: 2, skipped: 1 });
  for (const [only, expected] of [
    ["done", [2]],
    ["skipped", [1]],
    ["toDo", [3, 4]],
    ["drafts", [3]],
    ["inProgress", []],
    ["all", [1, 2, 3, 4]],
  ] as const) {
    open.only = only;
    await list.show(open);
    expect(shown(list)).toEqual(expected);
  }
});

it("asks the server once, however it is narrowed, and again when it is read again", async () => {
  const asked = shell([1, 2], (n) => conversation(n));
  const calls = () => asked.filter(({ command }) => command === "list_conversations").length;
  const list = await show();
  list.queue!.only = "done";
  await list.show(list.queue!);
  expect(calls()).toBe(1);
  await list.refresh();
  expect(calls()).toBe(2);
});

it("keeps the place of one that is gone, says so, and passes over it", async () => {
  shell([1, 2, 3], (n) => (n === 2 ? null : conversation(n)));
  const list = await show();
  expect(shown(list)).toEqual([1, 2, 3]);
  expect(list.queue?.gone.has(id(2))).toBe(true);
  expect(list.queue?.progress.all).toBe(2);
  list.open(1);
  expect(list.opened).toBeNull();
  list.open(0);
  expect(await list.findUnreviewed()).toBe(2);
  expect(following(list.rows, 0, list.queue?.isAbsent)).toEqual([id(3)]);
  list.step(1);
  expect(list.opened?.id).toBe(id(3));
  list.step(-1);
  expect(list.opened?.id).toBe(id(1));
});

it("goes back to the list as it was narrowed", async () => {
  shell([1], (n) => conversation(n));
  const list = await show();
  await list.narrow({ ...EVERYTHING, finished: "finished" });
  expect(list.queue).toBeNull();
});

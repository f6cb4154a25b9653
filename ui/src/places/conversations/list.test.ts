import { beforeEach, describe, expect, it } from "vitest";
import type { ConversationPage, ReviewView } from "../../backend";
import { tag, work } from "../conversation/fixtures";
import { conversation, problem, shellAnswering, type Asked } from "../../test/backend";
import { EVERYTHING } from "./filters";
import { ConversationList } from "./list.svelte";

type Reply = ConversationPage | ReturnType<typeof problem> | Promise<ConversationPage>;

let replies: Reply[];
let asked: Asked[];
let list: ConversationList;

const page = (numbers: number[], next: string | null, unreadable = 0): ConversationPage => ({
  rows: numbers.map((number) => conversation(number)),
  next,
  unreadable,
  keptSince: null,
  late: null,
});
const done: ReviewView = { step: "done", reviewer: "M. Ruiz", hereOnly: false };
const shown = () => list.rows.map(({ numMessages }) => numMessages);
const listCalls = () => asked.filter(({ command }) => command === "list_conversations");

beforeEach(() => {
  replies = [];
  asked = shellAnswering({
    list_conversations: () => {
      const reply = replies.shift();
      if (!reply) throw "no page left in this test";
      if ("code" in reply) throw reply;
      return reply;
    },
    name_people: ({ ids }) => (ids as string[]).map((id) => ({ id, name: `Name of ${id}` })),
  });
  list = new ConversationList();
});

describe("reading pages", () => {
  it("joins page to page and knows the end", async () => {
    replies = [page([1, 2], "two"), page([3], null)];
    await list.refresh();
    expect(shown()).toEqual([1, 2]);
    expect(list.complete).toBe(false);
    await list.more();
    expect(shown()).toEqual([1, 2, 3]);
    expect(list.complete).toBe(true);
    expect(listCalls().map(({ args }) => args["next"])).toEqual([null, "two"]);
    await list.more();
    expect(listCalls()).toHaveLength(2);
  });

  it("begins with the page that was asked for already, and asks for it no second time", async () => {
    list = new ConversationList(Promise.resolve(page([1, 2], "two")));
    await list.refresh();
    expect(shown()).toEqual([1, 2]);
    expect(listCalls()).toHaveLength(0);
    replies = [page([3], null), page([4], null)];
    await list.more();
    expect(shown()).toEqual([1, 2, 3]);
    await list.refresh();
    expect(shown()).toEqual([4]);
  });

  it("says why the page that was asked for already did not come, and asks anew", async () => {
    list = new ConversationList(Promise.reject(problem()));
    await list.refresh();
    expect(list.trouble).toMatchObject({ code: "unreachable" });
    replies = [page([1], null)];
    await list.more();
    expect(shown()).toEqual([1]);
  });

  it("shows once what stands twice on one page", async () => {
    replies = [page([1, 1, 2], null)];
    await list.refresh();
    expect(shown()).toEqual([1, 2]);
    expect(list.indexOf(conversation(2).id)).toBe(1);
  });

  it("stops at a page that leads to itself, says so, and keeps what is there", async () => {
    replies = [page([1, 2], "two"), page([3], "two")];
    await list.refresh();
    await list.more();
    expect(shown()).toEqual([1, 2, 3]);
    expect(listCalls()).toHaveLength(2);
    expect(list.trouble).toMatchObject({ code: "malformed", retryable: true });
    expect(list.trouble?.message).toContain("leads back");
    expect(list.loading).toBe(false);
    expect(list.complete).toBe(false);
  });

  it("stops after two pages that bring nothing, and goes on from there when asked", async () => {
    replies = [page([1], "two"), page([1], "three"), page([1], "two"), page([2], null)];
    await list.refresh();
    await list.more();
    expect(listCalls()).toHaveLength(3);
    expect(list.trouble?.message).toContain("brought nothing new");
    await list.more();
    expect(shown()).toEqual([1, 2]);
    expect(list.trouble).toBeNull();
  });

  it("shows once what a page repeats", async () => {
    replies = [page([1, 2], "two"), page([2, 3], null)];
    await list.refresh();
    await list.more();
    expect(shown()).toEqual([1, 2, 3]);
    expect(list.indexOf(conversation(3).id)).toBe(2);
  });

  it("goes on past a page on which nothing could be read", async () => {
    replies = [page([], "two", 4), page([1], "three", 1)];
    await list.refresh();
    expect(shown()).toEqual([1]);
    expect(list.unreadable).toBe(5);
  });

  it("asks for one page at a time", async () => {
    replies = [page([1], "two")];
    await Promise.all([list.refresh(), list.more(), list.more()]);
    expect(listCalls()).toHaveLength(1);
  });
});

it("knows since when the list is kept here, until a page comes from the server", async () => {
  const kept = { ...page([1], "two"), keptSince: "2026-11-19T14:02:00Z" };
  replies = [kept, page([2], null), kept, page([3], null)];
  await list.refresh();
  expect(list.keptSince).toBe("2026-11-19T14:02:00Z");
  await list.more();
  expect(list.keptSince).toBeNull();
  await list.refresh();
  expect(list.keptSince).toBe("2026-11-19T14:02:00Z");
  await list.narrow({ ...EVERYTHING, tags: ["review:done"] });
  expect(list.keptSince).toBeNull();
});

describe("trouble", () => {
  it("keeps what is read and goes on from there", async () => {
    replies = [page([1, 2], "two"), problem({ code: "rate-limited", retryAfterMs: 9000 }), page([3], null)];
    await list.refresh();
    await list.more();
    expect(shown()).toEqual([1, 2]);
    expect(list.trouble).toMatchObject({ code: "rate-limited", retryAfterMs: 9000 });
    expect(list.loading).toBe(false);
    await list.more();
    expect(shown()).toEqual([1, 2, 3]);
    expect(list.trouble).toBeNull();
    expect(listCalls().at(-1)?.args["next"]).toBe("two");
  });

  it("does not mix a late answer into a list that was narrowed meanwhile", async () => {
    let answerLate: (page: ConversationPage) => void = () => {};
    replies = [new Promise((resolve) => (answerLate = resolve)), page([7], null)];
    const late = list.refresh();
    await list.narrow({ ...EVERYTHING, finished: "finished" });
    answerLate(page([1, 2], "two"));
    await late;
    expect(shown()).toEqual([7]);
    expect(list.complete).toBe(true);
    expect(list.loading).toBe(false);
  });
});

describe("reading again", () => {
  beforeEach(async () => {
    replies = [page([1, 2], "two"), page([3], null)];
    await list.refresh();
    await list.more();
  });

  it("shows the new beginning in place of what stood", async () => {
    replies = [page([9, 1], "two")];
    await list.refresh();
    expect(shown()).toEqual([9, 1]);
    expect(list.indexOf(conversation(1).id)).toBe(1);
    expect(list.complete).toBe(false);
    expect(listCalls().at(-1)?.args["next"]).toBeNull();
  });

  it("keeps every row and says why they are old when it fails", async () => {
    list.open(2);
    const began = list.beganAt;
    replies = [problem({ code: "wrong-key", retryable: false })];
    await list.refresh();
    expect(shown()).toEqual([1, 2, 3]);
    expect(list.outdated).toMatchObject({ code: "wrong-key" });
    expect(list.beganAt).toBe(began);
    expect(list.at).toBe(2);
    expect(list.refreshing).toBe(false);
    replies = [page([7], null)];
    await list.refresh();
    expect(shown()).toEqual([7]);
    expect(list.outdated).toBeNull();
  });

  it("brings what is new in the conversation that is open", async () => {
    list.open(1);
    const tagged = conversation(2, { tags: [{ key: "risk", value: "high" }] });
    replies = [
      { rows: [conversation(1), tagged], next: "two", unreadable: 0, keptSince: null, late: null },
      page([3], null),
    ];
    await list.refresh();
    expect(list.opened).toBe(tagged);
    await list.more();
    expect(list.opened).toBe(tagged);
  });

  it("keeps tags and a review that were changed after it was asked for, and takes the server's the next time", async () => {
    list.open(1);
    let answerLate: (page: ConversationPage) => void = () => {};
    replies = [new Promise((resolve) => (answerLate = resolve)), page([1, 2], null)];
    const reading = list.refresh();
    const tags = [{ key: "risk", value: "high" }];
    list.replace(conversation(2, { tags, review: done }));
    answerLate(page([1, 2], null));
    await reading;
    expect(list.rows[1]?.tags).toEqual(tags);
    expect(list.opened?.tags).toEqual(tags);
    expect(list.rows[1]?.review).toEqual(done);
    await list.refresh();
    expect(list.rows[1]?.tags).toEqual([]);
    expect(list.opened?.tags).toEqual([]);
    expect(list.opened?.review).toBeNull();
  });

  it("happens once at a time, and shows what stood until it is done", async () => {
    let answerLate: (page: ConversationPage) => void = () => {};
    replies = [new Promise((resolve) => (answerLate = resolve))];
    const reading = list.refresh();
    await list.refresh();
    expect(list.refreshing).toBe(true);
    expect(shown()).toEqual([1, 2, 3]);
    answerLate(page([8], null));
    await reading;
    expect(shown()).toEqual([8]);
    expect(list.refreshing).toBe(false);
    expect(listCalls()).toHaveLength(3);
  });

  it("does not undo a narrowing that came meanwhile, even when it fails", async () => {
    let failLate: (reason: unknown) => void = () => {};
    replies = [new Promise((_, reject) => (failLate = reject)), page([4], null)];
    const reading = list.refresh();
    await list.narrow({ ...EVERYTHING, finished: "finished" });
    failLate(problem());
    await reading;
    expect(shown()).toEqual([4]);
    expect(list.outdated).toBeNull();
  });
});

describe("a server that is late", () => {
  const SINCE = "2026-11-19T14:02:00Z";
  const kept = (numbers: number[], late: string | null = "late 1") => ({
    ...page(numbers, "kept"),
    keptSince: SINCE,
    late,
  });
  const asks = () => listCalls().map(({ args }) => args["next"]);
  let answer: (page: ConversationPage) => void;
  let fail: (reason: unknown) => void;
  const awaited = () =>
    new Promise<ConversationPage>((resolve, reject) => ([answer, fail] = [resolve, reject]));
  const answered = () => expect.poll(() => list.late).toBe(false);

  beforeEach(async () => {
    replies = [kept([1, 2, 3, 4]), awaited()];
    await list.refresh();
  });

  it("leaves the kept page in view, and is asked once for its own", async () => {
    expect(shown()).toEqual([1, 2, 3, 4]);
    expect([list.late, list.loading, list.keptSince]).toEqual([true, false, SINCE]);
    await list.refresh();
    expect(asks()).toEqual([null, "late 1"]);
    answer(page([9, 1, 2, 3], "two"));
    await answered();
    expect(shown()).toEqual([9, 1, 2, 3]);
    expect([list.keptSince, list.outdated, list.refreshing]).toEqual([null, null, false]);
    expect(asks()).toHaveLength(2);
  });

  it("does not move the reviewer: neither the row he is at nor what is open", async () => {
    const { epoch } = list;
    list.open(2);
    const fresh = conversation(3, { tags: [tag("risk", "high")] });
    answer({ ...page([8, 9, 1, 2], "two"), rows: [...page([8, 9, 1, 2], null).rows, fresh] });
    await answered();
    expect([list.at, list.rows[list.at]]).toEqual([4, fresh]);
    expect(list.opened).toBe(fresh);
    expect(list.epoch).toBe(epoch);
  });

  it("keeps open what is gone from the page, and goes on from the nearest row that is there", async () => {
    list.open(1);
    answer(page([9, 1, 3, 4], null));
    await answered();
    expect(list.opened?.numMessages).toBe(2);
    expect(list.rows[list.at]?.numMessages).toBe(3);
    replies = [kept([5, 6, 7]), awaited()];
    await list.narrow(EVERYTHING);
    list.at = 2;
    answer(page([5, 6], null));
    await answered();
    expect(list.rows[list.at]?.numMessages).toBe(6);
  });

  it("goes on from the server's page, never from the kept one", async () => {
    replies = [page([5], null)];
    const more = list.more();
    expect(list.loading).toBe(true);
    answer(page([1, 2, 3, 4], "two"));
    await more;
    expect(shown()).toEqual([1, 2, 3, 4, 5]);
    expect(asks()).toEqual([null, "late 1", "two"]);
  });

  it("may have nothing more than what was kept", async () => {
    const more = list.more();
    answer(page([1, 2], null));
    await more;
    expect([shown(), list.complete, list.loading]).toEqual([[1, 2], true, false]);
  });

  it("lets what is kept stand when it cannot be reached after all", async () => {
    list.open(2);
    answer(kept([1, 2, 3, 4], null));
    await answered();
    expect([shown(), list.at, list.keptSince]).toEqual([[1, 2, 3, 4], 2, SINCE]);
    replies = [kept([5], null)];
    await list.more();
    expect(asks().at(-1)).toBe("kept");
  });

  it("lets what is kept stand when it refuses, and says why", async () => {
    fail(problem({ code: "server-failed" }));
    await answered();
    expect(shown()).toEqual([1, 2, 3, 4]);
    expect(list.keptSince).toBe(SINCE);
    expect(list.outdated).toMatchObject({ code: "server-failed" });
  });

  it("is not listened to any more once the list is narrowed anew", async () => {
    replies = [page([7], null)];
    const more = list.more();
    await list.narrow({ ...EVERYTHING, finished: "finished" });
    answer(page([1, 2], "two"));
    await more;
    expect([shown(), list.late, list.complete]).toEqual([[7], false, true]);
    expect(list.outdated).toBeNull();

    replies = [kept([1]), awaited(), page([8], null)];
    await list.narrow(EVERYTHING);
    const old = list.narrow({ ...EVERYTHING, finished: "unfinished" });
    fail(problem({ code: "left" }));
    await old;
    expect([shown(), list.late, list.outdated]).toEqual([[8], false, null]);
  });

  it("does not undo what was changed after it was asked", async () => {
    const tags = [tag("risk", "high")];
    list.replace(conversation(2, { tags, review: done }));
    answer(page([1, 2], null));
    await answered();
    expect(list.rows[1]).toMatchObject({ tags, review: done });
  });

  it("is waited for where the list is read again: what stands is no older than what is kept", async () => {
    answer(page([1, 2, 3, 4], "two"));
    await answered();
    replies = [kept([1, 2], "late 2"), awaited()];
    const again = list.refresh();
    await expect.poll(() => asks().at(-1)).toBe("late 2");
    expect([shown(), list.refreshing, list.keptSince]).toEqual([[1, 2, 3, 4], true, null]);
    answer(page([9], null));
    await again;
    expect(shown()).toEqual([9]);
  });
});

describe("names", () => {
  it("are asked for once a person, at most a hundred at a time", async () => {
    const nameless = Array.from({ length: 120 }, (_, at) =>
      conversation(at, { user: { id: `user-${at}`, name: null } }),
    );
    const twice = conversation(500, { user: { id: "user-0", name: null } });
    replies = [{ rows: [...nameless, twice], next: null, unreadable: 0, keptSince: null, late: null }];
    await list.refresh();
    await Promise.resolve();
    await expect.poll(() => list.people.size).toBe(120);
    const batches = asked
      .filter(({ command }) => command === "name_people")
      .map(({ args }) => args["ids"] as string[]);
    expect(batches.map(({ length }) => length)).toEqual([100, 20]);
    expect(list.named(nameless[119]!).user).toEqual({ id: "user-119", name: "Name of user-119" });
  });
});

describe("moving", () => {
  beforeEach(async () => {
    replies = [page([1, 2, 3], null)];
    await list.refresh();
  });

  it("opens the first, goes on, and stops at the ends", () => {
    expect(list.step(-1)).toBe(false);
    expect(list.opened).toBeNull();
    expect(list.step(1)).toBe(true);
    expect(list.opened?.numMessages).toBe(1);
    list.step(1);
    expect(list.opened?.numMessages).toBe(2);
    list.step(1);
    expect(list.step(1)).toBe(false);
    expect(list.opened?.numMessages).toBe(3);
    list.step(-1);
    expect(list.opened?.numMessages).toBe(2);
  });

  it("keeps a conversation open that the filters leave out, and goes on from the list's beginning", async () => {
    list.open(2);
    replies = [page([8, 9], null)];
    await list.narrow({ ...EVERYTHING, tags: ["risk:high"] });
    expect(list.opened?.numMessages).toBe(3);
    list.step(1);
    expect(list.opened?.numMessages).toBe(8);
  });

  it("takes over what changed in a row", () => {
    list.open(1);
    const tagged = conversation(2, { tags: [{ key: "risk", value: "high" }] });
    list.replace(tagged);
    expect(list.rows[1]).toBe(tagged);
    expect(list.opened).toBe(tagged);
  });
});

describe("tags and reviews that changed", () => {
  let tags: Record<string, ReturnType<typeof tag>[] | ReturnType<typeof problem>>;
  const asks = () =>
    asked.filter(({ command }) => command === "read_work").map(({ args }) => args["conversation"]);
  const id = (number: number) => conversation(number).id;

  beforeEach(async () => {
    tags = {};
    replies = [page([1, 2], null)];
    asked = shellAnswering({
      list_conversations: () => replies.shift(),
      read_work: ({ conversation }) => {
        const known = tags[conversation as string] ?? [];
        if ("code" in known) throw known;
        return work({ tags: known });
      },
    });
    await list.refresh();
  });

  it("are read of the conversations that are shown, in the list or open beside it", async () => {
    list.opened = conversation(7);
    tags = { [id(2)]: [tag("risk", "high")], [id(7)]: [tag("topic")] };
    await list.readWork([id(2), id(7), id(9)]);
    expect(asks()).toEqual([id(2), id(7)]);
    expect(list.rows[1]?.tags).toEqual([tag("risk", "high")]);
    expect(list.opened?.tags).toEqual([tag("topic")]);
  });

  it("are followed where only the review is another one", async () => {
    asked = shellAnswering({ read_work: () => work({ review: done }) });
    await list.readWork([id(1)]);
    expect(list.rows[0]?.review).toEqual(done);
    expect(list.rows[0]?.tags).toEqual([]);
  });

  it("leave a row alone that has them already, or of which they cannot be read", async () => {
    const before = [...list.rows];
    tags = { [id(2)]: problem({ code: "storage" }) };
    await list.readWork([id(1), id(2)]);
    expect(list.rows[0]).toBe(before[0]);
    expect(list.rows[1]).toBe(before[1]);
  });
});

it("joins a page to 100,000 rows without looking at each again", async () => {
  const many = Array.from({ length: 100_000 }, (_, at) => conversation(at));
  replies = [{ rows: many, next: "more", unreadable: 0, keptSince: null, late: null }, page([200_000], null)];
  await list.refresh();
  const first = list.rows[0];
  await list.more();
  expect(list.rows).toHaveLength(100_001);
  // The very object that came: no proxy stands around each row.
  expect(list.rows[0]).toBe(first);
  expect(list.rows[0]).toBe(many[0]);
});

import { render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backend, type ConversationRow, type QueueView } from "../../backend";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { listen, perform } from "../../keys";
import { insight, listed, message, opened, row as someRow, work } from "../conversation/fixtures";
import { changeSettings } from "../../lib/settings.svelte";
import { keeping } from "../conversation/keeping";
import Conversations from "./Conversations.svelte";
import { EVERYTHING, toKept } from "./filters";
import { ConversationList } from "./list.svelte";
import { overtaken, saidOf } from "./meanwhile";
import { OpenQueue } from "./queue.svelte";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

const shell = vi.mocked(backend);
const by = (reviewer: string | null, step: "inProgress" | "done" | "skipped" = "done") =>
  ({ step, reviewer, hereOnly: false }) as const;
const row = (id: string, more: Partial<ConversationRow> = {}) =>
  someRow(id, { user: { id, name: `Person ${id}` }, ...more });
const queue: QueueView = {
  id: 3,
  name: "This week",
  form: { narrowing: toKept(EVERYTHING), started: "anyTime", unreviewedOnly: false, draw: null },
};
const IDS = ["c1", "c2", "c3", "c4"];

/** What the server has by now. */
let server: Map<string, ConversationRow>;
let list: ConversationList;

const openId = () => document.querySelector<HTMLElement>("section.what")?.dataset.id;
const said = () => document.querySelector("[data-part=meanwhile]")?.textContent.replace(/\s+/g, " ").trim();
const calls = () => shell.listConversations.mock.calls.length;

/** What the shell knows: what was read last, and what the reviewer said since. */
function known(id: string) {
  const { tags = [], review = null } = list.rows[list.indexOf(id)] ?? {};
  return work({ tags, review });
}

/** The queue, with its first conversation open. */
async function begin() {
  list = new ConversationList();
  await list.show(new OpenQueue(queue));
  list.open(0);
  render(Conversations, { list, onsignin: () => {} });
  await waitFor(() => expect(document.querySelector("[data-part=message]")).toBeInTheDocument());
  await waitFor(() => expect(calls()).toBe(2));
}

/** Some time later, so that the server may be asked again. */
const later = () => vi.advanceTimersByTimeAsync(6_100);

async function finish(): Promise<string> {
  const before = toasts().at(-1)?.id ?? 0;
  perform("done");
  await waitFor(() => expect(toasts().at(-1)?.id ?? 0).toBeGreaterThan(before));
  return toasts().at(-1)!.text;
}

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  toasts().forEach(({ id }) => dismiss(id));
  server = new Map(IDS.map((id) => [id, row(id)]));
  shell.listConversations.mockImplementation(async ({ ids }) => ({
    rows: ids.flatMap((id) => server.get(id) ?? []),
    next: null,
    unreadable: 0,
    keptSince: null,
    late: null,
  }));
  shell.readQueue.mockResolvedValue(IDS.map((id) => ({ id, reason: "rule" })));
  shell.draftedConversations.mockResolvedValue([]);
  shell.openConversation.mockImplementation(async (id) => opened(id, [message(`m-${id}`, 1)]));
  shell.readInsight.mockResolvedValue(insight("ask"));
  shell.readDrafts.mockResolvedValue([]);
  shell.knownTags.mockResolvedValue([]);
  shell.lookAhead.mockResolvedValue(null);
  shell.waitTimes.mockResolvedValue([]);
  shell.pause.mockResolvedValue(undefined);
  keeping({});
  shell.readWork.mockImplementation(async (id) => known(id));
  shell.listComments.mockImplementation(async (id) => ({ ...listed(), work: known(id) }));
  shell.setReview.mockImplementation(async (_id, step) =>
    work({ review: step ? by("M. Ruiz", step as "done") : null }),
  );
  shell.changeSettings.mockImplementation(async (settings) => settings);
  changeSettings({ autoAdvance: true });
  return listen();
});

afterEach(() => vi.useRealTimers());

describe("a queue that is open on two computers", () => {
  it("says where it opens that somebody has finished it, and goes on from there", async () => {
    await begin();
    server.set("c2", row("c2", { review: by("A. Osei") }));
    await later();
    expect(await finish()).toBe("Marked as done. Next: Person c2.");
    await waitFor(() => expect(openId()).toBe("c2"));
    await waitFor(() =>
      expect(said()).toContain("A. Osei has finished the review of this conversation meanwhile."),
    );
    expect(said()).toContain("Its tags decide, on every computer.");
    expect(screen.getByRole("button", { name: /^Review: Done · A. Osei/ })).toBeInTheDocument();
    expect(await finish()).toBe("It was so already. Next: Person c3.");
    expect(shell.setReview).toHaveBeenCalledTimes(1);
    expect(said()).toBeUndefined();
  });

  it("passes over what was finished, skipped or deleted, and says so once", async () => {
    await begin();
    await later();
    server.set("c3", row("c3", { review: by("A. Osei", "skipped") }));
    await finish();
    await waitFor(() => expect(openId()).toBe("c2"));
    await waitFor(() => expect(list.rows[2]?.review?.step).toBe("skipped"));
    expect(await finish()).toBe(
      "Marked as done. Passed over Person c3: A. Osei has skipped it meanwhile. Next: Person c4.",
    );
    server.delete("c4");
    await later();
    await waitFor(() => expect(said()).toContain("This conversation was deleted from the server meanwhile."));
    expect(list.queue?.gone.has("c4")).toBe(true);
  });

  it("says it of many in one sentence, also at the end", async () => {
    await begin();
    await later();
    for (const id of ["c2", "c3"]) server.set(id, row(id, { review: by(null) }));
    server.delete("c4");
    list.open(0);
    await list.readAgain(IDS);
    expect(await finish()).toBe(
      "Marked as done. Passed over 3: others have finished, skipped or deleted them meanwhile. Queue done.",
    );
  });

  it("says that somebody has begun too, until the reviewer decides", async () => {
    await begin();
    server.set("c1", row("c1", { review: by("A. Osei", "inProgress") }));
    await list.readAgain(["c1"]);
    await waitFor(() => expect(said()).toContain("A. Osei has begun to review this conversation meanwhile."));
    list.replace(row("c1", { review: by("M. Ruiz") }));
    await waitFor(() => expect(said()).toBeUndefined());
  });

  it("does not take what was read before for newer than what the reviewer did since", async () => {
    await begin();
    let answer = () => {};
    shell.listConversations.mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { rows: [row("c1")], next: null, unreadable: 0, keptSince: null, late: null };
    });
    const reading = list.readAgain(["c1"]);
    list.replace(row("c1", { review: by("M. Ruiz") }));
    answer();
    await reading;
    expect(list.rows[0]?.review).toEqual(by("M. Ruiz"));
  });

  it("knows nothing new while the server cannot be asked", async () => {
    await begin();
    shell.listConversations.mockResolvedValueOnce({
      rows: [],
      next: null,
      unreadable: 0,
      keptSince: "2026-11-01T00:00:00Z",
      late: null,
    });
    await list.readAgain(IDS);
    expect(list.queue?.gone.size).toBe(0);
    expect(list.overtaken.size).toBe(0);
  });

  it("asks no more often than every few seconds, however fast they are walked", async () => {
    await begin();
    const before = calls();
    for (const at of [1, 2, 3, 2, 1]) {
      list.open(at);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(calls()).toBe(before);
    await later();
    expect(calls()).toBe(before + 1);
    expect(shell.listConversations.mock.lastCall?.[0].ids).toEqual(["c2", "c3", "c4"]);
  });
});

it("tells only of what somebody else did to an open review", () => {
  expect(overtaken(row("c1"), row("c1"))).toBeNull();
  expect(overtaken(row("c1", { review: by("A") }), row("c1", { review: by("B", "skipped") }))).toBeNull();
  expect(overtaken(row("c1", { review: by("A", "inProgress") }), row("c1"))).toBeNull();
  expect(overtaken(row("c1", { review: by("A", "inProgress") }), row("c1", { review: by("B") }))).toEqual({
    step: "done",
    by: "B",
  });
  expect(saidOf({ step: "done", by: null }, row("c1", { review: by(null) }))).toContain(
    "Somebody else has finished",
  );
  expect(saidOf(undefined, row("c1"))).toBeNull();
});

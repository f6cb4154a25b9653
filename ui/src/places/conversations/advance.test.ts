import { render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { backend, type ConversationPage, type ConversationRow } from "../../backend";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { listen, onAction, perform } from "../../keys";
import { changeSettings } from "../../lib/settings.svelte";
import { insight, listed, message, opened, problem, row, sound, work } from "../conversation/fixtures";
import { keeping } from "../conversation/keeping";
import { hearOn } from "./advance";
import Conversations from "./Conversations.svelte";
import { ConversationList } from "./list.svelte";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

const shell = vi.mocked(backend);
const done = { step: "done", reviewer: "M. Ruiz", hereOnly: false } as const;
const said = () => toasts().map(({ text }) => text);
const openId = () => document.querySelector<HTMLElement>("section.what")?.dataset.id;
let list: ConversationList;

const page = (rows: ConversationRow[], next: string | null): ConversationPage => ({
  rows,
  next,
  unreadable: 0,
  keptSince: null,
  late: null,
});

/** The list of c1, c2 (done), c3 and, on another page, c4 (skipped) and c5; the first of them is open. */
async function begin(last: Partial<ConversationRow> = {}) {
  shell.listConversations.mockImplementation(async (_filter, next) =>
    next === null
      ? page([row("c1"), row("c2", { review: done }), row("c3")], "2")
      : page([row("c4", { review: { ...done, step: "skipped" } }), row("c5", last)], null),
  );
  list = new ConversationList();
  await list.refresh();
  list.open(0);
  render(Conversations, { list, onsignin: () => {} });
  await waitFor(() => expect(document.querySelector("[data-part=message]")).toBeInTheDocument());
}

const finish = async () => {
  const before = toasts().at(-1)?.id ?? 0;
  perform("done");
  await waitFor(() => expect(toasts().at(-1)?.id ?? 0).toBeGreaterThan(before));
};

beforeEach(() => {
  vi.resetAllMocks();
  toasts().forEach(({ id }) => dismiss(id));
  shell.openConversation.mockImplementation(async (id) => opened(id, [message(`m-${id}`, 1)]));
  shell.readInsight.mockResolvedValue(insight("ask"));
  shell.readDrafts.mockResolvedValue([]);
  shell.knownTags.mockResolvedValue([]);
  shell.lookAhead.mockResolvedValue(null);
  shell.waitTimes.mockResolvedValue([]);
  shell.pause.mockResolvedValue(undefined);
  shell.changeSettings.mockImplementation(async (settings) => settings);
  shell.listComments.mockResolvedValue(listed());
  shell.readWork.mockResolvedValue(work());
  keeping({});
  changeSettings({ autoAdvance: true });
});

it("opens the next one when the sound goes on, and plays it from the beginning", async () => {
  await begin();
  shell.openConversation.mockImplementation(async (id) =>
    opened(id, [message(`m-${id}`, 1, { voice: true })]),
  );
  shell.openSound.mockResolvedValue(sound([]));
  shell.readMarkers.mockResolvedValue([]);
  shell.playSound.mockResolvedValue(null);
  await hearOn(list);
  await waitFor(() => expect(openId()).toBe("c3"));
  await waitFor(() => expect(shell.playSound).toHaveBeenCalledExactlyOnceWith("c3", null, 0));
  expect(shell.setReview).not.toHaveBeenCalled();
});

describe("a review that is over", () => {
  it("opens the next one without a review, on whatever page it is, and puts the focus in its transcript", async () => {
    await begin();
    await finish();
    expect(openId()).toBe("c3");
    await waitFor(() => expect(document.querySelector("[data-part=message][data-id=m-c3]")).toHaveFocus());
    expect(said()).toEqual([`Marked as done. Next: ${list.named(list.opened!).user.name}.`]);
    await finish();
    expect(openId()).toBe("c5");
    expect(shell.setReview.mock.calls.map(([id]) => id)).toEqual(["c1", "c3"]);
  });

  it("says that the queue is done at the end, and what can be done next", async () => {
    await begin({ review: done });
    list.open(2);
    await waitFor(() => expect(openId()).toBe("c3"));
    await finish();
    const heading = await screen.findByRole("heading", { name: "Queue done" });
    expect(heading).toHaveFocus();
    expect(openId()).toBeUndefined();
    screen.getByRole("button", { name: "Go to the first of them" }).click();
    await waitFor(() => expect(openId()).toBe("c1"));
    expect(screen.queryByRole("heading", { name: "Queue done" })).toBeNull();
  });

  it("stays where going on is switched off, by its action", async () => {
    await begin();
    perform("auto-advance");
    await finish();
    expect(openId()).toBe("c1");
    expect(said().at(-1)).toBe("Marked as done.");
    perform("auto-advance");
    await finish();
    expect(openId()).toBe("c3");
  });

  it("stays, and says why, where the next page cannot be read", async () => {
    await begin();
    list.open(2);
    await waitFor(() => expect(openId()).toBe("c3"));
    shell.listConversations.mockRejectedValue(problem("unreachable", "The server cannot be reached.", true));
    await finish();
    expect(openId()).toBe("c3");
    expect(said().at(-1)).toMatch(/could not be read\. The server cannot be reached\./);
  });

  it("is opened again when it is taken back", async () => {
    await begin();
    const stop = [listen(), onAction("undo", () => {})];
    await finish();
    expect(openId()).toBe("c3");
    toasts().at(-1)!.undo!();
    await waitFor(() => expect(openId()).toBe("c1"));
    await waitFor(() => expect(document.querySelector("[data-part=message][data-id=m-c1]")).toHaveFocus());
    stop.forEach((take) => take());
  });
});

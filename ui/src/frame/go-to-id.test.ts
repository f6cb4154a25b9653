import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FoundView } from "../backend";
import { wanted } from "../places/conversation/wanted";
import { ConversationList } from "../places/conversations/list.svelte";
import { conversation, shellAnswering, type Asked } from "../test/backend";
import { offerId } from "./go-to-id";

const ID = "69b00c00000000000000000a";
let found: FoundView;
let asked: Asked[];
let list: ConversationList;
const show = vi.fn();

beforeEach(() => {
  asked = shellAnswering({
    find_id: () => found,
    list_conversations: () => ({
      rows: [conversation(7)],
      next: null,
      unreadable: 0,
      keptSince: null,
      late: null,
    }),
  });
  list = new ConversationList();
  wanted.message = null;
  show.mockClear();
});

const look = async () => {
  const [offer] = offerId(list, show, ` ${ID.toUpperCase()} `);
  return offer!.act();
};

describe("a pasted id", () => {
  it.each(["", "late", ID.slice(1), `${ID}0`, "69b00c0000000000000000zz", `${ID} and more`])(
    "is offered only where it is one: %o",
    (typed) => expect(offerId(list, show, typed)).toEqual([]),
  );

  it("leads to the message it belongs to, once the palette has gone", async () => {
    const { id } = conversation(7);
    found = { place: { conversationId: id, messageId: ID }, searched: 3 };
    const go = (await look()) as () => void;
    expect(asked.find(({ command }) => command === "find_id")?.args).toEqual({ id: ID });
    expect([list.opened, wanted.message]).toEqual([null, null]);
    go();
    await expect.poll(() => list.opened?.id).toBe(id);
    expect(wanted.message).toEqual({ conversation: id, message: ID });
    await expect.poll(() => show.mock.calls.length).toBe(1);
  });

  it("that is not found says where it was looked for", async () => {
    found = { place: null, searched: 1 };
    expect(await look()).toBe(
      "No conversation has this id, and it is not among what was read: 1 conversation searched.",
    );
  });
});

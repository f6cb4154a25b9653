import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comment, message } from "./fixtures";
import { append, BLOCK, byInteraction, dayBegun, NOTHING_READ, sideOf, step } from "./transcript";

const ids = (messages: readonly { id: string }[]) => messages.map(({ id }) => id);

describe("append", () => {
  it("groups the messages of an interaction", () => {
    const { blocks } = append(NOTHING_READ, [message("a", 1), message("b", 1), message("c", 2)]);
    expect(blocks.map((block) => [block.number, ids(block.messages)])).toEqual([
      [1, ["a", "b"]],
      [2, ["c"]],
    ]);
  });

  it("goes on with an interaction that a page cut in two, and keeps the others as they are", () => {
    const first = append(NOTHING_READ, [message("a", 1), message("b", 2)]);
    const second = append(first, [message("c", 2), message("d", 3)]);
    expect(second.blocks.map((block) => ids(block.messages))).toEqual([["a"], ["b", "c"], ["d"]]);
    expect(second.blocks[0]).toBe(first.blocks[0]);
    expect(first.blocks[1]?.messages).toHaveLength(1);
  });

  it("splits a long interaction: its heading stands once at the top, its comments once at the bottom", () => {
    const many = Array.from({ length: BLOCK * 2 + 1 }, (_, at) => message(`m${at}`, 1));
    const { blocks } = append(NOTHING_READ, many);
    expect(blocks.map((block) => [block.messages.length, block.begins, block.ends])).toEqual([
      [BLOCK, true, false],
      [BLOCK, false, false],
      [1, false, true],
    ]);
  });

  it("passes over a message that is there already", () => {
    const once = append(NOTHING_READ, [message("a", 1)]);
    expect(ids(append(once, [message("a", 1), message("b", 1)]).messages)).toEqual(["a", "b"]);
  });

  it("gives the same blocks however the messages are cut into pages", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        (lengths, pages) => {
          const all = lengths.flatMap((length, at) =>
            Array.from({ length }, (_, index) => message(`${at}-${index}`, at + 1)),
          );
          let paged = NOTHING_READ;
          for (let from = 0, page = 0; from < all.length; page += 1) {
            const size = pages[page % pages.length] ?? 1;
            paged = append(paged, all.slice(from, from + size));
            from += size;
          }
          expect(paged).toEqual(append(NOTHING_READ, all));
          for (const one of all) {
            const place = paged.places.get(one.id)!;
            expect(paged.messages[place.message]).toBe(one);
            expect(paged.blocks[place.block]?.messages).toContain(one);
          }
        },
      ),
    );
  });
});

describe("walking", () => {
  const transcript = append(NOTHING_READ, [
    message("a", 1),
    message("b", 1, { voice: true }),
    message("c", 2),
    message("d", 2, { voice: true }),
  ]);

  it("goes line by line and stays at both ends", () => {
    expect(step(transcript, "a", 1)?.id).toBe("b");
    expect(step(transcript, "a", -1)?.id).toBe("a");
    expect(step(transcript, "d", 1)?.id).toBe("d");
    expect(step(transcript, null, 1)?.id).toBe("a");
    expect(step(NOTHING_READ, null, 1)).toBeUndefined();
  });
});

it("tells where another local day begins: between interactions, and not at the first", () => {
  // In the reviewer's own time: two minutes before midnight, and two minutes after.
  const late = new Date(2026, 4, 11, 23, 58).toISOString();
  const early = new Date(2026, 4, 12, 0, 2).toISOString();
  const { blocks } = append(NOTHING_READ, [
    message("a", 1, { createdAt: late }),
    message("b", 2, { createdAt: late }),
    message("c", 3, { createdAt: early }),
    message("d", 4, { createdAt: early }),
  ]);
  expect(blocks.map((_, at) => dayBegun(blocks, at))).toEqual([undefined, undefined, early, undefined]);
});

it("takes a kind it does not know for what it is", () => {
  expect(sideOf("agent-inner-thought")).toBe("thought");
  expect(sideOf("agent-gesture")).toBe("other");
});

it("puts comments under their interaction and leaves out those on the conversation", () => {
  const groups = byInteraction([comment("x"), comment("y", { interactionId: null }), comment("z")]);
  expect([...groups].map(([id, group]) => [id, ids(group)])).toEqual([["interaction-1", ["x", "z"]]]);
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import { later, problem } from "./fixtures";
import { parseTag, Tags } from "./tags.svelte";

vi.mock("../../backend", async (original) => ({
  ...(await original<typeof import("../../backend")>()),
  backend: (await import("./fixtures")).mockBackend(),
}));
const editTags = vi.mocked(backend.editTags);

const risk = { key: "risk", value: "high" };
const shown = (tags: Tags) => tags.shown.map(({ key, value, saving }) => [key, value, saving]);

beforeEach(() => void vi.resetAllMocks());

it.each([
  ["risk", { key: "risk", value: null }],
  ["risk: high", { key: "risk", value: "high" }],
  [" risk :", { key: "risk", value: null }],
  ["a:b:c", { key: "a", value: "b:c" }],
])("reads %j", (typed, tag) => expect(parseTag(typed)).toEqual(tag));

describe("Tags", () => {
  it("shows a new tag at once and says that it is being saved", async () => {
    const answer = later<(typeof risk)[]>();
    editTags.mockReturnValue(answer.promise);
    const saved = vi.fn();
    const tags = new Tags("c1", [], saved);
    const sent = tags.set(risk);
    expect(shown(tags)).toEqual([["risk", "high", true]]);
    answer.done([risk]);
    expect(await sent).toBe(true);
    expect(shown(tags)).toEqual([["risk", "high", false]]);
    expect(saved).toHaveBeenCalledWith([risk]);
    expect(editTags).toHaveBeenCalledWith("c1", [risk], []);
  });

  it("goes back to what was, with the reason, when an edit is refused", async () => {
    const refusal = problem("tag-refused", "A conversation holds at most 20 tags. Remove one first.");
    editTags.mockRejectedValue(refusal);
    const tags = new Tags("c1", [{ key: "risk", value: "low" }], vi.fn());
    expect(await tags.set(risk)).toBe(false);
    expect(shown(tags)).toEqual([["risk", "low", false]]);
    expect(tags.refused).toMatchObject({
      key: "risk",
      problem: { code: "tag-refused", message: refusal.message },
    });
    editTags.mockResolvedValue([]);
    await tags.remove("risk");
    expect(tags.refused).toBeNull();
  });

  it("sends edits one after the other, so that an older answer cannot undo a newer edit", async () => {
    const first = later<(typeof risk)[]>();
    editTags.mockReturnValueOnce(first.promise).mockResolvedValueOnce([]);
    const tags = new Tags("c1", [], vi.fn());
    void tags.set(risk);
    const removed = tags.remove("risk");
    await Promise.resolve();
    expect(shown(tags)).toEqual([]);
    expect(editTags).toHaveBeenCalledTimes(1);
    first.done([risk]);
    await removed;
    expect(editTags).toHaveBeenLastCalledWith("c1", [], ["risk"]);
    expect(shown(tags)).toEqual([]);
  });

  it("takes tags read anew only when nothing is on its way", async () => {
    const answer = later<(typeof risk)[]>();
    editTags.mockReturnValue(answer.promise);
    const tags = new Tags("c1", [], vi.fn());
    const sent = tags.set(risk);
    tags.reread([]);
    expect(shown(tags)).toEqual([["risk", "high", true]]);
    answer.done([risk]);
    await sent;
    tags.reread([]);
    expect(shown(tags)).toEqual([]);
  });

  it("goes back to the tags that were read meanwhile when an edit is refused", async () => {
    const answer = later<(typeof risk)[]>();
    editTags.mockReturnValue(answer.promise);
    const tags = new Tags("c1", [], vi.fn());
    const sent = tags.set(risk);
    tags.reread([{ key: "topic", value: "refill" }]);
    answer.fail(problem("unreachable", "The server cannot be reached.", true));
    expect(await sent).toBe(false);
    expect(shown(tags)).toEqual([["topic", "refill", false]]);
  });
});

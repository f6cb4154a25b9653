import { beforeEach, expect, it, vi } from "vitest";
import { backend } from "../../backend";
import { problem, tag, work } from "./fixtures";
import { parseTag, Tags } from "./tags.svelte";
import { Work } from "./work.svelte";

vi.mock("../../backend");
const editTags = vi.mocked(backend.editTags);

const low = tag("risk", "low");
const begin = () => new Tags("c1", new Work("c1", { tags: [low], review: null }, vi.fn()));

beforeEach(() => void vi.resetAllMocks());

it.each([
  ["risk", { key: "risk", value: null }],
  ["risk: high", { key: "risk", value: "high" }],
  [" risk :", { key: "risk", value: null }],
  ["a:b:c", { key: "a", value: "b:c" }],
])("reads %j", (typed, tag) => expect(parseTag(typed)).toEqual(tag));

it("sets one and removes one by its name", async () => {
  editTags.mockResolvedValueOnce(work({ tags: [tag("risk", "high")] })).mockResolvedValueOnce(work());
  const tags = begin();
  expect(await tags.set(tag("risk", "high"))).toBe(true);
  expect(tags.find("risk")?.value).toBe("high");
  expect(await tags.remove("risk")).toBe(true);
  expect(tags.find("risk")).toBeUndefined();
  expect(editTags.mock.calls).toEqual([
    ["c1", [tag("risk", "high")], []],
    ["c1", [], ["risk"]],
  ]);
});

it("says why an edit was refused and of which tag, until the next one", async () => {
  const refusal = problem("tag-refused", "A conversation holds at most 20 tags. Remove one first.");
  editTags.mockRejectedValueOnce(refusal).mockResolvedValueOnce(work());
  const tags = begin();
  expect(await tags.set(tag("topic"))).toBe(false);
  expect(tags.refused).toMatchObject({ key: "topic", removing: false, problem: refusal });
  expect(tags.find("risk")).toEqual(low);
  await tags.remove("risk");
  expect(tags.refused).toBeNull();
});

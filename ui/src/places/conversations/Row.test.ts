import { render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import type { ConversationRow, ReviewStep } from "../../backend";
import { countOpen, leaveOpenComments, startCounting } from "../../lib/open-comments.svelte";
import { tag } from "../conversation/fixtures";
import { conversation, shellAnswering } from "../../test/backend";
import Row from "./Row.svelte";

const tags = [tag("review", "done"), tag("reviewer", "M. Ruiz"), tag("risk", "high")];

function show(parts: Partial<ConversationRow>) {
  const place = { index: 0, total: 1, opened: false, current: true, selected: false, onclick: () => {} };
  render(Row, { row: conversation(1, parts), place, names: new Map(), now: new Date() });
  return screen.getByRole("option");
}
const shown = () => [...document.querySelectorAll(".tag")].map((one) => one.textContent);

afterEach(leaveOpenComments);

it.each([
  [1, "1 open", "1 open comment"],
  [1203, "1,203 open", "1,203 open comments"],
])(
  "says by a sign and in words that %i of its comments are open, as soon as it is known",
  async (open, seen, heard) => {
    const row = show({});
    expect(row.querySelector("[data-part=row-open]")).toBeNull();
    shellAnswering({ open_comments: () => [{ conversationId: conversation(1).id, open }] });
    startCounting();
    countOpen([conversation(1).id]);
    await waitFor(() => expect(row.querySelector("[data-part=row-open]")).toHaveTextContent(seen));
    expect(row.querySelector(".lucide-message-square-dot")).toBeInTheDocument();
    expect(row).toHaveAccessibleName(new RegExp(` ${heard} `));
  },
);

it.each<[ReviewStep, string, string]>([
  ["inProgress", "Review in progress", "contrast"],
  ["done", "Review done", "circle-check"],
  ["skipped", "Review skipped", "circle-slash"],
])(
  "says by a sign and a word that the review is %s, and shows its tags no second time",
  (step, word, sign) => {
    const row = show({ tags, review: { step, reviewer: "M. Ruiz", hereOnly: false } });
    expect(row).toHaveAccessibleName(new RegExp(word));
    expect(row.querySelector(`.lucide-${sign}`)).toBeInTheDocument();
    expect(shown()).toEqual(["risk: high"]);
  },
);

it("says nothing of a review that nobody has begun, and shows every tag", () => {
  const row = show({ tags });
  expect(row.querySelector("[data-part=row-review]")).toBeNull();
  expect(shown()).toEqual(["review: done", "reviewer: M. Ruiz", "risk: high"]);
});

it("shows tags that others set while the state is on this computer only", () => {
  show({ tags, review: { step: "inProgress", reviewer: null, hereOnly: true } });
  expect(shown()).toHaveLength(3);
});

import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { toasts } from "../../elements/toasts.svelte";
import { onAction, perform } from "../../keys";
import { tellChanged } from "../../lib/outbox.svelte";
import { problem, row, tag } from "./fixtures";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(beginAnew);

const offers = () => screen.queryAllByRole("option").map((option) => option.textContent);
const undoable = () => toasts().filter(({ undo }) => undo);

async function typing(tags = [tag("topic")]) {
  const view = await open({}, row("c1", { tags }));
  perform("tag");
  await waitFor(() => expect(part("tag-input")).toHaveFocus());
  return view;
}

describe("adding", () => {
  it("takes a name, then a value, shows the tag saved here, then sent, and tells the list", async () => {
    const { user, onchange, kept } = await typing([]);
    await user.keyboard("quality{Enter}");
    expect(part("tag-input")).toHaveValue("quality: ");
    expect(shell.editTags).not.toHaveBeenCalled();
    await user.keyboard("bad{Enter}");
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [tag("quality", "bad")], []);
    await waitFor(() => expect(part("tag")).toHaveTextContent("quality bad Saved here"));
    expect(part("tag-input")).toHaveValue("");
    await waitFor(() =>
      expect(onchange).toHaveBeenLastCalledWith(row("c1", { tags: [tag("quality", "bad")] })),
    );
    kept.send("c1");
    tellChanged(["another", "c1"]);
    await waitFor(() => expect(part("tag")).toHaveTextContent("quality bad Sent"));
  });

  it.each([
    ["quality{Enter}{Enter}", tag("quality")],
    ["quality:bad{Enter}", tag("quality", "bad")],
  ])("takes %s", async (keys, added) => {
    const { user } = await typing([]);
    await user.keyboard(keys);
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [added], []);
  });

  it("gives the reason when it is refused, and keeps the text, until it is changed", async () => {
    shell.editTags.mockRejectedValueOnce(problem("tag-refused", "A conversation holds at most 20 tags."));
    const { user } = await typing([]);
    await user.keyboard("risk: high{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The tag “risk” was not saved. A conversation holds at most 20 tags.",
    );
    expect(part("tag-input")).toHaveValue("risk: high");
    expect(part("tag-input")).toHaveFocus();
    expect(part("tag-input")).toHaveAccessibleDescription(/at most 20 tags/);
    expect(part("tag")).toBeNull();
    await user.keyboard("er");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(part("tag-input")).toHaveAccessibleDescription(/Value, then Enter/);
  });

  it("leaves with Escape and goes back to the button", async () => {
    const { user } = await typing();
    await user.keyboard("half{Escape}");
    expect(part("tag-input")).toBeNull();
    await waitFor(() => expect(screen.getByRole("button", { name: /\+ Tag/ })).toHaveFocus());
    expect(shell.editTags).not.toHaveBeenCalled();
  });

  it("keeps what is being typed while tags change around it", async () => {
    const { user, kept } = await typing();
    await user.keyboard("half");
    kept.put("c1", { tags: [tag("risk", "high")] });
    tellChanged(["c1"]);
    await waitFor(() => expect(part("tag")).toHaveTextContent("risk high"));
    expect(part("tag-input")).toHaveValue("half");
    expect(part("tag-input")).toHaveFocus();
  });
});

describe("tags in use", () => {
  beforeEach(() => void shell.knownTags.mockResolvedValue([{ key: "quality", values: ["bad", "good"] }]));

  it("are offered: first names, then the values of that name", async () => {
    const { user } = await typing();
    expect(offers()).toEqual([]);
    await user.keyboard("qu");
    expect(offers()).toEqual(["quality: "]);
    await user.keyboard("{ArrowDown}{Enter}");
    expect(part("tag-input")).toHaveValue("quality: ");
    expect(offers()).toEqual(["quality: bad", "quality: good"]);
    await user.keyboard("{ArrowUp}{Enter}");
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [tag("quality", "good")], []);
  });

  it("never stand in for what was typed", async () => {
    const { user } = await typing();
    await user.keyboard("qual{Enter}ba{Enter}");
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [tag("qual", "ba")], []);
  });

  it("can be clicked, and the field keeps the focus", async () => {
    const { user } = await typing();
    await user.keyboard("q");
    await user.click(screen.getByRole("option", { name: "quality:" }));
    expect(part("tag-input")).toHaveFocus();
    await user.click(screen.getByRole("option", { name: "quality: bad" }));
    expect(shell.editTags).toHaveBeenCalledExactlyOnceWith("c1", [tag("quality", "bad")], []);
  });

  it("are let go with Escape before the field is", async () => {
    const { user } = await typing();
    await user.keyboard("q{ArrowDown}{Escape}");
    expect(part("tag-input")).toHaveValue("q");
    await user.keyboard("{Escape}");
    expect(part("tag-input")).toBeNull();
  });

  it("that cannot be read hinder nothing", async () => {
    shell.knownTags.mockRejectedValue(problem("unreachable", "Gone."));
    const { user } = await typing();
    await user.keyboard("quality:bad{Enter}");
    expect(shell.editTags).toHaveBeenCalledTimes(1);
  });
});

describe("a tag", () => {
  it("filters the list by a click on its text", async () => {
    const { user, onfilter } = await open({}, row("c1", { tags: [tag("risk", "high")] }));
    await user.click(screen.getByRole("button", { name: "risk high" }));
    expect(onfilter).toHaveBeenCalledExactlyOnceWith(tag("risk", "high"));
    expect(shell.editTags).not.toHaveBeenCalled();
  });

  it("is removed by key, keeps the focus in the row, and offers the way back", async () => {
    const { user } = await open({}, row("c1", { tags: [tag("a"), tag("b")] }));
    screen.getByRole("button", { name: "Remove tag a" }).focus();
    await user.keyboard("{Delete}");
    expect(shell.editTags).toHaveBeenCalledWith("c1", [], ["a"]);
    await waitFor(() => expect(screen.getByRole("button", { name: "Remove tag b" })).toHaveFocus());
    const undo = vi.fn();
    const stop = onAction("undo", undo);
    expect(undoable().map(({ text }) => text)).toEqual(["Tag “a” removed."]);
    undoable()[0]!.undo!();
    expect(undo).toHaveBeenCalledTimes(1);
    stop();
  });

  it("stays when removing it is refused, and says why", async () => {
    shell.editTags.mockRejectedValueOnce(problem("storage", "The disk is full."));
    const { user } = await open({}, row("c1", { tags: [tag("a")] }));
    await user.click(screen.getByRole("button", { name: "Remove tag a" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("“a” was not removed. The disk is full.");
    expect(part("tag")).toHaveTextContent("a");
    expect(undoable()).toEqual([]);
  });

  it("whose value is replaced offers the way back", async () => {
    const { user } = await typing([tag("risk", "low")]);
    await user.keyboard("risk: high{Enter}");
    await waitFor(() =>
      expect(undoable().map(({ text }) => text)).toEqual(["Value of the tag “risk” replaced."]),
    );
  });
});

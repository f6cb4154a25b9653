import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ConversationRow } from "../../backend";
import { dismiss, toasts } from "../../elements/toasts.svelte";
import { perform } from "../../keys";
import { later, problem, row } from "./fixtures";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend", async (original) => ({
  ...(await original<typeof import("../../backend")>()),
  backend: (await import("./fixtures")).mockBackend(),
  watchPlayer: vi.fn(async () => undefined),
}));
// jsdom has no layout, and the list draws what fits: here everything does.
vi.mock("../../elements/VirtualList.svelte", async () => await import("./EveryRow.test.svelte"));

beforeEach(beginAnew);

describe("tags", () => {
  it("takes a name, then a value, shows the tag as being saved, then tells the list", async () => {
    const answer = later<ConversationRow["tags"]>();
    shell.editTags.mockReturnValue(answer.promise);
    const { user, onchange } = await open();
    perform("tag");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard("risk{Enter}high{Enter}");
    expect(part("tag")).toHaveTextContent("risk high saving");
    answer.done([{ key: "risk", value: "high" }]);
    await waitFor(() => expect(part("tag")).not.toHaveTextContent("saving"));
    expect(onchange).toHaveBeenCalledWith(row("c1", { tags: [{ key: "risk", value: "high" }] }));
  });

  it("gives the typed text back with the reason when it is refused", async () => {
    shell.editTags.mockRejectedValue(problem("tag-refused", "A tag's name may hold only letters."));
    const { user } = await open();
    perform("tag");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard("r!sk: high{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The tag “r!sk” was not saved. A tag's name may hold only letters.",
    );
    expect(part("tag-input")).toHaveValue("r!sk: high");
    expect(part("tag")).toBeNull();
  });

  it("shows the tags the list has read anew, and keeps what is being typed", async () => {
    const { user, rerender } = await open();
    perform("tag");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard("half");
    await rerender({ row: row("c1", { tags: [{ key: "risk", value: "high" }] }) });
    await waitFor(() => expect(part("tag")).toHaveTextContent("risk high"));
    expect(part("tag-input")).toHaveValue("half");
    expect(part("tag-input")).toHaveFocus();
  });

  it("removes a tag by key and keeps the focus in the row", async () => {
    shell.editTags.mockResolvedValue([{ key: "b", value: null }]);
    const tags = ["a", "b"].map((key) => ({ key, value: null }));
    const { user } = await open({}, row("c1", { tags }));
    screen.getByRole("button", { name: "Remove tag a" }).focus();
    await user.keyboard("{Delete}");
    expect(shell.editTags).toHaveBeenCalledWith("c1", [], ["a"]);
    expect(screen.getByRole("button", { name: "Remove tag b" })).toHaveFocus();
  });
});

describe("tags that are taken away", () => {
  const low = { key: "risk", value: "low" };
  const offers = () => toasts().filter(({ undo }) => undo);
  beforeEach(() => toasts().forEach(({ id }) => dismiss(id)));

  it("come back with their value when that is undone, though another conversation is open", async () => {
    shell.editTags.mockResolvedValueOnce([]).mockResolvedValueOnce([low]);
    const { user, rerender, onchange } = await open({}, row("c1", { tags: [low] }));
    await user.click(screen.getByRole("button", { name: "Remove tag risk" }));
    expect(offers()[0]?.text).toBe("Tag “risk” removed.");
    await rerender({ row: row("c2") });
    offers()[0]!.undo!();
    await waitFor(() => expect(onchange).toHaveBeenLastCalledWith(row("c1", { tags: [low] })));
    expect(shell.editTags).toHaveBeenLastCalledWith("c1", [low], []);
  });

  it("are offered back when only the value was replaced, and not when the edit was refused", async () => {
    const high = { key: "risk", value: "high" };
    shell.editTags.mockResolvedValueOnce([high]).mockRejectedValueOnce(problem("unreachable", "Gone."));
    const { user } = await open({}, row("c1", { tags: [low] }));
    perform("tag");
    await waitFor(() => expect(part("tag-input")).toHaveFocus());
    await user.keyboard("risk: high{Enter}");
    expect(offers().map(({ text }) => text)).toEqual(["Value of the tag “risk” replaced."]);
    offers()[0]!.undo!();
    await waitFor(() => expect(shell.editTags).toHaveBeenLastCalledWith("c1", [low], []));
    expect(await screen.findByRole("alert")).toHaveTextContent("The tag “risk” was not saved. Gone.");
    offers().forEach(({ id }) => dismiss(id));
    shell.editTags.mockRejectedValueOnce(problem("unreachable", "Gone."));
    await user.click(screen.getByRole("button", { name: "Remove tag risk" }));
    expect(await screen.findByText(/was not removed/)).toBeInTheDocument();
    expect(offers()).toEqual([]);
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { perform } from "../../keys";
import { comment, message } from "./fixtures";
import { why } from "./review.svelte";
import { Listening } from "./sound/listening.svelte";
import { beginAnew, open, part, shell } from "./world";

vi.mock("../../backend");
vi.mock("../../elements/VirtualList.svelte");

beforeEach(() => {
  beginAnew();
  why.pane = "comments";
});

const inPane = (id: string) =>
  document.querySelector<HTMLElement>(`[data-part=comments] [data-part=comment][data-id="${id}"]`)!;

describe("a thread", () => {
  it("stands under the very turn where that is known, else at the end of the interaction", async () => {
    const messages = [message("m1", 1), message("m2", 1), message("m3", 2)];
    await open({ messages, comments: [comment("k1", { messageId: "m1" }), comment("k2")] });
    const order = () =>
      [
        ...document.querySelectorAll("[data-part=transcript] :is([data-part=message], [data-part=comment])"),
      ].map((one) => one.getAttribute("data-id"));
    await waitFor(() => expect(order()).toEqual(["m1", "k1", "m2", "k2", "m3"]));
  });

  it("takes a reply on the same turn, and keeps the focus at the comment", async () => {
    const { user } = await open({ comments: [comment("k1", { messageId: "m1" })] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    await user.click(within(inPane("k1")).getByRole("button", { name: "Reply" }));
    expect(part("reply-input")).toHaveFocus();
    await user.type(part("reply-input"), "I agree");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() =>
      expect(shell.commentOnTurn).toHaveBeenCalledExactlyOnceWith("c1", "interaction-1", "m1", "I agree"),
    );
    await waitFor(() => expect(inPane("k1").contains(document.activeElement)).toBe(true));
  });

  it("has the sound wait while a reply is typed, and go on when it is kept", async () => {
    const typed = vi.spyOn(Listening.prototype, "typed");
    const sent = vi.spyOn(Listening.prototype, "sent");
    const { user } = await open({ comments: [comment("k1")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    await user.click(within(inPane("k1")).getByRole("button", { name: "Reply" }));
    await user.type(part("reply-input"), "No");
    expect(typed).toHaveBeenCalledTimes(2);
    expect(sent).not.toHaveBeenCalled();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(sent).toHaveBeenCalledOnce());
  });

  it("is resolved with a reason at once", async () => {
    const { user, kept } = await open({ comments: [comment("k1")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    shell.resolveWithReason.mockImplementation(async () => {
      kept.put("c1", { comments: [comment("k1", { resolved: true }), comment("k2", { resolved: true })] });
      return kept.of("c1");
    });
    await user.click(within(inPane("k1")).getByRole("button", { name: "Reply" }));
    await user.type(part("reply-input"), "The plan was wrong");
    await user.click(screen.getByRole("button", { name: "Reply and resolve" }));
    expect(shell.resolveWithReason).toHaveBeenCalledExactlyOnceWith("c1", "k1", "The plan was wrong");
    await waitFor(() => expect(inPane("k1")).toHaveAttribute("data-resolved", "true"));
  });

  it("keeps what was typed when it cannot be kept", async () => {
    const { user } = await open({ comments: [comment("k1")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    shell.addComment.mockRejectedValue({
      code: "storage",
      message: "The disk is full.",
      retryable: true,
      retryAfterMs: null,
      reference: null,
    });
    await user.click(within(inPane("k1")).getByRole("button", { name: "Reply" }));
    await user.type(part("reply-input"), "I agree");
    await user.click(within(inPane("k1")).getAllByRole("button", { name: "Reply" }).at(-1)!);
    expect(await screen.findAllByText("The disk is full.")).not.toHaveLength(0);
    expect(part("reply-input")).toHaveValue("I agree");
  });

  it("says who dealt with it and when, where that is known", async () => {
    const dealt = { by: { id: "osei", name: "A. Osei" }, at: "2026-11-19T16:00:00Z" };
    await open({ comments: [comment("k1", { resolved: true, dealt })] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    expect(within(inPane("k1")).getByText(/resolved by/)).toHaveTextContent("A. Osei");
  });

  it("can be narrowed to what is unresolved", async () => {
    const { user } = await open({ comments: [comment("k1", { resolved: true }), comment("k2")] });
    await waitFor(() => expect(inPane("k1")).toBeInTheDocument());
    await user.click(screen.getByRole("button", { name: "Unresolved only (1)" }));
    expect(inPane("k1")).toBeNull();
    expect(inPane("k2")).toBeInTheDocument();
    perform("resolve");
    await waitFor(() => expect(inPane("k2")).toBeNull());
  });
});

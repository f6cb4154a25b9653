import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { problem } from "../test/backend";
import ErrorNote from "./ErrorNote.svelte";
import RetryPane from "./RetryPane.test.svelte";

afterEach(() => vi.useRealTimers());

describe("an error note", () => {
  it("says what happened, what is kept, and carries the code", () => {
    const { container } = render(ErrorNote, {
      problem: problem({ code: "not-found", message: "It is not there any more.", retryable: false }),
      kept: "The list stays.",
      onretry: () => {},
    });
    expect(container.querySelector('[data-part="error"]')).toHaveAttribute("data-code", "not-found");
    expect(screen.getByRole("alert")).toHaveTextContent("It is not there any more. The list stays.");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("tries again where that can help", async () => {
    const onretry = vi.fn();
    render(ErrorNote, { problem: problem(), onretry });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(onretry).toHaveBeenCalledOnce();
  });

  it("tries again what was not allowed, as a permission may be given meanwhile", async () => {
    const onretry = vi.fn();
    render(ErrorNote, { problem: problem({ code: "not-allowed", retryable: false }), onretry });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(onretry).toHaveBeenCalledOnce();
  });

  it("counts down what the server asks to wait, and only then lets try again", async () => {
    vi.useFakeTimers();
    render(ErrorNote, {
      problem: problem({ code: "rate-limited", retryAfterMs: 61_500 }),
      onretry: () => {},
    });
    await tick();
    const retry = screen.getByRole("button", { name: "Try again" });
    expect(screen.getByRole("alert")).toHaveTextContent("wait another 1 min 2 s");
    expect(retry).toBeDisabled();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(screen.getByRole("alert")).toHaveTextContent("wait another 12 s");
    await vi.advanceTimersByTimeAsync(11_500);
    expect(screen.getByRole("alert")).not.toHaveTextContent("wait another");
    expect(retry).toBeEnabled();
  });

  it("copies the reference", async () => {
    const user = userEvent.setup();
    render(ErrorNote, { problem: problem({ reference: "7f3a" }) });
    await user.click(screen.getByRole("button", { name: "Copy reference" }));
    expect(await navigator.clipboard.readText()).toBe("7f3a");
    expect(screen.getByRole("button", { name: "Copied" })).toBeVisible();
  });

  it("shows hostile words as words", () => {
    render(ErrorNote, { problem: problem({ message: "<img src=x onerror=alert(1)>" }) });
    expect(screen.getByText("<img src=x onerror=alert(1)>")).toBeVisible();
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("the focus after trying again", () => {
  const pane = () => screen.getByRole("region", { name: "The pane" });
  const press = () => userEvent.click(screen.getByRole("button", { name: "Try again" }));

  it("goes to the pane when the note goes", async () => {
    render(RetryPane, { problem: problem(), then: null });
    await press();
    expect(screen.getByText("It came.")).toBeVisible();
    expect(pane()).toHaveFocus();
  });

  it("goes to the pane when trying again cannot help any more", async () => {
    render(RetryPane, { problem: problem(), then: problem({ retryable: false }) });
    await press();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
    expect(pane()).toHaveFocus();
  });

  it("stays where the reviewer put it meanwhile", async () => {
    const { rerender } = render(RetryPane, { problem: problem(), then: problem() });
    await press();
    screen.getByRole("button", { name: "Elsewhere" }).focus();
    await rerender({ problem: problem(), then: null });
    expect(screen.getByRole("button", { name: "Elsewhere" })).toHaveFocus();
  });

  it("is left alone when nobody tried again", async () => {
    const { rerender } = render(ErrorNote, { problem: problem(), onretry: () => {} });
    await rerender({ problem: problem({ retryable: false }) });
    expect(document.body).toHaveFocus();
  });
});

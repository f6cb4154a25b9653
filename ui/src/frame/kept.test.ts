import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it } from "vitest";
import { conversation, problem } from "../test/backend";
import { openWindow, settled, signedIn } from "../test/window";

const SINCE = "2026-11-19T14:02:00Z";
const list = () => screen.getByRole("region", { name: "Conversations" });
const note = () => within(list()).queryByRole("note");
let answer: () => unknown;

const page = (keptSince: string | null, numbers = [1, 2]) => ({
  rows: numbers.map((number) => conversation(number)),
  next: null,
  unreadable: 0,
  keptSince,
  late: null,
});

beforeEach(() => {
  localStorage.clear();
  answer = () => page(SINCE);
});

async function begin() {
  openWindow(signedIn(), { list_conversations: () => answer() });
  await expect.poll(note).toBeVisible();
}

describe("a list that is kept while the server is late", () => {
  let serverAnswers: (page: unknown) => void;
  const far = () => within(list()).queryByText(/reading anew/);

  beforeEach(async () => {
    openWindow(signedIn(), {
      list_conversations: ({ next }) =>
        next === "late 1"
          ? new Promise((resolve) => (serverAnswers = resolve))
          : { ...page(SINCE), late: "late 1" },
    });
    await expect.poll(far).toBeVisible();
  });

  it("says since when and that it is read anew, and nothing of a connection that is lost", async () => {
    expect(far()).toHaveTextContent(/^as of .* · reading anew…$/);
    expect(note()).toBeNull();
    expect(screen.getByText("Connected to Europe")).toBeVisible();
    serverAnswers(page(null));
    expect(await settled()).toBeVisible();
    expect(far()).toBeNull();
  });

  it("says so once the server turns out to be away", async () => {
    serverAnswers(page(SINCE));
    await expect.poll(note).toBeVisible();
    expect(far()).toBeNull();
    expect(screen.getByText("Not connected to Europe")).toBeVisible();
  });
});

describe("a list that is kept on this computer", () => {
  it("says so, as the bottom bar does, until a page comes from the server", async () => {
    await begin();
    expect(note()).toHaveTextContent(/Kept on this computer, as of .*\. The server cannot be reached\./);
    expect(screen.getByText("Not connected to Europe")).toBeVisible();
    expect(screen.getByText(/^2 conversations kept here, as of/)).toBeVisible();
    answer = () => page(null);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await settled()).toBeVisible();
    expect(note()).toBeNull();
    expect(screen.getByText("Connected to Europe")).toBeVisible();
    await expect.poll(() => list().contains(document.activeElement)).toBe(true);
  });

  it("goes on being said while the server stays away, with the focus where it was", async () => {
    await begin();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await expect.poll(note).toBeVisible();
    expect(screen.getByText("Not connected to Europe")).toBeVisible();
    await expect.poll(() => list().contains(document.activeElement)).toBe(true);
  });

  it("says what is kept when trying again fails", async () => {
    await begin();
    answer = () => {
      throw problem({ message: "The store cannot be read.", code: "storage" });
    };
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await within(list()).findByRole("alert")).toHaveTextContent(
      /The store cannot be read\. What stands below is kept on this computer, as of/,
    );
    expect(note()).toBeNull();
  });

  it("does not call the organization empty", async () => {
    answer = () => page(SINCE, []);
    await begin();
    expect(await screen.findByRole("heading", { name: "No conversations here" })).toBeVisible();
    expect(screen.queryByText("No conversations yet")).toBeNull();
  });

  it("can be used without seeing it", async () => {
    await begin();
    const found = await axe.run(list(), { rules: { "color-contrast": { enabled: false } } });
    expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });
});

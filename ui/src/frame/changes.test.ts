import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { card, change, message, opened, sound, tag, work } from "../places/conversation/fixtures";
import { wanted } from "../places/conversation/wanted";
import { conversation, problem, tellOutbox, type Asked } from "../test/backend";
import { fromAccountMenu, openWindow, session, settled, signedIn, type Answers } from "../test/window";

let asked: Asked[];
const part = (name: string) => document.querySelector<HTMLElement>(`[data-part="${name}"]`);
const watched = () => asked.filter(({ command }) => command === "watch_outbox").length;
const other = conversation(9);

/** The shell in which a conversation can be opened, also one that is not in the list. */
const reading: Answers = {
  list_conversations: ({ filter }) => ({
    rows: (filter as { ids: string[] }).ids.length > 0 ? [other] : [conversation(1), conversation(2)],
    next: null,
    unreadable: 0,
    keptSince: null,
    late: null,
  }),
  open_conversation: ({ id }) => opened(id as string, [message("m1", 1)]),
  open_sound: () => sound([]),
  read_sound: () => sound([]),
  read_markers: () => [],
  read_insight: () => new Promise(() => {}),
};

async function begin(answers: Answers = {}) {
  asked = openWindow(signedIn(), { ...reading, ...answers });
  await settled();
  await expect.poll(watched).toBe(1);
}

describe("the reviewer's changes", () => {
  it("are told in words: what is saved here, why, and nothing once all is sent", async () => {
    await begin();
    expect(part("outbox")).toBeNull();
    tellOutbox(asked, { savedHere: 3, trouble: "The server cannot be reached; your changes are kept." });
    await expect
      .poll(() => part("outbox")?.textContent.replace(/\s+/g, " ").trim())
      .toBe("3 saved here The server cannot be reached; your changes are kept.");
    tellOutbox(asked, {});
    await expect.poll(() => part("outbox")).toBeNull();
  });

  it("that need the reviewer are gone to, with the focus on the question", async () => {
    const question = change("e1", { tag: "risk", card: card("high", "none") });
    await begin({
      read_work: ({ conversation }) => work({ changes: conversation === other.id ? [question] : [] }),
    });
    tellOutbox(asked, { needsYou: 2, needingYou: [other.id] });
    await userEvent.click(await screen.findByRole("button", { name: "2 need you" }));
    await expect.poll(() => part("clash")).not.toBeNull();
    await expect.poll(() => document.activeElement?.getAttribute("data-choice")).toBe("before");
    expect(screen.getByRole("heading", { name: "Person 9" })).toBeVisible();
    tellOutbox(asked, { needsYou: 1, needingYou: [other.id] });
    expect(await screen.findByRole("button", { name: "1 needs you" })).toBeVisible();
  });

  it("that need the reviewer in a conversation that cannot be opened are kept, and it is said why", async () => {
    const { list_conversations } = reading;
    await begin({
      list_conversations: (args) => {
        if ((args["filter"] as { ids: string[] }).ids.length > 0)
          throw problem({ message: "The server cannot be reached." });
        return list_conversations!(args);
      },
    });
    tellOutbox(asked, { needsYou: 1, needingYou: [other.id] });
    await userEvent.click(await screen.findByRole("button", { name: "1 needs you" }));
    expect(await screen.findByText(/cannot be opened now; what you did in it is kept/)).toBeVisible();
    expect(wanted.question).toBeNull();
    // The outbox says why in its own words: it is not said twice.
    expect(screen.getByText("The server cannot be reached.")).toBeVisible();
    tellOutbox(asked, { needsYou: 1, needingYou: [other.id], trouble: "Your changes are kept." });
    await expect.poll(() => screen.queryByText("The server cannot be reached.")).toBeNull();
  });

  it("show in the rows of the list, and what must be told is told once", async () => {
    await begin({ read_work: () => work({ tags: [tag("risk", "high")] }) });
    tellOutbox(asked, {
      changed: [conversation(2).id, other.id],
      reports: ["A comment was deleted by somebody else before your change was sent."],
    });
    await expect
      .poll(() =>
        asked.filter(({ command }) => command === "read_work").map(({ args }) => args["conversation"]),
      )
      .toEqual([conversation(2).id]);
    expect(
      await screen.findByText("A comment was deleted by somebody else before your change was sent."),
    ).toBeVisible();
  });

  it("are taken back and made again by key, from anywhere but a text", async () => {
    await begin({
      undo: () => ({ conversationId: other.id, what: "tag “risk”", conversations: 1 }),
      redo: () => null,
    });
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(await screen.findByText("Undone: tag “risk”, in another conversation.")).toBeVisible();
    await userEvent.keyboard("{Control>}{Shift>}Z{/Shift}y{/Control}");
    expect(await screen.findAllByText("Nothing to make again.")).toHaveLength(2);
    await userEvent.click(screen.getByRole("button", { name: "Open it" }));
    expect(await screen.findByRole("heading", { name: "Person 9" })).toBeVisible();
    await userEvent.keyboard("u");
    expect(await screen.findByText("Undone: tag “risk”.")).toBeVisible();
    expect(asked.filter(({ command }) => command === "undo")).toHaveLength(2);
  });

  it("are read anew in the conversation that is open when one of its own is taken back", async () => {
    let tags = [tag("risk", "high")];
    await begin({
      read_work: () => work({ tags }),
      undo: () => {
        tags = [];
        return { conversationId: conversation(1).id, what: "tag “risk”", conversations: 1 };
      },
    });
    await userEvent.keyboard("{Shift>}j{/Shift}");
    await expect.poll(() => part("tag")?.textContent).toContain("risk");
    await userEvent.keyboard("{Control>}z{/Control}");
    await expect.poll(() => part("tag")).toBeNull();
  });

  it("stay as they are when taking back fails, and it is said why", async () => {
    await begin({
      undo: () => {
        throw problem({ code: "storage", message: "The disk is full." });
      },
    });
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(await screen.findByText("Nothing was changed. The disk is full.")).toBeVisible();
  });

  it("of one account say nothing in another, which is watched anew", async () => {
    await begin({ switch_account: () => session("b") });
    tellOutbox(asked, { savedHere: 3 });
    expect(await screen.findByText("3 saved here")).toBeVisible();
    const before = [...asked];
    await fromAccountMenu(/organization-b/);
    expect(await screen.findByText("Clinic b")).toBeVisible();
    expect(part("outbox")).toBeNull();
    await expect.poll(watched).toBe(2);
    tellOutbox(before, { savedHere: 4, reports: ["Told too late."] });
    tellOutbox(asked, { savedHere: 1 });
    expect(await screen.findByText("1 saved here")).toBeVisible();
    expect(screen.queryByText("Told too late.")).toBeNull();
  });

  it("that cannot be watched are not called sent", async () => {
    await begin({
      watch_outbox: () => {
        throw problem({ code: "storage", message: "The store cannot be opened." });
      },
    });
    await expect.poll(() => part("outbox")?.textContent).toContain("The store cannot be opened.");
  });

  it("wait when the reviewer signs out, which says so before", async () => {
    await begin();
    screen.getByRole("button", { name: /Account:/ }).focus();
    await userEvent.keyboard("{Enter}");
    const leave = await screen.findByRole("menuitem", { name: /Sign out/ });
    expect(leave).not.toHaveTextContent("not sent");
    tellOutbox(asked, { savedHere: 2, needsYou: 1 });
    await expect
      .poll(() => leave.textContent)
      .toContain("3 changes not sent yet: kept here until you sign in again.");
  });

  it("are said to be lost where nothing outlives the session", async () => {
    await begin({ storage: () => ({ kept: "thisRun", passphrase: null, notice: null }) });
    screen.getByRole("button", { name: /Account:/ }).focus();
    await userEvent.keyboard("{Enter}");
    const leave = await screen.findByRole("menuitem", { name: /Sign out/ });
    tellOutbox(asked, { savedHere: 1, needsYou: 0 });
    await expect.poll(() => leave.textContent).toContain("1 change not sent yet: lost when you leave.");
  });
});

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { draftIn, problem } from "../test/backend";
import { openWindow, settled, signedIn } from "../test/window";

const NOTICE = "No keyring answers on this computer. What you do is kept until you leave the account.";
const note = () => screen.getAllByRole("note").find((note) => note.textContent.includes("on this computer."));
const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const where = async () => {
  await press("Settings");
  return document.querySelector("[data-part=work-kept]");
};

beforeEach(() => localStorage.clear());

describe("where no keyring holds the key to the work", () => {
  it("lets the reviewer keep it under a passphrase", async () => {
    const asked = openWindow(signedIn(), {
      storage: () => ({ kept: "thisRun", passphrase: "choose", notice: NOTICE }),
      use_passphrase: () => ({ kept: "passphrase", passphrase: null, notice: null }),
    });
    await settled();
    await press("Keep it with a passphrase…");
    await userEvent.keyboard("just some words{Tab}just some words{Enter}");
    await expect.poll(() => screen.queryByText(NOTICE)).toBeNull();
    expect(asked.find(({ command }) => command === "use_passphrase")?.args).toEqual({
      passphrase: "just some words",
    });
    expect(await where()).toHaveTextContent("Kept on this computer and encrypted under your passphrase.");
  });

  it("or only for this session, which the settings go on saying and can change", async () => {
    openWindow(signedIn(), {
      storage: () => ({ kept: "thisRun", passphrase: "choose", notice: NOTICE }),
    });
    await settled();
    await expect.poll(note).toBeDefined();
    await press("For this session only");
    expect(screen.queryByText(NOTICE)).toBeNull();
    const kept = await where();
    expect(kept).toHaveTextContent("Kept until you leave the account or Earmark closes.");
    await press("Keep it with a passphrase…");
    expect(screen.getByLabelText("New passphrase")).toHaveFocus();
  });

  it("brings back what was typed once it is unlocked, and listens for all comments anew", async () => {
    const draft = draftIn(2);
    let locked = true;
    const asked = openWindow(signedIn(), {
      watch_feedback: () => null,
      storage: () => ({ kept: "thisRun", passphrase: "enter", notice: NOTICE }),
      use_passphrase: ({ passphrase }) => {
        if (passphrase !== "the right one")
          throw problem({
            code: "wrong-passphrase",
            message: "This passphrase does not open what is kept here.",
          });
        locked = false;
        return { kept: "passphrase", passphrase: null, notice: null };
      },
      latest_draft: () => (locked ? null : draft),
      read_drafts: () => (locked ? [] : [draft]),
      open_conversation: () => new Promise(() => {}),
    });
    await settled();
    await press("Unlock…");
    await userEvent.keyboard("the wrong one{Enter}");
    expect(await screen.findByText(/does not open what is kept here/)).toBeVisible();
    await userEvent.keyboard("the right one{Enter}");
    await expect.poll(() => screen.queryByText(NOTICE)).toBeNull();
    const field = await screen.findByRole("textbox", { name: /Comment on/ });
    expect(field).toHaveValue("She");
    await expect.poll(() => asked.filter(({ command }) => command === "watch_feedback")).toHaveLength(2);
  });

  it("lets another passphrase take its place in the settings, where one protects the work", async () => {
    let right = "the old one";
    const asked = openWindow(signedIn(), {
      storage: () => ({ kept: "passphrase", passphrase: null, notice: null }),
      change_passphrase: ({ present, passphrase }) => {
        if (present !== right) throw problem({ code: "wrong-passphrase", message: "This does not open it." });
        right = String(passphrase);
        return null;
      },
    });
    await settled();
    await where();
    await press("Change passphrase…");
    await userEvent.keyboard("another{Tab}just some words{Tab}just some words{Enter}");
    expect(await screen.findByText("This does not open it.")).toBeVisible();
    await userEvent.keyboard("the old one{Enter}");
    await expect.poll(() => screen.queryByLabelText("New passphrase")).toBeNull();
    expect(screen.getByRole("button", { name: "Change passphrase…" })).toHaveFocus();
    expect(asked.filter(({ command }) => command === "change_passphrase")).toHaveLength(2);
    expect(right).toBe("just some words");
  });

  it("has no passphrase to change where the keyring holds the key", async () => {
    openWindow(signedIn());
    await settled();
    expect(await where()).toHaveTextContent("the key is in the keyring");
    expect(screen.queryByRole("button", { name: "Change passphrase…" })).toBeNull();
  });
});

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { toast } from "./elements/toasts.svelte";
import { listed, playing } from "./places/conversation/fixtures";
import { player } from "./places/conversation/sound/player.svelte";
import { conversation, draftIn, nobodySignedIn, problem, type Asked } from "./test/backend";
import { fromAccountMenu, openWindow, session, settings, settled, signedIn } from "./test/window";

let asked: Asked[];

function open(...what: Parameters<typeof openWindow>) {
  asked = openWindow(...what);
}

beforeEach(() => {
  localStorage.clear();
});

describe("opening", () => {
  it("goes to the sign-in form when nobody is signed in", async () => {
    open(nobodySignedIn());
    expect(await screen.findByRole("form", { name: "Sign in" })).toBeVisible();
    expect(screen.queryByRole("navigation", { name: "Places" })).toBeNull();
  });

  it("shows the organization, and everything read in words", async () => {
    open(signedIn());
    expect(await settled()).toBeVisible();
    expect(screen.getByText("Clinic a")).toBeVisible();
    expect(screen.getByText("Connected to Europe")).toBeVisible();
    expect(screen.getByRole("button", { name: /Account: A. Reviewer/ })).toHaveTextContent("AR");
  });

  it("learns the names that were late once the list is there", async () => {
    const named = session("a");
    const late = { ...named, organizationName: named.account.organization, me: { ...named.me, name: null } };
    open(signedIn(late), { name_session: () => named });
    expect(screen.queryByText("Clinic a")).toBeNull();
    expect(await screen.findByText("Clinic a")).toBeVisible();
    expect(screen.getByRole("button", { name: /Account: A. Reviewer/ })).toBeVisible();
    expect(asked.filter(({ command }) => command === "list_conversations")).toHaveLength(1);
  });

  it("shows no sign-in form before it is known that nobody is signed in", async () => {
    open(signedIn());
    expect(screen.queryByRole("form")).toBeNull();
    await settled();
    expect(screen.queryByRole("form")).toBeNull();
  });

  it("puts theme and text size in force", async () => {
    open(signedIn());
    await expect.poll(() => document.documentElement.dataset["theme"]).toBe("dark");
    expect(document.documentElement.style.getPropertyValue("--text-scale")).toBe("1.2");
  });

  it("says when the keys will be gone, until that is understood", async () => {
    open(signedIn({ keys: "thisRun" }, { keyringNotice: "No keyring answers. Keys are forgotten." }));
    expect(await screen.findByText("No keyring answers. Keys are forgotten.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Understood" }));
    expect(screen.queryByText("No keyring answers. Keys are forgotten.")).toBeNull();
  });

  it("says that what is typed does not last, until that is understood", async () => {
    const notice = "No keyring answers. What you type is forgotten.";
    open(signedIn(), { storage: () => ({ kept: "thisRun", passphrase: null, notice }) });
    expect(await screen.findByText(/What you type is forgotten/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Understood" }));
    expect(screen.queryByText(/What you type is forgotten/)).toBeNull();
  });

  it("goes back to the conversation in which something was being written", async () => {
    const draft = draftIn(7);
    open(signedIn(), {
      latest_draft: () => draft,
      list_conversations: ({ filter }) => ({
        rows: (filter as { ids: string[] }).ids.length > 0 ? [conversation(7)] : [conversation(1)],
        next: null,
        unreadable: 0,
        keptSince: null,
        late: null,
      }),
      open_conversation: () => new Promise(() => {}),
      list_comments: () => listed(),
      read_drafts: () => [draft],
    });
    const field = await screen.findByRole("textbox", { name: /Comment on/ });
    await expect.poll(() => field).toHaveFocus();
    expect(field).toHaveValue("She");
    expect((field as HTMLTextAreaElement).selectionEnd).toBe(3);
  });

  it("says in words that the server is not reached", async () => {
    open(signedIn(), {
      list_conversations: () => {
        throw problem({ message: "The server cannot be reached." });
      },
    });
    expect(await screen.findByText("Not connected to Europe")).toBeVisible();
    expect(screen.getByRole("alert")).toHaveTextContent("The server cannot be reached.");
  });
});

describe("accounts", () => {
  it("are changed from the menu, and the list is read anew", async () => {
    open(signedIn(), { switch_account: () => session("b") });
    await settled();
    await fromAccountMenu(/organization-b/);
    expect(await screen.findByText("Clinic b")).toBeVisible();
    await expect.poll(() => asked.filter(({ command }) => command === "list_conversations")).toHaveLength(2);
  });

  it("stay as they are when changing fails, and it is said why", async () => {
    open(signedIn(), {
      switch_account: () => {
        throw problem({ code: "keyring", message: "The keyring did not answer." });
      },
    });
    await settled();
    await fromAccountMenu(/organization-b/);
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The keyring did not answer. You are still signed in to Clinic a.",
    );
    expect(screen.getByText("Clinic a")).toBeVisible();
  });

  it("are added beside the one in use, and Escape goes back", async () => {
    open(signedIn());
    await settled();
    await fromAccountMenu(/Add an account/);
    expect(await screen.findByRole("form", { name: "Sign in" })).toBeVisible();
    await expect.poll(() => document.activeElement).toBe(screen.getByLabelText("Organization"));
    expect(screen.getByLabelText("Organization")).toHaveValue("");
    await expect.poll(() => screen.queryByRole("menu")).toBeNull();
    await userEvent.keyboard("{Escape}");
    expect(await screen.findByText("Clinic a")).toBeVisible();
  });

  it("whose key fails are signed in to again, with all that is known of them", async () => {
    open(signedIn(), {
      list_conversations: () => {
        throw problem({ code: "wrong-key", message: "The key is not accepted.", retryable: false });
      },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Sign in again" }));
    expect(await screen.findByRole("heading", { name: "Sign in again" })).toBeVisible();
    expect(screen.getByLabelText("Organization")).toHaveValue("organization-a");
    expect(screen.getByLabelText("User id")).toHaveValue("reviewer-1");
    expect(screen.getByLabelText("Region")).toHaveDisplayValue("Europe");
    await expect.poll(() => document.activeElement).toBe(screen.getByLabelText("API key id"));
  });

  it("see nothing of one another, not even a word about what was done", async () => {
    open(signedIn(), { switch_account: () => session("b"), sign_out: () => nobodySignedIn() });
    await settled();
    player.see(playing("m1", 900, { conversationId: conversation(1).id, status: "paused" }));
    toast("Tag of account a removed", () => {});
    expect(await screen.findByText("Tag of account a removed")).toBeVisible();
    await fromAccountMenu(/organization-b/);
    expect(await screen.findByText("Clinic b")).toBeVisible();
    expect(screen.queryByText("Tag of account a removed")).toBeNull();
    expect(screen.queryByText("Clinic a")).toBeNull();
    expect([player.conversation, player.positionIn(conversation(1).id)]).toEqual([null, 0]);
    toast("Tag of account b removed");
    expect(await screen.findByText("Tag of account b removed")).toBeVisible();
    await fromAccountMenu(/Sign out/);
    expect(await screen.findByRole("form", { name: "Sign in" })).toBeVisible();
    expect(screen.queryByText("Tag of account b removed")).toBeNull();
    expect(document.body).not.toHaveTextContent("Clinic b");
  });

  it("are left by signing out", async () => {
    open(signedIn(), { sign_out: () => nobodySignedIn() });
    await settled();
    await fromAccountMenu(/Sign out/);
    expect(await screen.findByRole("form", { name: "Sign in" })).toBeVisible();
  });
});

describe("settings", () => {
  it("act at once and are kept", async () => {
    open(signedIn());
    await userEvent.click(await screen.findByRole("button", { name: "Settings" }));
    await userEvent.click(screen.getByRole("radio", { name: "Light" }));
    expect(document.documentElement.dataset["theme"]).toBe("light");
    await expect
      .poll(() => asked.find(({ command }) => command === "change_settings")?.args["settings"])
      .toEqual({ ...settings, theme: "light" });
  });

  it("name the server that sign-ins start with before any was chosen", async () => {
    open(signedIn());
    await userEvent.click(await screen.findByRole("button", { name: "Settings" }));
    expect(screen.getByLabelText("Region")).toHaveDisplayValue("United States");
    expect(screen.queryByLabelText("Server address")).toBeNull();
    await userEvent.selectOptions(screen.getByLabelText("Region"), "Own address…");
    expect(screen.getByLabelText("Server address")).toHaveValue("");
  });

  it("that cannot be kept stay in force and say so", async () => {
    open(signedIn(), {
      change_settings: () => {
        throw problem({ code: "internal", message: "The settings could not be written." });
      },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Settings" }));
    await userEvent.click(screen.getAllByRole("radio", { name: "As the system" })[0]!);
    expect(await screen.findByRole("alert")).toHaveTextContent("The settings could not be written.");
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
  });

  it("give the list back as it was", async () => {
    open(signedIn());
    await settled();
    await userEvent.click(screen.getByRole("button", { name: "Settings" }));
    await userEvent.click(screen.getByRole("button", { name: "Conversations" }));
    expect(asked.filter(({ command }) => command === "list_conversations")).toHaveLength(1);
  });
});

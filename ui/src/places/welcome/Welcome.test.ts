import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { StartView } from "../../backend";
import { Session } from "../../lib/session.svelte";
import { nobodySignedIn, problem, shellAnswering, type Asked } from "../../test/backend";
import Welcome from "./Welcome.svelte";

let asked: Asked[];
const account = {
  id: "a1",
  organization: "northwind",
  userId: "mara",
  server: "Europe",
  baseUrl: "https://eu.invalid",
};

async function welcome(start: StartView, answers: Parameters<typeof shellAnswering>[0] = {}) {
  asked = shellAnswering({ start: () => start, ...answers });
  const session = new Session();
  await session.begin();
  render(Welcome, { session });
  return session;
}

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { exact: true });

async function fillIn() {
  await userEvent.type(field("Organization"), " northwind ");
  await userEvent.type(field("API key id"), "key-1");
  await userEvent.type(field("API key"), "very secret");
  await userEvent.type(field("User id"), "mara");
}

const sent = () => asked.filter(({ command }) => command === "sign_in");

describe("signing in", () => {
  beforeEach(() => localStorage.clear());

  it("keeps everything typed when the server refuses, and says why under the form", async () => {
    await welcome(nobodySignedIn(), {
      sign_in: () => {
        throw problem({
          code: "wrong-key",
          message: "The server does not accept this key.",
          retryable: false,
        });
      },
    });
    await fillIn();
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    const note = await screen.findByRole("alert");
    expect(note).toHaveTextContent("The server does not accept this key. What you typed is still here.");
    expect(note.closest("form")).toBe(screen.getByRole("form", { name: "Sign in" }));
    expect(field("Organization")).toHaveValue(" northwind ");
    expect(field("API key id")).toHaveValue("key-1");
    expect(field("API key")).toHaveValue("very secret");
    expect(field("User id")).toHaveValue("mara");
  });

  it("sends what was typed without the blanks around it", async () => {
    await welcome(nobodySignedIn(), {
      sign_in: () => ({ account, organizationName: "N", me: {}, keys: "keyring" }),
    });
    await fillIn();
    await userEvent.selectOptions(screen.getByLabelText("Region"), "Europe");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(sent()[0]?.args["form"]).toEqual({
      organization: "northwind",
      apiKeyId: "key-1",
      apiKey: "very secret",
      userId: "mara",
      baseUrl: "https://eu.invalid",
    });
  });

  it("takes an address of one's own", async () => {
    await welcome(nobodySignedIn(), {
      sign_in: () => ({ account, organizationName: "N", me: {}, keys: "keyring" }),
    });
    await fillIn();
    await userEvent.selectOptions(screen.getByLabelText("Region"), "Own address…");
    await userEvent.type(screen.getByLabelText("Server address"), "http://127.0.0.1:4000");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(sent()[0]?.args["form"]).toMatchObject({ baseUrl: "http://127.0.0.1:4000" });
  });

  it("says what is missing before it asks the server, at the field, and goes there", async () => {
    await welcome(nobodySignedIn());
    await userEvent.type(field("Organization"), "northwind");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(sent()).toEqual([]);
    expect(field("API key id")).toHaveFocus();
    expect(field("API key id")).toHaveAccessibleDescription("Enter the id of the API key.");
    expect(field("Organization")).toBeValid();
  });

  it("hides the key until it is asked for", async () => {
    await welcome(nobodySignedIn());
    expect(field("API key")).toHaveAttribute("type", "password");
    await userEvent.click(screen.getByRole("button", { name: "Show the API key" }));
    expect(field("API key")).toHaveAttribute("type", "text");
  });

  it("stores nothing of it in the web view", async () => {
    await welcome(nobodySignedIn());
    await fillIn();
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("secret");
  });
});

describe("where keys are kept", () => {
  it("is the keyring", async () => {
    await welcome(nobodySignedIn());
    expect(screen.getByText(/kept in this computer’s keyring/)).toBeVisible();
  });

  it("is said when it is not", async () => {
    await welcome(nobodySignedIn({ keyringNotice: "No keyring answers: keys are kept for this run only." }));
    expect(screen.getByText("No keyring answers: keys are kept for this run only.")).toBeVisible();
    expect(screen.queryByText(/kept in this computer’s keyring/)).toBeNull();
  });
});

describe("remembered accounts", () => {
  it("are gone on with in one press", async () => {
    const session = await welcome(nobodySignedIn({ accounts: [account] }), {
      switch_account: () => ({
        account,
        organizationName: "Northwind",
        me: { id: "mara", name: null },
        keys: "keyring",
      }),
    });
    await userEvent.click(screen.getByRole("button", { name: /northwind mara · Europe/ }));
    expect(asked.at(-1)).toEqual({ command: "switch_account", args: { id: "a1" } });
    expect(session.now?.organizationName).toBe("Northwind");
  });

  it.each([
    [() => 3, "3 changes you made with it are not sent yet and would be lost, with its drafts and history."],
    [() => 0, "Its drafts and history go from this computer too."],
    [() => 1, "1 change you made with it is not sent yet and would be lost, with its drafts and history."],
    [
      () => {
        throw problem({ code: "storage" });
      },
      /^It cannot be read whether changes/,
    ],
  ])("are forgotten only after it is said what goes with them (%#)", async (unsent, said) => {
    await welcome(nobodySignedIn({ accounts: [account] }), {
      unsent_work: unsent,
      forget_account: () => nobodySignedIn(),
    });
    await userEvent.click(screen.getByRole("button", { name: /^Forget northwind/ }));
    expect(await screen.findByText(said)).toBeVisible();
    expect(asked.at(-1)).toEqual({ command: "unsent_work", args: { id: "a1" } });
    await userEvent.click(screen.getByRole("button", { name: "Keep" }));
    expect(screen.queryByText(said)).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /^Forget northwind/ }));
    await userEvent.click(screen.getByRole("button", { name: /^Forget the key of/ }));
    expect(asked.at(-1)).toEqual({ command: "forget_account", args: { id: "a1" } });
  });

  it("fill in the form when their key fails", async () => {
    await welcome(nobodySignedIn({ accounts: [account], problem: problem({ code: "wrong-key" }) }));
    expect(field("Organization")).toHaveValue("northwind");
    expect(field("User id")).toHaveValue("mara");
    expect(screen.getByLabelText("Region")).toHaveDisplayValue("Europe");
    expect(screen.getByRole("alert")).toBeVisible();
    expect(screen.getByRole("heading", { name: "Sign in again" })).toBeVisible();
    expect(field("API key id")).toHaveValue("");
    await waitFor(() => expect(field("API key id")).toHaveFocus());
  });

  it("leave the form empty when something else than their key fails", async () => {
    await welcome(nobodySignedIn({ accounts: [account], problem: problem({ code: "unreachable" }) }));
    expect(field("Organization")).toHaveValue("");
    expect(screen.getByRole("heading", { name: "Sign in to another organization" })).toBeVisible();
    const known = screen.getByRole("button", { name: /^northwind mara · Europe/ });
    await waitFor(() => expect(known).toHaveFocus());
  });
});

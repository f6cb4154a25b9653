/** The whole window, for tests. */
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import App from "../App.svelte";
import type { SessionView, StartView } from "../backend";
import { watchCalls } from "../lib/calls.svelte";
import { Session } from "../lib/session.svelte";
import { listed, work } from "../places/conversation/fixtures";
import { conversation, nobodySignedIn, shellAnswering, type Asked } from "./backend";

const account = (id: string) => ({
  id,
  organization: `organization-${id}`,
  userId: "reviewer-1",
  server: "Europe",
  baseUrl: "https://eu.invalid",
});
export const session = (id: string, parts: Partial<SessionView> = {}): SessionView => ({
  account: account(id),
  organizationName: `Clinic ${id}`,
  me: { id: "reviewer-1", name: "A. Reviewer" },
  keys: "keyring",
  ...parts,
});
const keyboard = { preset: "console", singleKeys: true, bindings: [], menuBar: false, uses: [] };
export const settings = {
  theme: "dark",
  contrast: "system",
  baseUrl: "",
  volume: 70,
  textSize: 120,
  keyboard,
};

export type Answers = Parameters<typeof shellAnswering>[0];

/** Opens the window over a shell; answers what is asked of it. */
export function openWindow(start: StartView, answers: Answers = {}): Asked[] {
  const asked = shellAnswering({
    start: () => start,
    read_settings: () => settings,
    change_settings: ({ settings }) => settings,
    list_conversations: () => ({
      rows: [conversation(1), conversation(2)],
      next: null,
      unreadable: 0,
      keptSince: null,
      late: null,
    }),
    list_services: () => [],
    name_people: () => [],
    wait_times: () => [],
    look_ahead: () => null,
    somebody_is_there: () => null,
    storage: () => ({ kept: "keyring", passphrase: null, notice: null }),
    latest_draft: () => null,
    watch_outbox: () => null,
    read_work: () => work(),
    list_comments: () => listed(),
    read_drafts: () => [],
    ...answers,
  });
  watchCalls();
  const opened = new Session();
  void opened.begin();
  render(App, { session: opened });
  return asked;
}

export const signedIn = (parts: Partial<SessionView> = {}, start: Partial<StartView> = {}) =>
  nobodySignedIn({ session: session("a", parts), accounts: [account("a"), account("b")], ...start });

export async function fromAccountMenu(name: RegExp) {
  screen.getByRole("button", { name: /Account: A. Reviewer/ }).focus();
  await userEvent.keyboard("{Enter}");
  await userEvent.click(within(await screen.findByRole("menu")).getByRole("menuitem", { name }));
}

/** Waits until the list was read: the window stands as it will. */
export const settled = () => screen.findByText(/^2 conversations read, last at/);

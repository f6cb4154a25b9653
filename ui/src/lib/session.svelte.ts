/** Who is signed in, and the accounts to choose from. */
import {
  backend,
  troubleFrom,
  type ConversationPage,
  type SessionView,
  type SignInForm,
  type StartView,
  type Trouble,
} from "../backend";
import { sendHeldBack } from "./held-back";

/** What takes a while. */
type Step = "starting" | "signing-in" | "opening-sample" | "switching" | "leaving";

export class Session {
  /** What the shell told at the start; null until it did. */
  start = $state.raw<StartView | null>(null);
  /** Who is signed in. */
  now = $state.raw<SessionView | null>(null);
  /** Whether the reviewer asked for the sign-in form while signed in: for another account, or as the key fails. */
  adding = $state<"another" | "again" | null>(null);
  /** What is under way, for the buttons that must wait. The window opens with the start under way. */
  busy = $state<Step | null>("starting");
  /** Why the last step did not work. */
  trouble = $state.raw<Trouble | null>(null);
  /** Which step that was: the words stand where it was taken. */
  troubleIn = $state<Step | null>(null);
  /** The first page of the list, if it was asked for with the start: for whoever lists first. */
  firstPage: Promise<ConversationPage> | null = null;

  async #step(what: Step, work: () => Promise<void>): Promise<boolean> {
    this.busy = what;
    this.trouble = null;
    try {
      // Every step may end the session that what is held back belongs to.
      await sendHeldBack();
      await work();
      return true;
    } catch (thrown) {
      this.trouble = troubleFrom(thrown);
      this.troubleIn = what;
      return false;
    } finally {
      this.busy = null;
    }
  }

  #arrive(session: SessionView): void {
    this.now = session;
    this.adding = null;
    if (
      this.start &&
      !this.start.accounts.some(({ id }) => id === session.account.id) &&
      (session.keys === "keyring" || session.keys === "thisRun")
    )
      this.start = { ...this.start, accounts: [...this.start.accounts, session.account] };
  }

  /** Shows the form for another account, with what is known of the keyring by now. */
  async addAnother(): Promise<void> {
    this.adding = "another";
    const known = await backend.start().catch(() => null);
    if (known) this.start = known;
  }

  /** Asks the shell what there is; resumes the last session where it can. */
  begin(): Promise<boolean> {
    return this.#step("starting", async () => {
      this.start = await backend.start();
      this.now = this.start.session;
      if (this.start.problem) throw this.start.problem;
    });
  }

  /** The first page, once. */
  takeFirstPage(): Promise<ConversationPage> | null {
    const page = this.firstPage;
    this.firstPage = null;
    return page;
  }

  /** Signs in with what the form holds. */
  signIn(form: SignInForm): Promise<boolean> {
    return this.#step("signing-in", async () => this.#arrive(await backend.signIn(form)));
  }

  /** Opens the sample organization. */
  openSample(): Promise<boolean> {
    return this.#step("opening-sample", async () => this.#arrive(await backend.openSample()));
  }

  /** Goes over to another remembered account. */
  switchTo(id: string): Promise<boolean> {
    return this.#step("switching", async () => this.#arrive(await backend.switchAccount(id)));
  }

  /** Learns the names that were not known when the session began. */
  async learnNames(): Promise<void> {
    const { now } = this;
    if (!now || (now.me.name !== null && now.organizationName !== now.account.organization)) return;
    const named = await backend.nameSession().catch(() => null);
    if (named && this.now === now) this.now = named;
  }

  /** Leaves, and forgets the account's keys. */
  signOut(): Promise<boolean> {
    return this.#step("leaving", async () => {
      this.start = await backend.signOut();
      this.now = this.start.session;
      this.adding = null;
    });
  }

  /** Forgets a remembered account and its keys. */
  forget(id: string): Promise<boolean> {
    return this.#step("leaving", async () => {
      this.start = await backend.forgetAccount(id);
      this.now = this.start.session;
    });
  }
}

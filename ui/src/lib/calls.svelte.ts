/** What the window knows of its calls: whether the server is reached, and what is waited for. */
import { backend, observeCalls, type Trouble, type WaitView } from "../backend";
import { secondsInWords } from "./countdown";
import { lookSoon } from "./reading.svelte";

/** How long a call may take before it is said what is waited for, in milliseconds. */
export const SLOW_MS = 1000;

/** Calls that only look at what others do. */
const LOOKS = new Set(["waitTimes", "reading", "somebodyIsThere"]);
/** Calls the server answers itself, unless they say that it did not. What may come from memory says nothing about the connection. */
const ANSWERED_BY_SERVER = new Set([
  "signIn",
  "switchAccount",
  "openSample",
  "listConversations",
  "listComments",
  "searchPeople",
]);
const NOT_REACHED = new Set(["unreachable", "timed-out", "maintenance"]);

type Connection = { reached: boolean; trouble: Trouble | null };

let connection = $state.raw<Connection>({ reached: true, trouble: null });
let waits = $state.raw<readonly WaitView[]>([]);
let pending = 0;
/** Rises when nothing is pending any more; an answer about waits from before says nothing then. */
let round = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether an answer says this of itself. */
function says(answer: unknown, what: "keptSince" | "late"): boolean {
  return typeof answer === "object" && answer !== null && Boolean((answer as Record<string, unknown>)[what]);
}

/** Whether the last word from the server was an answer, and otherwise what went wrong. */
export function connectionNow(): Connection {
  return connection;
}

/** What is waited for because of the server's limits; empty while nothing is slow. */
export function waitsNow(): readonly WaitView[] {
  return waits;
}

/** What the server limits, as the shell names it. */
export type Limit =
  "lists of conversations" | "transcripts" | "recordings" | "insights" | "records of tool calls" | "comments";

/** What is waited for because of some of the limits: a pane tells only of what it reads itself. */
export function waitsFor(...limits: readonly Limit[]): readonly WaitView[] {
  return waits.filter(({ what }) => (limits as readonly string[]).includes(what));
}

/** A wait as a sentence, as in "Waiting for the server's limit of 15 lists a minute: about 12 s". */
export function waitInWords({ what, perMinute, waitMs }: WaitView): string {
  const limit = perMinute > 0 ? `${perMinute} ${what} a minute` : what;
  return `Waiting for the server’s limit of ${limit}: about ${secondsInWords(Math.ceil(waitMs / 1000))}`;
}

/** One wait for each limit: of calls that wait for the same one, the longest says when all have gone out. */
function byLimit(all: readonly WaitView[]): WaitView[] {
  const longest = new Map<string, WaitView>();
  for (const wait of all) {
    const known = longest.get(wait.what);
    if (wait.waitMs > (known?.waitMs ?? 0)) longest.set(wait.what, wait);
  }
  return [...longest.values()];
}

async function look(): Promise<void> {
  const mine = round;
  // Only tells the reviewer more: without an answer, less is told.
  const answer = await backend.waitTimes().catch(() => []);
  // All calls may have come back meanwhile, and others gone out: theirs is another round.
  if (mine !== round) return;
  waits = byLimit(answer);
  timer = setTimeout(look, SLOW_MS);
}

/** Starts listening to the calls. */
export function watchCalls(): void {
  observeCalls({
    began(name) {
      if (LOOKS.has(name)) return;
      lookSoon();
      pending += 1;
      if (pending === 1) {
        clearTimeout(timer);
        timer = setTimeout(look, SLOW_MS);
      }
    },
    ended(name, trouble, answer) {
      if (LOOKS.has(name)) return;
      pending -= 1;
      if (pending === 0) {
        clearTimeout(timer);
        round += 1;
        waits = [];
      }
      // The server is still asked, or nobody waits for it any more: it may be reached or not.
      if (says(answer, "late") || trouble?.code === "left") return;
      if (trouble && NOT_REACHED.has(trouble.code)) connection = { reached: false, trouble };
      else if (says(answer, "keptSince")) connection = { reached: false, trouble: connection.trouble };
      else if (ANSWERED_BY_SERVER.has(name)) connection = { reached: true, trouble: null };
    },
  });
}

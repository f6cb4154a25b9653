/** Tells the shell that somebody is there: it keeps some of the server's calls for whatever is asked for next. */
import { backend } from "../backend";

/** How often it is told at most, in milliseconds. */
export const TELL_EVERY_MS = 15_000;

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Tells of what is done in the window from now on. Answers how to stop. */
export function tellOfPresence(): () => void {
  let told = -Infinity;
  const tell = (event: Event) => {
    if (event.timeStamp - told < TELL_EVERY_MS) return;
    told = event.timeStamp;
    // Nothing but a reserve depends on it.
    void backend.somebodyIsThere().catch(() => {});
  };
  const options = { capture: true, passive: true };
  for (const sign of SIGNS) window.addEventListener(sign, tell, options);
  return () => {
    for (const sign of SIGNS) window.removeEventListener(sign, tell, options);
  };
}

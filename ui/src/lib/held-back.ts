/** What was typed and waits a moment to be kept: it must reach the shell before the account changes or the window closes. */

/** Longest the reviewer waits for it to go out, in milliseconds. */
export const PATIENCE_MS = 5_000;

type Send = () => Promise<unknown>;
const waiting = new Set<Send>();

/** Holds something back; `send` must be harmless when called twice. Answers how to let go of it. */
export function holdBack(send: Send): () => void {
  waiting.add(send);
  return () => void waiting.delete(send);
}

/** Sends everything now; settles when all of it is answered or the patience is over, and never rejects. */
export async function sendHeldBack(): Promise<void> {
  if (waiting.size === 0) return;
  const sent = Promise.allSettled([...waiting].map((send) => send()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([sent, patience]);
  clearTimeout(timer);
}

/** Sends everything when the page goes. Answers how to stop. */
export function sendOnClosing(): () => void {
  const send = () => void sendHeldBack();
  const signs = ["beforeunload", "pagehide"] as const;
  for (const sign of signs) window.addEventListener(sign, send);
  return () => {
    for (const sign of signs) window.removeEventListener(sign, send);
  };
}

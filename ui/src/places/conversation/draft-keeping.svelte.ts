/** Hands what is typed to the shell, which keeps it where neither a crash nor the end of the program reaches. */
import { backend, troubleFrom, type DraftView, type Trouble } from "../../backend";
import { holdBack } from "../../lib/held-back";

/** How long typing goes on before it is kept, in milliseconds. */
export const KEEP_AFTER_MS = 200;

const waiting = new Map<string, DraftView>();
let timer: ReturnType<typeof setTimeout> | undefined;
let letGo: (() => void) | undefined;
// One after the other: an older text must not overwrite a newer one.
let keeping: Promise<void> = Promise.resolve();
let trouble = $state.raw<Trouble | null>(null);
let times = $state(0);

/** How often something was kept: rises whenever what is typed somewhere is, or is no more. */
export const timesKept = (): number => times;

/** Why what was typed last is not kept; null when it is. */
export const keepingTrouble = (): Trouble | null => trouble;

/** Keeps a draft within {@link KEEP_AFTER_MS}; the latest of each place counts. */
export function keepSoon(draft: DraftView): void {
  waiting.set(`${draft.conversationId}/${draft.field}`, draft);
  timer ??= setTimeout(() => void keepNow(), KEEP_AFTER_MS);
  letGo ??= holdBack(keepNow);
}

/** Keeps everything that waits; never rejects. */
function keepNow(): Promise<void> {
  clearTimeout(timer);
  letGo?.();
  [timer, letGo] = [undefined, undefined];
  const drafts = [...waiting.values()];
  waiting.clear();
  keeping = keeping.then(async () => {
    for (const draft of drafts) {
      try {
        await backend.saveDraft(draft);
        trouble = null;
      } catch (thrown) {
        trouble = troubleFrom(thrown);
      }
    }
    times += 1;
  });
  return keeping;
}

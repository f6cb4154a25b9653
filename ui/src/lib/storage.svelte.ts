/** Where the reviewer's work is kept, for the whole window. */
import { backend, troubleFrom, type StorageView } from "../backend";
import { sendHeldBack } from "./held-back";

let view = $state.raw<StorageView | null>(null);
/** Whether what must be said of it was read. */
let understood = $state(false);

/** What is known of it; nothing before it was asked for. */
export const storageNow = () => view;
/** What must be said of it, until that is understood. */
export const storageNotice = () => (understood ? null : (view?.notice ?? null));

/** Asks where the work is kept; the session must be there. */
export async function readStorage(): Promise<void> {
  const read = backend.storage();
  take(
    await read.catch((thrown): StorageView => {
      return { kept: "thisRun", passphrase: null, notice: troubleFrom(thrown).message };
    }),
  );
}

/** Has the work last under a passphrase, or opens what is kept under it. Throws when it opens nothing. */
export async function usePassphrase(passphrase: string): Promise<void> {
  // What was typed last is to go along.
  await sendHeldBack();
  take(await backend.usePassphrase(passphrase));
}

/** What must be said was read. */
export const understandStorage = () => void (understood = true);

/** Another account is signed in, or none. */
export function leaveStorage(): void {
  view = null;
}

function take(now: StorageView): void {
  view = now;
  understood = false;
}

/** What can be done with what is kept on this computer; each says what became of it. */
import { backend } from "../backend";
import { toast } from "../elements/toasts.svelte";

/** Saves the history of the reviewer's changes where the reviewer says. */
export async function exportHistory(): Promise<void> {
  const path = await backend.exportHistory();
  if (path !== null) toast(`History saved to ${path}`);
}

/** Removes what the server can tell again. */
export async function clearCache(): Promise<void> {
  await backend.clearCache();
  toast("What can be fetched again was removed. Your work stays.");
}

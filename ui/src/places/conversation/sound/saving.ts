/** Saving sound to a file the reviewer chose. */
import { backend, troubleFrom } from "../../../backend";
import { toast } from "../../../elements/toasts.svelte";

/** Saves a message's sound, or the whole conversation's, and says what became of it. */
export async function saveSound(conversation: string, message: string | null): Promise<void> {
  try {
    const path = await backend.exportSound(conversation, message);
    // Without a path the reviewer thought better of it.
    if (path === null) return;
    const name = path.split(/[\\/]/).at(-1);
    toast(`Saved as ${name}. Earmark does not protect this file: whoever opens it hears what was said.`);
  } catch (thrown) {
    toast(`The sound was not saved. ${troubleFrom(thrown).message}`);
  }
}

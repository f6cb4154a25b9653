/** What one who is signed in can do with the account, from every place. */
import { troubleFrom } from "../backend";
import { toast } from "../elements/toasts.svelte";
import { onActions } from "../keys";
import { clearCache, exportHistory } from "../lib/kept-work";
import type { Session } from "../lib/session.svelte";
import { offer, type Offer } from "../palette/sources";

const saying = (work: () => Promise<void>) => () =>
  void work().catch((thrown) => toast(`${troubleFrom(thrown).message} Nothing of your work is lost.`));

/** The accounts that can be changed to. */
const others = (session: Session): Offer[] =>
  (session.start?.accounts ?? [])
    .filter(({ id }) => id !== session.now?.account.id)
    .map(({ id, organization, userId, server }) => ({
      id: `account-${id}`,
      label: `Change to ${organization}`,
      group: "Account",
      also: `${userId} ${server} switch`,
      act: () => void session.switchTo(id),
    }));

/** Registers them; answers how to take them back. */
export function accountActions(session: Session): () => void {
  const back = [
    onActions({
      "export-history": saying(exportHistory),
      "clear-cache": saying(clearCache),
      "add-account": () => void session.addAnother(),
      "sign-out": () => void session.signOut(),
    }),
    offer(() => others(session)),
  ];
  return () => back.forEach((takeBack) => takeBack());
}

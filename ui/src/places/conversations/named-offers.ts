/** The saved views and the queues, as the palette offers them from every place. */
import type { Offer } from "../../palette/sources";
import type { ConversationList } from "./list.svelte";
import { namedEntries, type NamedEntry } from "./named.svelte";

/** All of them; `show` brings the list into view. */
export function namedOffers(list: ConversationList, show: () => void): Offer[] {
  const { views, queues } = namedEntries(list);
  const offers = (group: string, entries: NamedEntry[]) =>
    entries.map(({ label, detail, act }, at) => ({
      id: `${group}-${at}`,
      label,
      group,
      also: detail,
      act: () => {
        show();
        act();
      },
    }));
  return [...offers("View", views), ...offers("Queue", queues)];
}

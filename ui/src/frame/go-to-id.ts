/** Going to whatever has an id that was pasted. */
import { backend, type FoundPlace } from "../backend";
import type { Offer } from "../palette/sources";
import { wanted } from "../places/conversation/wanted";
import type { ConversationList } from "../places/conversations/list.svelte";
import { count } from "../places/conversations/row";
import { goTo } from "./going";

const ID = /^\s*([0-9a-f]{24})\s*$/i;

async function find(id: string, go: (place: FoundPlace) => void): Promise<string | (() => void)> {
  const { place, searched } = await backend.findId(id);
  if (place) return () => go(place);
  return `No conversation has this id, and it is not among what was read: ${count(searched, "conversation")} searched.`;
}

/** What the palette offers for a pasted id; `show` brings the place of conversations into view. */
export function offerId(list: ConversationList, show: () => void, typed: string): Offer[] {
  const id = ID.exec(typed)?.[1]?.toLowerCase();
  if (id === undefined) return [];
  const go = ({ conversationId, messageId }: FoundPlace) => {
    wanted.message = messageId === null ? null : { conversation: conversationId, message: messageId };
    void goTo(list, conversationId, show);
  };
  return [
    {
      id: "go-to-id",
      label: `Go to what has the id ${id}`,
      group: "Id",
      first: true,
      act: () => find(id, go),
    },
  ];
}

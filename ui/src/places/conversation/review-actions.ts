/** What can be done with an open conversation by name, beside what has a key of its own. */
import { onAction, onActions, type ActionId } from "../../keys";
import { copy } from "../../lib/clipboard";
import { changeNow, settings } from "../../lib/settings.svelte";
import { toast } from "../../elements/toasts.svelte";
import { why, type Pane, type Review } from "./review.svelte";
import { saveSound } from "./sound/saving";

/** Registers what can be done with a conversation; answers how to take it back. */
export function reviewActions(review: Review): () => void {
  const { progress, work } = review;
  const show = (pane: Pane) => () => {
    review.bringWhy();
    why.pane = pane;
  };
  const copyId = async () =>
    void toast((await copy(review.id)) ? "Id copied." : "The id could not be copied.");
  const noState = () => (work.review ? null : "The review has no state");
  const back = [
    onActions({
      "in-progress": () => void progress.mark("inProgress"),
      "show-insights": show("insights"),
      "show-comments": show("comments"),
      "show-details": show("details"),
      "copy-id": () => void copyId(),
    }),
    onAction("no-state", () => void progress.mark(null), noState),
  ];
  return () => back.forEach((takeBack) => takeBack());
}

/** What can be done with the sound of a conversation. */
export const soundActions = (review: Review): Partial<Record<ActionId, () => void>> => ({
  "skip-silence": () => changeNow({ skipSilence: !settings().skipSilence }),
  mute: () => changeNow({ muted: !settings().muted }),
  "save-sound": () => void saveSound(review.id, null),
});

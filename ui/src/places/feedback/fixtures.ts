/** Small made-up pieces the tests are built from. */
import type { FeedbackRow } from "../../backend";

/** A comment in a conversation, about the interaction with a number. */
export const feedbackRow = (
  id: string,
  of: string,
  interaction: number,
  parts: Partial<FeedbackRow> = {},
): FeedbackRow => ({
  id,
  conversationId: of,
  interactionId: `interaction-${interaction}`,
  interaction: null,
  messageId: null,
  dealt: null,
  author: { id: "ruiz", name: "M. Ruiz" },
  createdAt: "2026-11-19T09:58:00Z",
  text: `About ${id}. And more`,
  resolved: false,
  needsYou: false,
  ...parts,
});

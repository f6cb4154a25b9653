/** How far a review is, in words, and the tags that say so. */
import type { ReviewStep, ReviewView, Settings, TagView } from "../backend";

/** A step in words. */
export const STEPS: Record<ReviewStep, string> = {
  inProgress: "In progress",
  done: "Done",
  skipped: "Skipped",
};

/** A step as it is said of a conversation in the list, which can be in progress itself. */
export const REVIEWS: Record<ReviewStep, string> = {
  inProgress: "Review in progress",
  done: "Review done",
  skipped: "Review skipped",
};

export const NOT_BEGUN = "Not begun";
export const HERE_ONLY = "on this computer only";

/** All that is known of it on one line. */
export function reviewInWords(review: ReviewView | null): string {
  if (!review) return NOT_BEGUN;
  const parts = [STEPS[review.step], review.reviewer, review.hereOnly ? HERE_ONLY : null];
  return parts.filter((part) => part !== null).join(" · ");
}

/** The tags that are shown as tags: those that hold the state of the review are not, where it is shown itself. */
export function tagsBesideReview(
  { tags, review }: { tags: TagView[]; review: ReviewView | null },
  { reviewTag, reviewerTag }: Pick<Settings, "reviewTag" | "reviewerTag">,
): TagView[] {
  if (!review || review.hereOnly) return tags;
  return tags.filter(({ key }) => key !== reviewTag && key !== reviewerTag);
}

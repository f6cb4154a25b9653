/** Where the current turn stands in the transcript: while it is well in view nothing moves, else it goes a third from the top. */

/** Upper and lower edge, in pixels from the top of the window. */
interface Edges {
  top: number;
  bottom: number;
}

/** How far from the top the current turn is put, and how much is left free below it for the reply: shares of the view. */
const PUT_AT = 1 / 3;
const FREE_BELOW = 1 / 4;
/** Free above it, in pixels: the heading of its interaction. */
const FREE_ABOVE = 32;

/** How far the view must scroll to have the line well in view, in pixels; 0 when it already is. */
export function shift(view: Edges, line: Edges): number {
  const height = view.bottom - view.top;
  const wellIn = line.top >= view.top + FREE_ABOVE && line.bottom <= view.bottom - height * FREE_BELOW;
  if (wellIn) return 0;
  // A tall line begins higher, so that its end is seen too; one taller than the view begins at its top.
  const room = height - (line.bottom - line.top);
  const at = Math.max(Math.min(FREE_ABOVE, height * PUT_AT), Math.min(height * PUT_AT, room));
  return line.top - (view.top + at);
}

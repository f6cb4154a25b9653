/** Does something once the frame that is due is painted: what the reviewer looks at comes before its echo elsewhere. */
export function afterPaint(act: () => void): void {
  // Nothing is painted of a window that is hidden.
  if (document.hidden) return act();
  requestAnimationFrame(() => setTimeout(act));
}

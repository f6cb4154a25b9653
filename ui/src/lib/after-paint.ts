/** Does something once the frame that is due is painted: what the reviewer looks at comes before its echo elsewhere. */
export function afterPaint(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}

/** Rows that a page key goes over. */
const PAGE = 8;

/** The row a key leads to from the one at `at`, held at both ends; nothing where it is no key of a list, or not pressed on a row. */
export function rowMeant(event: KeyboardEvent, at: number, rows: number): number | undefined {
  if (!(event.target instanceof Element && event.target.closest("[role=option]"))) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: rows - 1,
  }[event.key];
  return to === undefined ? undefined : Math.max(0, Math.min(rows - 1, to));
}

/** Where the row is by now that stood at a place; where it is gone, the nearest one that stood below or above. */
export function whereNow<T extends { id: string }>(
  stood: readonly T[],
  at: number,
  now: readonly T[],
): number {
  const places = new Map(now.map(({ id }, place) => [id, place]));
  for (let below = at; below < stood.length; below += 1) {
    const place = places.get(stood[below]!.id);
    if (place !== undefined) return place;
  }
  for (let above = at - 1; above >= 0; above -= 1) {
    const place = places.get(stood[above]!.id);
    if (place !== undefined) return place;
  }
  return 0;
}

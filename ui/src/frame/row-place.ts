/** Where a row stands in its list, and what happens to it there. */
export type RowPlace = {
  index: number;
  /** Rows there are; -1 while the end is not known. */
  total: number;
  opened: boolean;
  /** Whether the keyboard is here. */
  current: boolean;
  /** Whether it is among those something is done to at once. */
  selected: boolean;
  onclick: (event: MouseEvent) => void;
};

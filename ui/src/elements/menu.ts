/** What a menu holds. */
import type { Snippet } from "svelte";
import type { ActionId } from "../keys";

/** One thing the menu does. */
export type Item = {
  label: string;
  detail?: string;
  checked?: boolean;
  part?: string;
  /** The action with a key that this item does too; its key is shown beside the label. */
  action?: ActionId;
  act: () => void;
};

export type MenuProps = {
  /** Name of the button that opens it. */
  label: string;
  /** Groups of items, a line between them. */
  groups: readonly (readonly Item[])[];
  trigger: Snippet;
  heading?: Snippet;
  /** Whether the heading says anything now, so that a line stands under it; left out, a heading always does. */
  headed?: boolean;
  triggerClass?: string;
  /** The button's `data-part`, its tip, and the keys that do something of the menu. */
  part?: string;
  tip?: string;
  keys?: string;
  /** No wider than its items. */
  narrow?: boolean;
  /** The edge of the button that the menu's edge stands at. */
  align?: "start" | "end";
};

/** What tests say of a list's view, where there is no layout. */
import { vi } from "vitest";

export const view = {
  /** The first and the last row in it. */
  range: [0, 0] as [first: number, last: number],
  /** How far below its top a row begins. */
  top: 0,
  put: vi.fn<(index: number, px: number) => void>(),
};

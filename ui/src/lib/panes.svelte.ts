/** How wide the panes are, remembered in the web view. */

type Panes = { list: number | null; listCollapsed: boolean; why: number | null; whyCollapsed: boolean };
const REMEMBERED = "earmark.panes";

function recalled(): Panes {
  const usual: Panes = { list: null, listCollapsed: false, why: null, whyCollapsed: false };
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") as Record<string, unknown>;
    const width = (value: unknown) => (typeof value === "number" && value > 0 ? value : null);
    return {
      list: width(kept["list"]),
      listCollapsed: kept["listCollapsed"] === true,
      why: width(kept["why"]),
      whyCollapsed: kept["whyCollapsed"] === true,
    };
  } catch {
    return usual;
  }
}

/**
 * The least width of the window, in pixels, at which three panes stand side by side; `textSize` is in percent. Larger
 * words need wider panes: the list and the right pane grow by about 330 pixels for each 100 percent, the transcript by 360.
 */
export function widthForThree(textSize: number): number {
  return Math.max(1100, 410 + 6.9 * textSize);
}

/**
 * The least width of the transcript, in pixels, at which the speakers stand in a column of their own beside what they say:
 * some forty letters to a line; `textSize` is in percent.
 */
export function widthForSpeakers(textSize: number): number {
  return 90 + 4.3 * textSize;
}

/** The least width of the strip of sound, in pixels, at which its buttons have words; `textSize` is in percent. */
export function widthForSoundWords(textSize: number): number {
  return 40 + 5.6 * textSize;
}

/** The panes of every place that has three. */
export const panes: Panes = $state(recalled());

/** Remembers the panes for the next run. */
export function keepPanes(): void {
  localStorage.setItem(REMEMBERED, JSON.stringify(panes));
}

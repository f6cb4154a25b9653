/** Theme and text size on the document; remembered in the web view too, so that the first paint is right. */
import type { Settings } from "../backend";

type Appearance = Pick<Settings, "theme" | "textSize">;
const REMEMBERED = "earmark.appearance";

function put({ theme, textSize }: Appearance): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  root.style.setProperty("--text-scale", String(textSize / 100));
}

/** Shows and remembers theme and text size. */
export function applyAppearance({ theme, textSize }: Appearance): void {
  put({ theme, textSize });
  localStorage.setItem(REMEMBERED, JSON.stringify({ theme, textSize }));
}

/** Shows what was in force last time, before the settings are read. */
export function recallAppearance(): void {
  try {
    const { theme, textSize } = JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") as Partial<Appearance>;
    if (theme && ["system", "light", "dark"].includes(theme) && typeof textSize === "number")
      put({ theme, textSize });
  } catch {
    // Spoilt by someone: the settings will be read in a moment.
  }
}

/** Theme, contrast and text size on the document; remembered in the web view too, so that the first paint is right. */
import type { Settings } from "../backend";

type Appearance = Pick<Settings, "theme" | "contrast" | "textSize">;
const REMEMBERED = "earmark.appearance";
const systemContrast = () => matchMedia("(prefers-contrast: more)");

let now: Appearance = { theme: "system", contrast: "system", textSize: 100 };

function put(): void {
  const root = document.documentElement;
  if (now.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = now.theme;
  if (now.contrast === "high" || systemContrast().matches) root.dataset["contrast"] = "high";
  else delete root.dataset["contrast"];
  root.style.setProperty("--text-scale", String(now.textSize / 100));
}

/** Shows and remembers how the window looks. */
export function applyAppearance({ theme, contrast, textSize }: Appearance): void {
  now = { theme, contrast, textSize };
  put();
  localStorage.setItem(REMEMBERED, JSON.stringify(now));
}

/** Shows what was in force last time, before the settings are read; follows the system from then on. */
export function recallAppearance(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") as Partial<Appearance>;
    const { theme, textSize } = kept;
    const contrast = kept.contrast === "high" ? "high" : "system";
    if (theme && ["system", "light", "dark"].includes(theme) && typeof textSize === "number")
      now = { theme, contrast, textSize };
  } catch {
    // Spoilt by someone: the settings will be read in a moment.
  }
  put();
  systemContrast().addEventListener("change", put);
}

/** What can be done about how the window looks and is driven, on every screen. */
import { onActions } from "../keys";
import { changeKeyboard } from "../keys/in-force.svelte";
import { isMac } from "../keys/chord";
import { changeSettings, settings } from "../lib/settings.svelte";

const STEP = 10;
const resize = (by: number) =>
  changeSettings({ textSize: Math.max(80, Math.min(160, settings().textSize + by)) });

/** Registers them; answers how to take them back. */
export function viewActions(): () => void {
  const back = [
    onActions({
      "theme-system": () => changeSettings({ theme: "system" }),
      "theme-light": () => changeSettings({ theme: "light" }),
      "theme-dark": () => changeSettings({ theme: "dark" }),
      "high-contrast": () => changeSettings({ contrast: settings().contrast === "high" ? "system" : "high" }),
      "larger-text": () => resize(STEP),
      "smaller-text": () => resize(-STEP),
      "usual-text": () => changeSettings({ textSize: 100 }),
      "single-keys": () => changeKeyboard({ singleKeys: !settings().keyboard.singleKeys }),
    }),
    onActions({ "menu-bar": () => changeKeyboard({ menuBar: !settings().keyboard.menuBar }) }, () =>
      isMac() ? "The menu bar is always there" : null,
    ),
  ];
  return () => back.forEach((takeBack) => takeBack());
}

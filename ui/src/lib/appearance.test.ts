import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { applyAppearance, recallAppearance } from "./appearance";

const root = document.documentElement;
/** What the system says of contrast. */
let system: EventTarget & { matches: boolean };

beforeEach(() => {
  system = Object.assign(new EventTarget(), { matches: false });
  vi.stubGlobal("matchMedia", () => system);
  localStorage.clear();
});
afterEach(() => applyAppearance({ theme: "system", contrast: "system", textSize: 100 }));

it("shows high contrast where it is chosen, whatever the system wants", () => {
  applyAppearance({ theme: "dark", contrast: "high", textSize: 120 });
  expect({ ...root.dataset }).toEqual({ theme: "dark", contrast: "high" });
  applyAppearance({ theme: "dark", contrast: "system", textSize: 120 });
  expect({ ...root.dataset }).toEqual({ theme: "dark" });
});

it("follows the system while it runs", () => {
  recallAppearance();
  expect(root.dataset["contrast"]).toBeUndefined();
  system.matches = true;
  system.dispatchEvent(new Event("change"));
  expect(root.dataset["contrast"]).toBe("high");
});

it("looks as it did before the settings are read", () => {
  applyAppearance({ theme: "light", contrast: "high", textSize: 150 });
  const kept = localStorage.getItem("earmark.appearance")!;
  applyAppearance({ theme: "system", contrast: "system", textSize: 100 });
  localStorage.setItem("earmark.appearance", kept);
  recallAppearance();
  expect({ ...root.dataset }).toEqual({ theme: "light", contrast: "high" });
  expect(root.style.getPropertyValue("--text-scale")).toBe("1.5");
});

it("is not misled by what somebody wrote there", () => {
  localStorage.setItem("earmark.appearance", JSON.stringify({ theme: "x", contrast: 7, textSize: "big" }));
  recallAppearance();
  expect({ ...root.dataset }).toEqual({});
});

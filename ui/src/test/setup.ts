import "@testing-library/jest-dom/vitest";
import { configure } from "@testing-library/svelte";

// How long `find…` and `waitFor` look: a busy machine is no failure.
configure({ asyncUtilTimeout: 20_000 });

// jsdom has no layout: elements that watch their size are told nothing.
class NoResizes implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoResizes;
// Nor does it know of a screen.
globalThis.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), { media, matches: false, onchange: null }) as MediaQueryList;
Element.prototype.scrollTo ??= () => {};
Element.prototype.scrollIntoView ??= () => {};
// jsdom has no canvas, and says so at length each time one is asked for.
HTMLCanvasElement.prototype.getContext = () => null;

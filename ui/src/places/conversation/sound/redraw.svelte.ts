/** Signs that the colours or the pixels of the screen have changed, so that what is drawn by hand must be drawn anew. */

/** Counts them while the component that asks is there. */
export function redrawSigns(): { readonly times: number } {
  let times = $state(0);
  $effect(() => {
    // Which resolution to watch for depends on the present one.
    void times;
    const again = () => (times += 1);
    const queries = [
      "(prefers-color-scheme: dark)",
      "(forced-colors: active)",
      `(resolution: ${devicePixelRatio}dppx)`,
    ].map((query) => matchMedia(query));
    for (const query of queries) query.addEventListener("change", again);
    const chosen = new MutationObserver(again);
    chosen.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-theme", "data-contrast"],
    });
    return () => {
      for (const query of queries) query.removeEventListener("change", again);
      chosen.disconnect();
    };
  });
  return {
    get times() {
      return times;
    },
  };
}

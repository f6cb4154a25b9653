import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import Icons from "unplugin-icons/vite";
import { defineConfig } from "vitest/config";

/** Signs as they are written, and for the eye only: a row of a long list is not to work out what its signs look like. */
const icons = Icons({
  compiler: { compiler: (sign) => sign, extension: "svelte" },
  iconCustomizer: (_, name, sign) => {
    sign["aria-hidden"] = "true";
    sign.class = `lucide lucide-${name}`;
    sign.width = sign.height = "24";
  },
});

export default defineConfig({
  plugins: [icons, svelte(), svelteTesting()],
  clearScreen: false,
  build: {
    // The web views Earmark runs in: `light-dark()` must reach them as written.
    target: ["safari18", "chrome125"],
    // A font inlined as data: would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/test/setup.ts"],
    // What takes milliseconds takes seconds on a busy machine; only a test that fails waits this long.
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});

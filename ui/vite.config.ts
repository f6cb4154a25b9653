import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
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

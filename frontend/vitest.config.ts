import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    // To load the page's libraries for each file anew takes twenty times as long as the tests themselves.
    isolate: false,
    restoreMocks: true,
    testTimeout: 20_000,
    // happy-dom does not know this element yet.
    onConsoleLog: (text) => !text.includes("The tag <search> is unrecognized"),
  },
});

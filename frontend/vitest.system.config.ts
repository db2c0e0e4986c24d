import { defineConfig } from "vitest/config";

// Tests that need a running server, which is named by VITE_API_URL; tests/integration/test_guide.py starts it.
export default defineConfig({
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: process.env.VITE_API_URL ?? "http://localhost:3000" } },
    include: ["src/**/*.system.{ts,tsx}"],
    testTimeout: 20_000,
  },
});

import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // The page talks to the host that it came from; only the development server needs to know another.
  const api = loadEnv(mode, ".", "VITE_").VITE_API_URL || "http://localhost:3000";
  return {
    plugins: [react()],
    build: { outDir: "../webapp/static", emptyOutDir: true, chunkSizeWarningLimit: 900 },
    server: {
      port: 5173,
      proxy: { "/api": api, "/socket.io": { target: api, ws: true } },
    },
  };
});

/**
 * How the UI is built, served while developing, and tested.
 *
 * `public/.gitkeep` is copied into `dist`, so that the committed `dist/.gitkeep`
 * (the server's build embeds that folder) survives every build.
 * Nothing is inlined as a data: URL, because the server's content security
 * policy allows fonts and scripts from itself only.
 */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server takes changes only from its own pages, so it must see the host that the browser sees.
const server = {
  target: process.env.SHEAF_SERVER ?? "http://127.0.0.1:8765",
  changeOrigin: false,
};

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: { "/api": server, "/healthz": server },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});

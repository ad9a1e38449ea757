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
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The server takes changes only from its own pages, so it must see the host that the browser sees.
const server = {
  target: process.env.SHEAF_SERVER ?? "http://127.0.0.1:8765",
  changeOrigin: false,
};

/** What the entry needs to send the first requests. */
const EARLY = /src\/api\/(http|headStart|first)\.|preload-helper/;
/** Large and of few pages: the query editor, the canvas, Markdown. */
const APART =
  /codemirror|lezer|src\/canvas|micromark|mdast|hast|unist|unified|vfile|remark|rehype|markdown|property-information/;

/** The entry imports the application at once: the browser may fetch both together. */
const preloadApp: Plugin = {
  name: "preload-app",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) => {
      const chunks = Object.values(bundle ?? {}).filter((file) => file.type === "chunk");
      const app = chunks.find((chunk) => chunk.name === "app");
      const files = app === undefined ? [] : [app.fileName, ...app.imports];
      return files.map((file) => ({
        tag: "link",
        attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
        injectTo: "head" as const,
      }));
    },
  },
};

export default defineConfig({
  plugins: [react(), preloadApp],
  resolve: {
    alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // What several pages share is one file: with HTTP/1.1 a browser fetches six at a time, and forty small ones stand in a queue
    // before the first rows of data.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "early", priority: 1, test: EARLY },
            { name: "shared", minShareCount: 2, test: (id) => !APART.test(id) },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": server, "/healthz": server },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});

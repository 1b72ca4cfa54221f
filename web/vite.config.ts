import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

// The server that the pages speak to while they are developed: `make web-dev URL=http://127.0.0.1:3000`.
const server = process.env["CLAUDEBENCH_URL"] ?? "http://127.0.0.1:3000";
const paths = ["/rpc", "/auth", "/openapi.json", "/api", "/metrics", "/ws"];

export default defineConfig({
  base: "/ui/",
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      "@": new URL("./src", import.meta.url).pathname,
      // Markdown is read beside the page, where there is no document to ask for what an entity means.
      "decode-named-character-reference": new URL("./node_modules/decode-named-character-reference/index.js", import.meta.url).pathname,
    },
  },
  build: {
    outDir: "dist/files",
    emptyOutDir: true,
    target: "es2022",
    // Styles and scripts of this server alone: nothing is written into the document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      paths.map((path): [string, ProxyOptions] => [
        path,
        {
          target: server,
          ws: path === "/ws",
          // The server believes its own pages alone.
          configure: (proxy) => {
            proxy.on("proxyReq", (request) => request.setHeader("origin", new URL(server).origin));
            proxy.on("proxyReqWs", (request) => request.setHeader("origin", new URL(server).origin));
          },
          changeOrigin: true,
        },
      ]),
    ),
  },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});

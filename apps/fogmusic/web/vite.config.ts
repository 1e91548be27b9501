import { createHash } from "node:crypto";
import react from "@vitejs/plugin-react";
import { build, type Plugin, type Rolldown } from "vite";
import { defineConfig } from "vitest/config";

const WORKER = "src/worker/main.ts";

/**
 * Builds the service worker beside the page, as one classic script at a fixed address (sw.js), and tells it which files
 * make up the shell. In development it is served as a module from its source.
 */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    async generateBundle(_options, bundle) {
      const files = Object.keys(bundle).concat("icon.svg", "manifest.webmanifest").sort();
      const hash = createHash("sha256");
      for (const file of files) {
        const output = bundle[file];
        hash.update(file).update(output ? contents(output) : "");
      }
      const define = { __BUILD__: JSON.stringify({ version: hash.digest("hex").slice(0, 12), files }) };
      const result = (await build({
        configFile: false,
        logLevel: "error",
        define,
        publicDir: false,
        build: { write: false, target: "es2022", rolldownOptions: { input: WORKER, output: { format: "iife" } } },
      })) as Rolldown.RolldownOutput;
      this.emitFile({ type: "asset", fileName: "sw.js", source: result.output[0].code });
    },
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url === "/sw.js") request.url = `/${WORKER}`;
        next();
      });
    },
    config: (_config, { command }) => (command === "serve" ? { define: { __BUILD__: { version: "dev", files: [] } } } : {}),
  };
}

function contents(output: Rolldown.OutputAsset | Rolldown.OutputChunk): string | Uint8Array {
  return output.type === "asset" ? output.source : output.code;
}

export default defineConfig({
  base: "./",
  plugins: [react(), serviceWorker()],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});

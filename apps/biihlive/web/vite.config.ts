import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
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
    // After the page itself is among the files.
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        this.emitFile({ type: "asset", fileName: "sw.js", source: await workerCode(bundle) });
      },
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

/** Scripts, styles and media are of the page's own origin; the services are where the stack is, which the build does not know. */
const POLICY =
  "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self' https: http: wss: ws:; object-src 'none'; base-uri 'none'; form-action 'none'";

function contentPolicy(): Plugin {
  return {
    name: "content-policy",
    apply: "build", // the development server puts scripts into the page
    transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" }],
  };
}

/** The worker, told of the build it belongs to: its files, and a version that changes with any of them. */
async function workerCode(bundle: Rolldown.OutputBundle): Promise<string> {
  const contents = new Map<string, string | Uint8Array>(readdirSync("public").map((file) => [file, readFileSync(`public/${file}`)]));
  for (const [file, output] of Object.entries(bundle)) contents.set(file, output.type === "asset" ? output.source : output.code);
  const files = [...contents.keys()].sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(contents.get(file)!);
  const result = (await build({
    configFile: false,
    logLevel: "error",
    define: { __BUILD__: JSON.stringify({ version: hash.digest("hex").slice(0, 12), files }) },
    publicDir: false,
    build: { write: false, target: "es2022", rolldownOptions: { input: WORKER, output: { format: "iife" } } },
  })) as Rolldown.RolldownOutput;
  return result.output[0].code;
}

export default defineConfig({
  base: "./",
  plugins: [react(), contentPolicy(), serviceWorker()],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600 },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});

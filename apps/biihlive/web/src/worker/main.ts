/// <reference lib="webworker" />
import { Shell, type Build } from "./shell";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: see vite.config.ts. */
declare const __BUILD__: Build;

const shell = new Shell(__BUILD__, self.registration.scope);

/** Routes that the browser takes without asking the worker: newer than the types. */
interface Routed {
  addRoutes?(rule: { condition: { requestMethod: string }; source: "network" }): Promise<void>;
}

self.addEventListener("install", (event) => {
  // What a page sends while it goes, such as that its member has gone, would be lost on the way through the worker.
  void (event as Routed).addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(shell.install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(shell.clean().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const answer = shell.answer(event.request);
  if (answer) event.respondWith(answer);
});

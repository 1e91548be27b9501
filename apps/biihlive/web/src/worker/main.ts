/// <reference lib="webworker" />
import { Shell, type Build } from "./shell";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: see vite.config.ts. */
declare const __BUILD__: Build;

const shell = new Shell(__BUILD__, self.registration.scope);

self.addEventListener("install", (event) => {
  event.waitUntil(shell.install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(shell.clean().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const answer = shell.answer(event.request);
  if (answer) event.respondWith(answer);
});

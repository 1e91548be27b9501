/// <reference lib="webworker" />
import type { ClaimRequest, GrantRequest } from "../messages";
import { FogNode, songAt, type Listener } from "./fog";
import { Grants } from "./grants";
import { Shell, type Build } from "./shell";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: see vite.config.ts. */
declare const __BUILD__: Build;

const shell = new Shell(__BUILD__, self.registration.scope);
const grants = new Grants(Date.now);
const fog = new FogNode({
  fetch: (url, init) => fetch(url, init),
  now: () => new Date(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});

self.addEventListener("install", (event) => {
  event.waitUntil(shell.install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(shell.clean().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if ((event.data as ClaimRequest | undefined)?.type === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && songAt(request.url)) {
    event.respondWith(answerSong(event));
    return;
  }
  const answer = shell.answer(request);
  if (answer) event.respondWith(answer);
});

async function answerSong(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const client = await self.clients.get(event.clientId);
  if (!client) return fetch(request);
  const listener: Listener = {
    grant: (fresh) => grants.get({ postMessage: (message: GrantRequest, transfer) => client.postMessage(message, transfer) }, fresh),
    failed: (failure) => client.postMessage(failure),
  };
  return (await fog.answer({ url: request.url, range: request.headers.get("Range") }, listener)) ?? fetch(request);
}

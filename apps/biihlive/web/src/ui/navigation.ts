import { useSyncExternalStore } from "react";
import { hashOf, parseRoute, type Route } from "../app/route";

/** How far one has come since the page was opened: where there is nothing before, Back leads to the parent. */
let steps: number = typeof history.state?.steps === "number" ? history.state.steps : 0;
let current = parseRoute(location.hash);
const watchers = new Set<() => void>();

window.addEventListener("hashchange", () => {
  current = parseRoute(location.hash);
  for (const watcher of watchers) watcher();
});
window.addEventListener("popstate", (event) => {
  steps = typeof event.state?.steps === "number" ? event.state.steps : steps + 1;
  if (typeof event.state?.steps !== "number") history.replaceState({ steps }, "");
});
history.replaceState({ steps }, "");

export function useRoute(): Route {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current,
  );
}

export function go(route: Route): void {
  location.hash = hashOf(route);
}

/** Goes somewhere without leaving a step behind. */
export function replaceWith(route: Route): void {
  history.replaceState({ steps }, "", hashOf(route));
  current = route;
  for (const watcher of watchers) watcher();
}

export function goBack(parent: Route): void {
  if (steps > 0) history.back();
  else replaceWith(parent);
}

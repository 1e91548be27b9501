import { expect, it } from "vitest";
import { hashOf, parseRoute, type Route } from "./route";

const routes: Route[] = [
  { at: "home" },
  { at: "rankings" },
  { at: "settings" },
  { at: "chat", id: "a-1" },
  { at: "member", id: "a/b ?" },
  { at: "followers", id: "x" },
  { at: "following", id: "x" },
];

it.each(routes)("%j is found again in the address", (route) => {
  expect(parseRoute(hashOf(route))).toEqual(route);
});

it.each(["", "#", "#/", "#/nowhere", "#/edit/x", "#/members", "#/members/x/other", "#/chats/a/b", "#/%E0%A4%A/x", "#/chats/a/b/c"])(
  "%j is home",
  (hash) => {
    expect(parseRoute(hash)).toEqual({ at: "home" });
  },
);

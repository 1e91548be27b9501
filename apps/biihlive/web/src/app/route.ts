/** Where one is in the application, kept in the address after its #. */
export type Route =
  | { readonly at: "home" | "rankings" | "chats" | "me" | "edit" | "settings" | "signin" | "signup" | "forgot" }
  | { readonly at: "chat" | "member" | "followers" | "following"; readonly id: string };

const places = ["rankings", "chats", "me", "edit", "settings", "signin", "signup", "forgot"] as const;

export function parseRoute(hash: string): Route {
  const [first = "", id = "", list = "", ...rest] = hash.replace(/^#?\/?/, "").split("/").map(decoded);
  if (rest.length > 0) return { at: "home" };
  if (first === "chats" && id && !list) return { at: "chat", id };
  if (first === "members" && id && !list) return { at: "member", id };
  if (first === "members" && id && (list === "followers" || list === "following")) return { at: list, id };
  const place = places.find((each) => each === first);
  return { at: place && !id ? place : "home" };
}

export function hashOf(route: Route): string {
  switch (route.at) {
    case "home":
      return "#/";
    case "chat":
      return `#/chats/${encodeURIComponent(route.id)}`;
    case "member":
      return `#/members/${encodeURIComponent(route.id)}`;
    case "followers":
    case "following":
      return `#/members/${encodeURIComponent(route.id)}/${route.at}`;
    default:
      return `#/${route.at}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The messages of AppSync's realtime protocol: JSON over a WebSocket. */

/** What proves who one is: the API's host, and a token or key. */
export type Authorization = Readonly<Record<string, string>>;

export const SUBPROTOCOL = "graphql-ws";

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface GraphQLError {
  readonly errorType: string;
  readonly message: string;
}

export type Incoming =
  | { readonly type: "connection_ack"; readonly timeout: number }
  | { readonly type: "connection_error"; readonly errors: readonly GraphQLError[] }
  | { readonly type: "ka" }
  | { readonly type: "start_ack" | "complete"; readonly id: string }
  | { readonly type: "data"; readonly id: string; readonly data: Readonly<Record<string, unknown>> | null }
  | { readonly type: "error"; readonly id: string; readonly errors: readonly GraphQLError[] }
  | { readonly type: "unknown" };

/** What AppSync says until it says otherwise. */
export const DEFAULT_TIMEOUT = 300_000;

/** The address of subscriptions of an API: another host on AWS, a path below the API's own elsewhere. */
export function realtimeUrl(graphqlUrl: string): string {
  const url = new URL(graphqlUrl);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  const aws = /^([a-z0-9]+)\.appsync-api\.(.+\.amazonaws\.com(?:\.cn)?)$/.exec(url.hostname);
  if (aws) url.hostname = `${aws[1]}.appsync-realtime-api.${aws[2]}`;
  else url.pathname = `${url.pathname.replace(/\/$/, "")}/realtime`;
  return url.href;
}

/** The subprotocols of a handshake: a browser has no other way to send a token with it, but for the address, which is logged. */
export function subprotocols(authorization: Authorization): string[] {
  return [SUBPROTOCOL, `header-${base64url(JSON.stringify(authorization))}`];
}

export const initMessage = JSON.stringify({ type: "connection_init" });

export function startMessage(id: string, operation: Operation, authorization: Authorization): string {
  return JSON.stringify({
    id,
    type: "start",
    payload: { data: JSON.stringify({ query: operation.query, variables: operation.variables }), extensions: { authorization } },
  });
}

export function stopMessage(id: string): string {
  return JSON.stringify({ id, type: "stop" });
}

/** Reads a message. What is not understood is `unknown`, and not a failure: the protocol may grow. */
export function parseIncoming(text: unknown): Incoming {
  const message = parsed(text);
  const id = typeof message["id"] === "string" ? message["id"] : "";
  const payload = record(message["payload"]);
  switch (message["type"]) {
    case "connection_ack": {
      const timeout = payload["connectionTimeoutMs"];
      return { type: "connection_ack", timeout: typeof timeout === "number" && timeout > 0 ? timeout : DEFAULT_TIMEOUT };
    }
    case "connection_error":
      return { type: "connection_error", errors: errorsOf(payload) };
    case "ka":
      return { type: "ka" };
    case "start_ack":
    case "complete":
      return { type: message["type"], id };
    case "data": {
      const data = payload["data"];
      return { type: "data", id, data: data === null || data === undefined ? null : record(data) };
    }
    case "error":
      return { type: "error", id, errors: errorsOf(payload) };
    default:
      return { type: "unknown" };
  }
}

/** Whether errors say that a token was refused: a fresh one may do. */
export function isRefusal(errors: readonly GraphQLError[]): boolean {
  return errors.some(({ errorType, message }) => /^Unauthorized/.test(errorType) || /token/i.test(message));
}

function parsed(text: unknown): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(String(text)));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function errorsOf(payload: Readonly<Record<string, unknown>>): readonly GraphQLError[] {
  const { errors } = payload;
  if (!Array.isArray(errors)) return [];
  return errors.map((each) => {
    const { errorType, message } = record(each);
    return { errorType: String(errorType ?? ""), message: String(message ?? "") };
  });
}

function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

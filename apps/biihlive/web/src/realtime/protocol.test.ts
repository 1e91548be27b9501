import { describe, expect, it } from "vitest";
import { DEFAULT_TIMEOUT, isRefusal, parseIncoming, realtimeUrl, startMessage, subprotocols } from "./protocol";

describe("realtimeUrl", () => {
  it.each([
    ["https://abc123.appsync-api.eu-west-3.amazonaws.com/graphql", "wss://abc123.appsync-realtime-api.eu-west-3.amazonaws.com/graphql"],
    ["https://api.example.com/graphql", "wss://api.example.com/graphql/realtime"],
    ["http://localhost:4566/graphql/abc123", "ws://localhost:4566/graphql/abc123/realtime"],
    ["https://localhost:4567/graphql/abc123/", "wss://localhost:4567/graphql/abc123/realtime"],
  ])("%s → %s", (graphql, realtime) => {
    expect(realtimeUrl(graphql)).toBe(realtime);
  });
});

describe("subprotocols", () => {
  it("carry the authorization where a browser can put it", () => {
    const authorization = { host: "x", Authorization: "ñ??>>~~" };
    const [name, header = ""] = subprotocols(authorization);
    expect(name).toBe("graphql-ws");
    expect(header).toMatch(/^header-[A-Za-z0-9_-]+$/); // what a subprotocol may be made of
    expect(JSON.parse(Buffer.from(header.slice(7), "base64url").toString())).toEqual(authorization);
  });
});

describe("startMessage", () => {
  it("holds the operation as text in the text", () => {
    const message = JSON.parse(startMessage("7", { query: "subscription { x }", variables: { a: 1 } }, { Authorization: "t" }));
    expect(message).toMatchObject({ id: "7", type: "start", payload: { extensions: { authorization: { Authorization: "t" } } } });
    expect(JSON.parse(message.payload.data)).toEqual({ query: "subscription { x }", variables: { a: 1 } });
  });
});

describe("parseIncoming", () => {
  it.each([
    ['{"type":"connection_ack","payload":{"connectionTimeoutMs":1000}}', { type: "connection_ack", timeout: 1000 }],
    ['{"type":"connection_ack"}', { type: "connection_ack", timeout: DEFAULT_TIMEOUT }],
    ['{"type":"ka"}', { type: "ka" }],
    ['{"type":"start_ack","id":"1"}', { type: "start_ack", id: "1" }],
    ['{"type":"data","id":"1","payload":{"data":{"onX":{"a":1}}}}', { type: "data", id: "1", data: { onX: { a: 1 } } }],
    ['{"type":"data","id":"1","payload":{"data":null,"errors":[]}}', { type: "data", id: "1", data: null }],
    [
      '{"type":"error","id":"1","payload":{"errors":[{"errorType":"UnauthorizedException","message":"m","errorCode":401}]}}',
      { type: "error", id: "1", errors: [{ errorType: "UnauthorizedException", message: "m" }] },
    ],
    ['{"type":"connection_error","payload":{"errors":"x"}}', { type: "connection_error", errors: [] }],
    ['{"type":"complete","id":"2"}', { type: "complete", id: "2" }],
    ['{"type":"something new"}', { type: "unknown" }],
    ["[]", { type: "unknown" }],
    ["no JSON", { type: "unknown" }],
  ])("%s", (text, message) => {
    expect(parseIncoming(text)).toEqual(message);
  });
});

describe("isRefusal", () => {
  it.each([
    [{ errorType: "UnauthorizedException", message: "Permission denied" }, true],
    [{ errorType: "Unauthorized", message: "Not Authorized to access onMessage" }, true],
    [{ errorType: "", message: "Token has expired." }, true],
    [{ errorType: "MaxSubscriptionsReachedError", message: "Max number of 100 subscriptions reached" }, false],
  ])("%j: %s", (error, refusal) => {
    expect(isRefusal([error])).toBe(refusal);
  });
});

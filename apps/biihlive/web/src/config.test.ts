import { describe, expect, it } from "vitest";
import { loadConfig, objectUrl, parseConfig } from "./config";

const onAws = {
  region: "eu-west-3",
  graphqlUrl: "https://x.appsync-api.eu-west-3.amazonaws.com/graphql",
  apiKey: "da2-x",
  userPoolId: "eu-west-3_1",
  userPoolClientId: "c",
  identityPoolId: "eu-west-3:p",
  mediaBucket: "media",
};
const onNiebla = { ...onAws, endpoint: "http://localhost:4566/", webBucket: "web", trials: true };

describe("a configuration", () => {
  it("of AWS has no endpoint", () => {
    const config = parseConfig(onAws);
    expect(config).toEqual(onAws);
    expect(objectUrl(config, "fotos/a/full_1.jpg").href).toBe("https://media.s3.eu-west-3.amazonaws.com/fotos/a/full_1.jpg");
  });

  it("of a Niebla has one for all services", () => {
    const config = parseConfig(onNiebla);
    expect(config).toEqual({ ...onAws, endpoint: "http://localhost:4566" });
    expect(objectUrl(config, "fotos/a b/full_1.jpg").href).toBe("http://localhost:4566/media/fotos/a%20b/full_1.jpg");
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["text", "x"],
    ...Object.keys(onAws).map((name): [string, unknown] => [`no ${name}`, { ...onAws, [name]: undefined }]),
    ["an empty pool", { ...onAws, userPoolId: "" }],
    ["a bucket that is no text", { ...onAws, mediaBucket: 7 }],
    ["an endpoint that is no address", { ...onAws, endpoint: "localhost:4566" }],
    ["an endpoint with a path", { ...onAws, endpoint: "http://localhost:4566/x" }],
  ])("is refused: %s", (_what, value) => {
    expect(() => parseConfig(value)).toThrow(expect.objectContaining({ name: "ConfigError" }));
  });

  it.each([
    ["missing", new Response("", { status: 404 })],
    ["the error page", new Response("<!doctype html>")],
  ])("is refused: %s", async (_what, response) => {
    await expect(loadConfig(async () => response)).rejects.toMatchObject({ name: "ConfigError" });
  });
});

import { describe, expect, it } from "vitest";
import { loadConfig, mediaUrl, parseConfig, serviceUrl } from "./config";

const onAws = { region: "eu-west-3", identityPoolId: "eu-west-3:p", mediaBucket: "media", catalogTable: "Catalogo", usersTable: "Usuarios" };
const onNiebla = { ...onAws, endpoint: "http://localhost:4566/", trials: "true", webUrl: "http://web" };

describe("a configuration", () => {
  it("of AWS has no endpoint", () => {
    const config = parseConfig(onAws);
    expect(config).toEqual({ ...onAws, trials: false });
    expect(serviceUrl(config, "kms")).toBe("https://kms.eu-west-3.amazonaws.com");
    expect(mediaUrl(config, "songs/a.enc")).toBe("https://s3.eu-west-3.amazonaws.com/media/songs/a.enc");
  });

  it("of a Niebla has one for all services", () => {
    const config = parseConfig(onNiebla);
    expect(config).toEqual({ ...onAws, endpoint: "http://localhost:4566", trials: true });
    expect(serviceUrl(config, "kms")).toBe("http://localhost:4566");
    expect(mediaUrl(config, "thumbnails/a b.jpg")).toBe("http://localhost:4566/media/thumbnails/a%20b.jpg");
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["text", "x"],
    ["no region", { ...onAws, region: undefined }],
    ["an empty pool", { ...onAws, identityPoolId: "" }],
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

  it("is fetched past the browser's cache", async () => {
    let asked: unknown[] = [];
    const config = await loadConfig(async (...request) => {
      asked = request;
      return Response.json(onAws);
    });
    expect(config.region).toBe("eu-west-3");
    expect(asked).toEqual(["config.json", { cache: "no-cache" }]);
  });
});

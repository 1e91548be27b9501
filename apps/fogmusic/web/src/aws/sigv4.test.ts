import { describe, expect, it } from "vitest";
import { presignGet, signedHeaders } from "./sigv4";

// The signatures are those AWS publishes: the "get/post vanilla" cases of its Signature Version 4 test suite and the
// presigned example of the S3 reference ("Authenticating Requests: Using Query Parameters").
const suite = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const suiteScope = { region: "us-east-1", service: "service" };
const suiteTime = new Date("2015-08-30T12:36:00Z");

describe("signedHeaders", () => {
  it.each([
    ["get-vanilla", "GET", "/", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", {}, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"],
    ["post-vanilla", "POST", "/", {}, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
    ["post-header-key-sort", "POST", "/", { "My-Header1": "value1" }, "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"],
  ])("signs %s as AWS does", async (_name, method, path, headers, signature) => {
    const url = new URL(`https://example.amazonaws.com${path}`);
    const signed = await signedHeaders({ method, url, headers, body: "" }, suite, suiteScope, suiteTime);
    expect(signed["authorization"]).toContain("Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request");
    expect(signed["authorization"]).toContain(`Signature=${signature}`);
  });

  it("signs the session token and the body", async () => {
    const request = { method: "POST", url: new URL("https://kms.eu-west-3.amazonaws.com/"), headers: {}, body: "{}" };
    const scope = { region: "eu-west-3", service: "kms" };
    const plain = await signedHeaders(request, suite, scope, suiteTime);
    const withToken = await signedHeaders(request, { ...suite, sessionToken: "token" }, scope, suiteTime);
    const otherBody = await signedHeaders({ ...request, body: "[]" }, suite, scope, suiteTime);
    expect(withToken["x-amz-security-token"]).toBe("token");
    expect(withToken["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token,");
    expect(otherBody["authorization"]).not.toBe(plain["authorization"]);
  });
});

describe("presignGet", () => {
  it("signs the example of the S3 reference", async () => {
    const url = await presignGet(
      new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
      { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
      { region: "us-east-1", service: "s3" },
      { now: new Date("2013-05-24T00:00:00Z"), expiresIn: 86400 },
    );
    expect(url.searchParams.get("X-Amz-Signature")).toBe("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  });

  it("puts the session token into the signed query, escaped as AWS escapes", async () => {
    const credentials = { ...suite, sessionToken: "a b+c/d=" };
    const scope = { region: "eu-west-3", service: "s3" };
    const url = await presignGet(new URL("http://localhost:4566/media/songs/a%20b.enc"), credentials, scope, { now: suiteTime, expiresIn: 60 });
    expect(url.pathname).toBe("/media/songs/a%20b.enc");
    expect(url.search).toContain("X-Amz-Security-Token=a%20b%2Bc%2Fd%3D");
    const without = await presignGet(new URL("http://localhost:4566/media/songs/a%20b.enc"), suite, scope, { now: suiteTime, expiresIn: 60 });
    expect(url.searchParams.get("X-Amz-Signature")).not.toBe(without.searchParams.get("X-Amz-Signature"));
  });
});

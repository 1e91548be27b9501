import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { Grant, GrantAnswer, GrantRequest, SongFailure } from "../messages";
import { FogNode, songAt, type Listener } from "./fog";
import { Grants } from "./grants";

const folder = new URL("../../../internal/fogfile/testdata/", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("vectors.json", folder), "utf8")).vectors as { name: string; songId: string; dataKey: string; wrappedKey: string }[];
const vector = (name: string) => vectors.find((v) => v.name === name)!;
const container = (name: string) => new Uint8Array(readFileSync(new URL(`${name}.enc`, folder)));

const SONG = vector("three-chunks").songId;
const URL_OF_SONG = `http://localhost:4566/media/songs/${SONG}.enc`;
const config = { region: "eu-west-3", endpoint: "http://localhost:4566", identityPoolId: "p", mediaBucket: "media", catalogTable: "Catalogo", usersTable: "Usuarios", trials: true };
const credentials = (n: number) => ({ accessKeyId: `ASIA${n}`, secretAccessKey: "secret", sessionToken: `token${n}`, expiration: 3_600_000 });

/** S3 and KMS as the worker sees them: they answer what a test says, and remember what was asked. */
class Cloud implements Listener {
  stored: Uint8Array | undefined = container("three-chunks");
  readonly asked: string[] = [];
  readonly failures: SongFailure[] = [];
  readonly waits: number[] = [];
  /** Answers given before the ordinary ones. */
  readonly instead: (Response | Error)[] = [];
  grants = 0;
  config = config;
  time = 0;
  kmsBody: unknown;

  readonly node = new FogNode({
    fetch: async (url, init) => this.#answer(new URL(url), init),
    now: () => new Date(this.time),
    wait: async (milliseconds) => {
      this.waits.push(milliseconds);
      this.time += milliseconds;
    },
  });

  grant = async (fresh: boolean): Promise<Grant> => {
    if (fresh || this.grants === 0) this.grants++;
    return this.#grants.get(this.grants) ?? this.#remember({ config: this.config, credentials: credentials(this.grants) });
  };
  readonly #grants = new Map<number, Grant>();
  #remember(grant: Grant): Grant {
    this.#grants.set(this.grants, grant);
    return grant;
  }

  failed = (failure: SongFailure) => void this.failures.push(failure);

  get(range: string | null, url = URL_OF_SONG) {
    return this.node.answer({ url, range }, this);
  }

  #answer(url: URL, init: RequestInit): Response {
    const headers = new Headers(init.headers);
    const key = url.searchParams.get("X-Amz-Credential")?.split("/")[0] ?? /Credential=(\w+)/.exec(headers.get("authorization") ?? "")?.[1];
    this.asked.push(`${init.method ?? "GET"} ${url.pathname} ${headers.get("Range") ?? headers.get("x-amz-target")} ${key}`);
    const instead = this.instead.shift();
    if (instead instanceof Error) throw instead;
    if (instead) return instead;
    if (init.method === "POST") {
      this.kmsBody = JSON.parse(String(init.body));
      return Response.json({ Plaintext: Buffer.from(vector("three-chunks").dataKey, "hex").toString("base64") });
    }
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.get("Range")!)!.map(Number);
    if (!this.stored) return refused(404, "NoSuchKey");
    if (start! >= this.stored.length) return refused(416, "InvalidRange");
    const part = this.stored.slice(start!, end! + 1);
    const range = `bytes ${start}-${start! + part.length - 1}/${this.stored.length}`;
    return new Response(part, { status: 206, headers: { "Content-Range": range } });
  }
}

const refused = (status: number, code: string, message = "") =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`, { status });

let cloud: Cloud;
beforeEach(() => {
  cloud = new Cloud();
});

describe("the fog node", () => {
  it("answers a range with 206 and the song's own bytes", async () => {
    const response = (await cloud.get("bytes=10-19"))!;
    expect(response.status).toBe(206);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-range": "bytes 10-19/131172",
      "content-length": "10",
      "content-type": "audio/mpeg",
      "accept-ranges": "bytes",
    });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(Array.from({ length: 10 }, (_, i) => 7 * (10 + i)).map((b) => b & 255));
  });

  it("answers 200 with the whole song when no range is asked for", async () => {
    const response = (await cloud.get(null))!;
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBe(131172);
  });

  it("answers 416 past the song's end", async () => {
    const response = (await cloud.get("bytes=131172-"))!;
    expect([response.status, response.headers.get("Content-Range")]).toEqual([416, "bytes */131172"]);
  });

  it("gives the first byte after one range request and one call of KMS", async () => {
    await cloud.get("bytes=0-1");
    expect(cloud.asked).toEqual([`GET /media/songs/${SONG}.enc bytes=0-66063 ASIA1`, "POST / TrentService.Decrypt ASIA1"]);
  });

  it("has KMS unwrap the key for exactly this song", async () => {
    await cloud.get("bytes=0-1");
    const wrapped = Buffer.from(vector("three-chunks").wrappedKey, "hex").toString("base64");
    expect(cloud.kmsBody).toEqual({ CiphertextBlob: wrapped, EncryptionContext: { song_id: SONG } });
  });

  it("asks for one chunk more when the listener seeks", async () => {
    await cloud.get("bytes=0-1");
    cloud.asked.length = 0;
    await cloud.get("bytes=131100-131101");
    expect(cloud.asked).toEqual([`GET /media/songs/${SONG}.enc bytes=131616-131731 ASIA1`]);
  });

  it.each([
    ["another host", `http://elsewhere:4566/media/songs/${SONG}.enc`],
    ["another bucket", `http://localhost:4566/other/songs/${SONG}.enc`],
    ["another folder", `http://localhost:4566/media/x/songs/${SONG}.enc`],
    ["a query of its own", `${URL_OF_SONG}?versionId=1`],
    ["another name", `http://localhost:4566/media/songs/${SONG}.mp3`],
  ])("signs nothing for %s", async (_what, url) => {
    expect(await cloud.get("bytes=0-1", url)).toBeUndefined();
    expect(cloud.asked).toEqual([]);
    expect(cloud.failures).toEqual([]);
  });

  it("renews refused credentials once, and goes on with the new ones", async () => {
    cloud.instead.push(refused(400, "ExpiredToken"));
    expect((await cloud.get("bytes=0-1"))!.status).toBe(206);
    expect(cloud.asked.map((a) => a.split(" ").at(-1))).toEqual(["ASIA1", "ASIA2", "ASIA2"]);
    expect(cloud.failures).toEqual([]);
  });

  it("gives up when new credentials are refused too", async () => {
    cloud.instead.push(refused(400, "ExpiredToken"), refused(400, "ExpiredToken"));
    expect((await cloud.get("bytes=0-1"))!.status).toBe(502);
    expect(cloud.asked.length).toBe(2);
    expect(cloud.failures.map((f) => f.problem)).toEqual(["denied"]);
  });

  it("asks again what did not answer, and what was in trouble", async () => {
    cloud.instead.push(new TypeError("Failed to fetch"), refused(503, "SlowDown"));
    expect((await cloud.get("bytes=0-1"))!.status).toBe(206);
    expect(cloud.waits).toEqual([250, 1000]);
  });

  it("signs anew when an address has grown old", async () => {
    await cloud.get("bytes=0-1");
    cloud.time += 1_900_000;
    await cloud.get("bytes=70000-70001");
    expect(cloud.failures).toEqual([]);
    expect(cloud.asked.length).toBe(3);
  });
});

describe("a failure", () => {
  const cases: [string, (c: Cloud) => void, string][] = [
    ["a changed chunk", (c) => (c.stored![600]! ^= 1), "tampered"],
    ["a changed header", (c) => (c.stored![45]! ^= 1), "tampered"],
    ["a cut container", (c) => (c.stored = c.stored!.slice(0, 90000)), "tampered"],
    ["an empty object", (c) => (c.stored = new Uint8Array()), "tampered"],
    ["an MP3 in the clear", (c) => c.stored!.fill(0xff), "tampered"],
    ["another song in its place", (c) => (c.stored![24]! ^= 1), "tampered"],
    ["a key that KMS knows not", (c) => c.instead.push(first(c), json(400, "InvalidCiphertextException")), "tampered"],
    ["a key that KMS keeps", (c) => c.instead.push(first(c), json(400, "AccessDeniedException")), "denied"],
    ["a missing object", (c) => (c.stored = undefined), "missing"],
    ["a refusal", (c) => c.instead.push(refused(403, "AccessDenied")), "denied"],
    ["a wrong clock", (c) => c.instead.push(refused(403, "RequestTimeTooSkewed")), "clock"],
    ["no network", (c) => c.instead.push(...[1, 2, 3].map(() => new TypeError("Failed to fetch"))), "offline"],
    ["a server in trouble", (c) => c.instead.push(...[1, 2, 3].map(() => refused(500, "InternalError"))), "server"],
    ["a size that CORS hides", (c) => c.instead.push(new Response(new Uint8Array(66064), { status: 206 })), "server"],
  ];
  const first = (c: Cloud) => new Response(c.stored!.slice(0, 66064), { status: 206, headers: { "Content-Range": `bytes 0-66063/${c.stored!.length}` } });
  const json = (status: number, type: string) => new Response(JSON.stringify({ __type: type }), { status });

  it.each(cases)("%s: no audio, and the page is told", async (_what, arrange, problem) => {
    arrange(cloud);
    const response = (await cloud.get("bytes=0-"))!;
    expect(response.status).toBe(502);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(cloud.failures.map((f) => [f.url, f.problem])).toEqual([[URL_OF_SONG, problem]]);
  });

  it("in the middle: what is authentic is given, the rest breaks off", async () => {
    cloud.stored![70000]! ^= 1;
    const response = (await cloud.get("bytes=0-"))!;
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.length).toBe(65536);
    await expect(reader.read()).rejects.toThrow("not what was sealed");
    expect(cloud.failures.map((f) => f.problem)).toEqual(["tampered"]);
  });

  it("is forgotten: the next try reads what is stored then", async () => {
    cloud.stored![45]! ^= 1;
    await cloud.get("bytes=0-");
    cloud.stored![45]! ^= 1;
    expect((await cloud.get("bytes=0-1"))!.status).toBe(206);
  });

  it("with the trial key: played in a stack for trials only", async () => {
    const url = `http://localhost:4566/media/songs/${vector("tiny").songId}.enc`;
    cloud.stored = container("tiny");
    expect((await cloud.get("bytes=0-", url))!.status).toBe(206);
    const serious = new Cloud();
    serious.stored = container("tiny");
    serious.config = { ...config, trials: false };
    expect((await serious.get("bytes=0-", url))!.status).toBe(502);
    expect(serious.failures.map((f) => f.problem)).toEqual(["trials"]);
  });
});

describe("songAt", () => {
  it("knows encrypted songs by their address", () => {
    expect(songAt(URL_OF_SONG)).toBe(SONG);
    expect(songAt(`https://s3.eu-west-3.amazonaws.com/b/songs/${SONG}.enc?x=1`)).toBe(SONG);
    for (const other of ["http://x/songs/../a.enc", `http://x/songs/${SONG}`, `http://x/a${SONG}.enc`, "http://x/?a=/songs/a.enc"]) {
      expect(songAt(other)).toBeUndefined();
    }
  });
});

describe("grants", () => {
  const page = (answer: (request: GrantRequest) => GrantAnswer) => {
    const asked: boolean[] = [];
    return {
      asked,
      postMessage(request: GrantRequest, [port]: Transferable[]) {
        asked.push(request.fresh);
        (port as MessagePort).postMessage(answer(request));
      },
    };
  };
  let time = 0;
  let n = 0;
  const giving = () => page(() => ({ grant: { config, credentials: { ...credentials(++n), expiration: time + 3_600_000 } } }));
  beforeEach(() => {
    time = 0;
    n = 0;
  });

  it("are asked for once and kept", async () => {
    const grants = new Grants(() => time);
    const p = giving();
    await Promise.all([grants.get(p, false), grants.get(p, false)]);
    await grants.get(p, false);
    expect(p.asked).toEqual([false]);
  });

  it("are asked for anew before they run out, and when they were refused", async () => {
    const grants = new Grants(() => time);
    const p = giving();
    await grants.get(p, false);
    time = 3_545_000;
    expect((await grants.get(p, false)).credentials.accessKeyId).toBe("ASIA2");
    expect((await grants.get(p, true)).credentials.accessKeyId).toBe("ASIA3");
    expect(p.asked).toEqual([false, true, true]);
  });

  it("are asked for by a worker that was started again", async () => {
    const p = giving();
    await new Grants(() => time).get(p, false);
    await new Grants(() => time).get(p, false);
    expect(p.asked).toEqual([false, false]);
  });

  it("that the page cannot give are a problem of the song, and may be given later", async () => {
    const grants = new Grants(() => time);
    await expect(grants.get(page(() => ({ problem: "offline", detail: "no network" })), false)).rejects.toMatchObject({ problem: "offline" });
    expect((await grants.get(giving(), false)).credentials.accessKeyId).toBe("ASIA1");
  });
});

import { presignGet, signedHeaders, type Credentials } from "../aws/sigv4";
import { serviceUrl, type Config } from "../config";
import { STATIC_KEY } from "../container/chunks";
import type { Header } from "../container/header";
import type { Grant } from "../messages";
import { refusal, SongError, worthFreshCredentials } from "./problem";
import type { RangeSource } from "./song";

/** Gives the grant to work with; `fresh` after the last one was refused. */
export type GrantSource = (fresh: boolean) => Promise<Grant>;

/** What of the platform this needs; tests put their own in. */
export interface Platform {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Seconds a signed address is good for: longer than any song, shorter than the credentials. */
const ADDRESS_LIFETIME = 1800;
/** Pauses before asking again what did not answer or was in trouble. */
const RETRY_PAUSES = [250, 1000];

/** Reads ranges of an object of S3 with the guest's credentials. */
export function objectRanges(url: string, grants: GrantSource, platform: Platform): RangeSource {
  const signed = new SignedAddress(new URL(url), platform);
  return async (start, end) => {
    const response = await persistently(platform, grants, async (grant) => {
      const address = await signed.for(grant);
      return platform.fetch(address, { headers: { Range: `bytes=${start}-${end}` }, cache: "no-store", credentials: "omit", mode: "cors" });
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, size: objectSize(response, bytes.length) };
  };
}

/** Finds data keys: KMS unwraps them for exactly the song that is wanted; the static key is for trials only. */
export async function dataKey(header: Header, wanted: string, grants: GrantSource, platform: Platform): Promise<Uint8Array> {
  if (header.songId !== wanted) throw new SongError("tampered", `song ${header.songId} stands in the place of ${wanted}`);
  if (header.mode === "static") {
    if (!(await grants(false)).config.trials) throw new SongError("trials", `song ${wanted} is sealed under the trial key`);
    return new TextEncoder().encode(STATIC_KEY);
  }
  const body = JSON.stringify({
    CiphertextBlob: btoa(String.fromCharCode(...header.wrappedKey)),
    EncryptionContext: { song_id: wanted },
  });
  const response = await persistently(platform, grants, ({ config, credentials }) => kmsDecrypt(config, credentials, body, platform));
  const { Plaintext } = (await response.json()) as { Plaintext: string };
  return Uint8Array.from(atob(Plaintext), (c) => c.charCodeAt(0));
}

async function kmsDecrypt(config: Config, credentials: Credentials, body: string, platform: Platform): Promise<Response> {
  const url = new URL(serviceUrl(config, "kms"));
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt" };
  const signed = await signedHeaders({ method: "POST", url, headers, body }, credentials, { region: config.region, service: "kms" }, platform.now());
  return platform.fetch(url.href, { method: "POST", headers: signed, body, cache: "no-store", credentials: "omit", mode: "cors" });
}

/** One presigned address, made anew when the grant changes or it grows old. */
class SignedAddress {
  readonly #url: URL;
  readonly #platform: Platform;
  #grant?: Grant;
  #goodUntil = 0;
  #address = "";

  constructor(url: URL, platform: Platform) {
    this.#url = url;
    this.#platform = platform;
  }

  async for(grant: Grant): Promise<string> {
    const now = this.#platform.now();
    if (this.#grant !== grant || now.getTime() > this.#goodUntil) {
      const scope = { region: grant.config.region, service: "s3" };
      const signed = await presignGet(this.#url, grant.credentials, scope, { now, expiresIn: ADDRESS_LIFETIME });
      this.#grant = grant;
      this.#goodUntil = now.getTime() + (ADDRESS_LIFETIME - 60) * 1000;
      this.#address = signed.href;
    }
    return this.#address;
  }
}

/** Sends a request until it is accepted: again when nothing answers or the server is in trouble, once more when credentials are stale. */
async function persistently(platform: Platform, grants: GrantSource, send: (grant: Grant) => Promise<Response>): Promise<Response> {
  const pauses = RETRY_PAUSES.values();
  let grant = await grants(false);
  let fresh = false;
  for (;;) {
    const outcome = await send(grant).catch((error: unknown) => error);
    if (outcome instanceof Response) {
      if (outcome.ok) return outcome;
      const body = await outcome.text();
      if (!fresh && worthFreshCredentials(outcome.status, body)) {
        fresh = true;
        grant = await grants(true);
        continue;
      }
      const { problem, code } = refusal(outcome.status, body);
      if (problem !== "server") throw new SongError(problem, code);
      await pause(pauses, platform, new SongError(problem, code));
    } else {
      if (!(outcome instanceof TypeError)) throw outcome;
      await pause(pauses, platform, outcome);
    }
  }
}

async function pause(pauses: Iterator<number, undefined>, platform: Platform, error: Error): Promise<void> {
  const next = pauses.next();
  if (next.done) throw error;
  await platform.wait(next.value);
}

/** The size of the whole object: the total in Content-Range; a 200 brought all of it. */
function objectSize(response: Response, length: number): number {
  if (response.status !== 206) return length;
  const total = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
  if (!total) throw new SongError("server", "the media bucket's CORS rules do not expose Content-Range");
  return Number(total);
}

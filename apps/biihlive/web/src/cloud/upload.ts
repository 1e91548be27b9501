/** Uploads to the media bucket, with the credentials that the identity pool gives a member for their own folders. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Clock } from "../app/clock";
import { objectUrl, type Config } from "../config";
import { ProblemError } from "./problem";
import type { Credentials, Session } from "./session";

/** Told how much of a file has gone, from 0 to 1. */
export type Progress = (part: number) => void;

/** How long a signature is good for, in seconds: slow networks need their time. */
const VALID = 900;

export class Uploader {
  readonly #config: Config;
  readonly #session: Session;
  readonly #clock: Clock;

  constructor(config: Config, session: Session, clock: Clock) {
    this.#config = config;
    this.#session = session;
    this.#clock = clock;
  }

  async put(key: string, file: Blob, progress: Progress = () => undefined): Promise<void> {
    let status = await this.#put(key, file, progress, false);
    // Refused: credentials ran out, or this device's clock is wrong. Fresh ones tell the time too.
    if (status === 403) status = await this.#put(key, file, progress, true);
    if (status !== 200) throw new ProblemError("upload", `${key}: ${status}`);
  }

  async #put(key: string, file: Blob, progress: Progress, fresh: boolean): Promise<number> {
    const credentials = await this.#session.credentials(fresh);
    const url = await presign(objectUrl(this.#config, key), this.#config.region, credentials, new Date(this.#clock.now()));
    return send(url, file, progress);
  }
}

/** Signs a PUT in its query: the body is not signed, so a video need not be read twice. */
export async function presign(url: URL, region: string, credentials: Credentials, now: Date): Promise<string> {
  const signer = new SignatureV4({ service: "s3", region, credentials, sha256: Sha256, uriEscapePath: false });
  const { query = {} } = await signer.presign(
    {
      method: "PUT",
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      query: {},
      headers: { host: url.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    },
    { signingDate: now, expiresIn: VALID, unhoistableHeaders: new Set(["x-amz-content-sha256"]), unsignableHeaders: new Set(["x-amz-content-sha256"]) },
  );
  const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return `${url.origin}${url.pathname}?${pairs.join("&")}`;
}

/** XMLHttpRequest, since fetch does not tell how much has gone. */
function send(url: string, file: Blob, progress: Progress): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", file.type);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new ProblemError("offline", "the upload broke off"));
    request.send(file);
  });
}

/**
 * AWS Signature Version 4 with Web Crypto: what the service worker needs of it, and no more.
 *
 * Reads of S3 carry their signature in the query string. A presigned address is a "simple" request for the browser's
 * CORS rules even with a Range header, so reading a song costs no preflight, and one signature serves every range of it.
 */

/** Temporary credentials of the guest identity. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since the epoch; absent if they do not expire. */
  readonly expiration?: number | undefined;
}

/** What a signature is good for besides the request itself. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const encoder = new TextEncoder();

/**
 * Signs a GET in its query string.
 *
 * Only the host is signed beside the query: ranges may differ from one use of the address to the next.
 */
export async function presignGet(
  url: URL,
  credentials: Credentials,
  scope: SigningScope,
  options: { now: Date; expiresIn: number },
): Promise<URL> {
  const stamp = timestamp(options.now);
  const signed = new URL(url);
  const query = signed.searchParams;
  query.set("X-Amz-Algorithm", ALGORITHM);
  query.set("X-Amz-Credential", `${credentials.accessKeyId}/${credentialScope(stamp, scope)}`);
  query.set("X-Amz-Date", stamp);
  query.set("X-Amz-Expires", String(options.expiresIn));
  query.set("X-Amz-SignedHeaders", "host");
  if (credentials.sessionToken) query.set("X-Amz-Security-Token", credentials.sessionToken);
  const canonical = canonicalRequest("GET", signed, { host: signed.host }, "UNSIGNED-PAYLOAD");
  const signature = await sign(canonical, stamp, credentials, scope);
  // Written by hand, not through URLSearchParams: a blank is %20 to AWS, never a plus sign.
  signed.search = `${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
  return signed;
}

/** Signs a request in its headers, and returns all the headers to send (without `host`, which browsers set). */
export async function signedHeaders(
  request: { method: string; url: URL; headers: Record<string, string>; body: string },
  credentials: Credentials,
  scope: SigningScope,
  now: Date,
): Promise<Record<string, string>> {
  const stamp = timestamp(now);
  const headers: Record<string, string> = { ...lowerCased(request.headers), "x-amz-date": stamp };
  if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
  const payload = hex(await crypto.subtle.digest("SHA-256", encoder.encode(request.body)));
  const all = { ...headers, host: request.url.host };
  const signature = await sign(canonicalRequest(request.method, request.url, all, payload), stamp, credentials, scope);
  headers["authorization"] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${credentialScope(stamp, scope)}, ` +
    `SignedHeaders=${headerNames(all).join(";")}, Signature=${signature}`;
  return headers;
}

function canonicalRequest(method: string, url: URL, headers: Record<string, string>, payload: string): string {
  const names = headerNames(headers);
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`);
  return [method, canonicalPath(url), canonicalQuery(url.searchParams), ...lines, "", names.join(";"), payload].join("\n");
}

/** The path encoded exactly once, as S3 wants it; the other services are only ever asked at "/". */
function canonicalPath(url: URL): string {
  return url.pathname
    .split("/")
    .map((segment) => uriEncode(decodeURIComponent(segment)))
    .join("/");
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]): [string, string] => [uriEncode(name), uriEncode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

async function sign(canonical: string, stamp: string, credentials: Credentials, scope: SigningScope): Promise<string> {
  const digest = hex(await crypto.subtle.digest("SHA-256", encoder.encode(canonical)));
  const text = [ALGORITHM, stamp, credentialScope(stamp, scope), digest].join("\n");
  let key: Uint8Array = encoder.encode(`AWS4${credentials.secretAccessKey}`);
  for (const part of [stamp.slice(0, 8), scope.region, scope.service, "aws4_request"]) key = await hmac(key, part);
  return hex(await hmac(key, text));
}

async function hmac(key: Uint8Array, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key as BufferSource, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

function credentialScope(stamp: string, scope: SigningScope): string {
  return `${stamp.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
}

function headerNames(headers: Record<string, string>): string[] {
  return Object.keys(headers).sort(compare);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** 20150830T123600Z */
function timestamp(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** RFC 3986 encoding: everything but letters, digits and -._~ */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hex(bytes: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
}

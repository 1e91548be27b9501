// Starts the niebla binary (NIEBLA_BIN, or ../../bin/niebla) on a free port
// with a directory of its own, strict about members that are not acted on, and
// sets what "niebla env" prints.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";

const binary = process.env.NIEBLA_BIN ?? new URL("../../bin/niebla", import.meta.url).pathname;

export async function start() {
  const dir = await mkdtemp(join(tmpdir(), "niebla-js-"));
  const server = spawn(binary, ["start", "--strict", "--listen", "127.0.0.1:0", "--dir", join(dir, "data")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => {
    server.once("exit", resolve);
    server.once("error", reject);
  });
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    url ??= line.match(/http:\/\/\S+:\d+/)?.[0];
    if (line.trim() === "Ready.") break;
  }
  if (!url) throw new Error(`${binary} ended without being ready: make build first`);
  after(async () => {
    server.kill("SIGTERM");
    const status = await ended;
    await rm(dir, { recursive: true, force: true });
    if (status !== 0) throw new Error(`niebla ended with status ${status}`);
  });
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY"]) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-west-3",
    AWS_CONFIG_FILE: join(dir, "none"),
    AWS_SHARED_CREDENTIALS_FILE: join(dir, "none"),
    NIEBLA_CA: join(dir, "data", "tls", "ca.pem"), // for clients that insist on TLS; made when it is first needed
  });
  return url;
}

// A tap in the wire between the browser and the cloud. It passes everything on as it is, the Host header too, so that
// signatures and virtual hosts hold; it remembers the requests, and a test may hold, change or cut what passes.
import http from "node:http";

/** Reads of encrypted songs: path, first and last byte asked for. */
function songRange(request) {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (request.method !== "GET" || !/\/songs\/[0-9a-f]+\.enc(\?|$)/.test(request.url) || !range) return undefined;
  return { path: request.url.split("?")[0], address: request.url, start: Number(range[1]), end: Number(range[2]) };
}

export class Tap {
  /** Everything that passed: { method, url, host, target, status }. */
  requests = [];
  /** Ranges of songs, in the order they were asked for. */
  ranges = [];
  /** Awaited before the nth range (from 1) is passed on. */
  gate = async (_range, _nth) => {};
  /** Answers instead of the cloud: given { request, range, nth }, returns { status, headers, body } or undefined. */
  instead = () => undefined;
  /** Changes the body of a range's answer in place. */
  change = (_body, _range) => {};
  /** The last answer that gave credentials to the guest. */
  guest = undefined;
  #up = true;
  #sockets = new Set();
  #cloud;
  #server;

  /** A tap before the cloud at `address`, a URL whose host is an IP address or resolves here. */
  static async before(address) {
    const tap = new Tap();
    tap.#cloud = new URL(address);
    tap.#server = http.createServer((request, response) => void tap.#pass(request, response));
    tap.#server.on("connection", (socket) => {
      if (!tap.#up) return socket.destroy();
      tap.#sockets.add(socket);
      socket.on("close", () => tap.#sockets.delete(socket));
    });
    await new Promise((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get port() {
    return this.#server.address().port;
  }

  get endpoint() {
    return `http://localhost:${this.port}`;
  }

  /** Forgets what passed and lets everything pass. */
  reset() {
    this.requests = [];
    this.ranges = [];
    this.gate = async () => {};
    this.instead = () => undefined;
    this.change = () => {};
    this.#up = true;
  }

  /** Cuts every wire, new ones too, until the next reset. */
  cut() {
    this.#up = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request, response) {
    try {
      const body = await read(request);
      const range = songRange(request);
      const nth = range ? this.ranges.push(range) : 0;
      const entry = { method: request.method, url: request.url, host: request.headers.host, target: request.headers["x-amz-target"] };
      this.requests.push(entry);
      if (range) await this.gate(range, nth);
      const answer = this.instead({ request, range, nth }) ?? (await this.#ask(request, body));
      entry.status = answer.status;
      if (range && answer.status === 206) this.change(answer.body, range);
      if (request.url === "/config.json" && answer.status === 200) answer.body = this.#ownConfig(answer.body);
      if (entry.target?.endsWith(".GetCredentialsForIdentity") && answer.status === 200) this.guest = JSON.parse(answer.body);
      delete answer.headers["transfer-encoding"];
      response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
      response.end(answer.body);
    } catch (error) {
      response.destroy(error);
    }
  }

  async #ask(request, body) {
    const options = { host: this.#cloud.hostname, port: this.#cloud.port, method: request.method, path: request.url, headers: request.headers };
    return new Promise((resolve, reject) => {
      const onward = http.request(options, async (answer) => {
        try {
          resolve({ status: answer.statusCode, headers: { ...answer.headers }, body: await read(answer) });
        } catch (error) {
          reject(error);
        }
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }

  /** The page is to reach the cloud through the tap. */
  #ownConfig(body) {
    return Buffer.from(JSON.stringify({ ...JSON.parse(body), endpoint: this.endpoint }));
  }
}

async function read(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

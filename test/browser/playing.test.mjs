// A song, from the cloud's encrypted object to sound.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { heardUntil, listenIn, longest, openStage, picture, play, ready, request } from "./player.mjs";

const HEADER = 512;
const CHUNK = 65536 + 16;

let stage, tap, context, page, leave;
before(async () => {
  stage = await openStage();
  tap = stage.tap;
});
after(() => stage?.close());
beforeEach(async () => {
  tap.reset();
  ({ context, page, leave } = await stage.listener());
  await ready(page);
});
afterEach(() => leave());

test("a song plays, and its first sound needs two ranges of one chunk at most", async () => {
  await listenIn(page);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  tap.gate = async (_range, nth) => (nth > 2 ? held : undefined);
  await play(page);
  await page.waitForFunction(() => document.querySelector("audio").currentTime > 0.3 && window.loudest > 0.01);
  // The third range was perhaps asked for, but not answered: there is sound without it.
  for (const { start, end } of tap.ranges.slice(0, 2)) assert.ok(end - start + 1 <= HEADER + CHUNK, `${start}-${end}`);
  assert.equal(tap.ranges[0].start, 0);
  release();
  await heardUntil(page, 2);
  await page.locator(".song.playing").waitFor();
  await picture(page, "desk-playing");
});

test("a seek is served by a range of its own", async () => {
  const answers = [];
  page.on("response", (r) => /\.enc$/.test(r.url()) && answers.push(r));
  let sought = false;
  // What lies between is not to be had, so that the seek cannot be served by what was read ahead.
  tap.gate = async (_range, nth) => (nth > 2 && !sought ? new Promise(() => {}) : undefined);
  await play(page, await longest(page));
  await heardUntil(page, 0.2);
  const before = tap.ranges.length;
  const farthest = Math.max(...tap.ranges.map((r) => r.end));
  sought = true;
  const target = await page.evaluate(() => {
    const audio = document.querySelector("audio");
    audio.currentTime = audio.duration * 0.8;
    return audio.duration * 0.8;
  });
  await heardUntil(page, target + 0.3);
  const ranges = tap.ranges.slice(before);
  assert.ok(ranges.length > 0);
  for (const { start, end } of ranges) {
    assert.ok(start > farthest + 1, `${start} lies beyond what was read before the seek`);
    assert.equal((start - HEADER) % CHUNK, 0, `${start} is where a chunk starts`);
    assert.ok(end - start + 1 <= CHUNK, `${start}-${end} is one chunk`);
  }
  const served = answers.at(-1);
  assert.ok(served.fromServiceWorker());
  assert.equal(served.status(), 206);
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(served.headers()["content-range"]);
  assert.ok(start / size > 0.5, `the answer starts at ${start} of ${size}`);
});

test("what is stored is not the song", async () => {
  const url = await play(page);
  await heardUntil(page, 0.1);
  const signed = new URL(tap.ranges[0].address, stage.tap.endpoint);
  const stored = await request(signed.href);
  assert.equal(stored.status, 200);
  assert.equal(stored.body.toString("latin1", 0, 7), "fogfile");
  const song = Buffer.from(await page.evaluate(decrypted, url), "latin1");
  // The song, as the worker gives it, is the MP3 that was uploaded: it is named by its own hash.
  assert.equal(song[0], 0xff);
  assert.equal(song[1] & 0xe0, 0xe0);
  assert.equal(crypto.createHash("sha256").update(song).digest("hex").slice(0, 32), /([0-9a-f]{32})\.enc$/.exec(url)[1]);
  // And nothing of it stands in what is stored.
  for (let at = 0; at + 32 < song.length; at += 9973) assert.equal(stored.body.indexOf(song.subarray(at, at + 32)), -1);
  assert.ok(entropy(stored.body.subarray(HEADER)) > 7.99, `stored bytes have ${entropy(stored.body)} bits each`);
});

test("without the guest's signature the object is refused", async () => {
  const url = await play(page);
  await heardUntil(page, 0.1);
  assert.equal((await request(url)).status, 403);
});

test("a song altered in the cloud is not played, and the player says so", async () => {
  await listenIn(page);
  tap.change = (body, { start }) => {
    if (start === 0) body[HEADER + 1000] ^= 1;
  };
  await page.locator(".song-play").first().click();
  const error = page.locator('.player-error[data-problem="tampered"]');
  await error.waitFor();
  assert.match(await error.textContent(), /alterada/);
  assert.equal(await error.getAttribute("role"), "alert");
  assert.deepEqual(await page.evaluate(() => [document.querySelector("audio").currentTime, window.loudest]), [0, 0]);
  await picture(page, "desk-tampered");
  // The next song is none the worse for it.
  tap.change = () => {};
  await play(page, 1);
  await heardUntil(page, 0.3);
  await error.waitFor({ state: "detached" });
});

test("a song altered further on stops there", async () => {
  tap.change = (body, { start }) => {
    if (start > 2 * CHUNK) body[7] ^= 0x80;
  };
  await page.locator(".song-play").first().click();
  await page.locator('.player-error[data-problem="tampered"]').waitFor();
  assert.equal(await page.evaluate(() => document.querySelector("audio").paused), true);
});

test("credentials that are refused are renewed without a word", async () => {
  const given = () => tap.requests.filter((r) => r.target?.endsWith(".GetCredentialsForIdentity")).length;
  const before = given();
  tap.instead = ({ nth }) =>
    nth === 1
      ? {
          status: 400,
          headers: { "content-type": "application/xml", "access-control-allow-origin": "*" },
          body: Buffer.from("<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"),
        }
      : undefined;
  await play(page);
  await heardUntil(page, 0.2);
  assert.equal(given(), before + 1);
});

test("a worker that the browser stopped starts again where the listener is", async () => {
  await play(page, await longest(page));
  await heardUntil(page, 0.2);
  const devtools = await context.newCDPSession(page);
  const stopped = new Promise((resolve) =>
    devtools.on("ServiceWorker.workerVersionUpdated", ({ versions }) => versions.some((v) => v.runningStatus === "stopped") && resolve()),
  );
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  await stopped;
  const target = await page.evaluate(() => (document.querySelector("audio").currentTime = document.querySelector("audio").duration * 0.6));
  await heardUntil(page, target + 0.3);
  assert.equal(await page.locator(".player-error").count(), 0);
});

/** In the page: the whole song as the worker gives it, read in parts at once, for a stream of its own is paced. */
async function decrypted(url) {
  const size = Number((await fetch(url, { headers: { Range: "bytes=0-0" } })).headers.get("Content-Range").split("/")[1]);
  const step = 1 << 18;
  const parts = Array.from({ length: Math.ceil(size / step) }, async (_, i) => {
    const answer = await fetch(url, { headers: { Range: `bytes=${i * step}-${Math.min(size, (i + 1) * step) - 1}` } });
    return Array.from(new Uint8Array(await answer.arrayBuffer()), (b) => String.fromCharCode(b)).join("");
  });
  return (await Promise.all(parts)).join("");
}

/** Bits of surprise in a byte. */
function entropy(bytes) {
  const counts = new Array(256).fill(0);
  for (const b of bytes) counts[b]++;
  return counts.reduce((sum, n) => (n ? sum - (n / bytes.length) * Math.log2(n / bytes.length) : sum), 0);
}

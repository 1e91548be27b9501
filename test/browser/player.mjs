// The player, opened in real Chromium through a tap before the cloud that FOG_URL names.
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import { Tap } from "./tap.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];
/** How long anything may take before a test fails. */
export const PATIENCE = 30_000;

/** Opens a browser and a tap before the site at `site` (FOG_URL, such as http://BUCKET.s3-website.localhost:4566). */
export async function openStage(site = process.env.FOG_URL) {
  if (!site) throw new Error("FOG_URL must name the player's address; test/browser/run sets it");
  const { hostname, port } = new URL(site);
  const cloud = `http://127.0.0.1:${port || 80}`;
  const tap = await Tap.before(cloud);
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  const config = await siteConfig(hostname, port || 80);
  const url = `http://${hostname}:${tap.port}/`;
  return {
    tap,
    config,
    cloud,
    url,
    /** A listener of their own, with nothing kept from others; `leave` fails if the page threw anything. */
    async listener(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "es-ES", ...options });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(url);
      const leave = async () => {
        await context.close();
        assert.deepEqual(complaints, []);
      };
      return { context, page, leave };
    },
    async close() {
      await browser.close();
      await tap.close();
    },
  };
}

/** Waits until the list is there and songs can be decrypted. */
export async function ready(page) {
  await page.locator(".song-play").first().waitFor();
  await page.locator(".preparing").waitFor({ state: "detached" });
}

/** Presses Play of the nth song and gives its address. */
export async function play(page, nth = 0) {
  await page.locator(".song-play").nth(nth).click();
  await page.waitForFunction(() => document.querySelector("audio").src !== "");
  return page.evaluate(() => document.querySelector("audio").src);
}

/** Which song is the longest: a seek in a short one needs no request of its own. */
export async function longest(page) {
  const lengths = await page.locator(".song .length").allTextContents();
  const seconds = lengths.map((text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0));
  return seconds.indexOf(Math.max(...seconds));
}

/** Waits until the song is further than `seconds`. */
export async function heardUntil(page, seconds) {
  await page.waitForFunction((s) => document.querySelector("audio").currentTime > s, seconds, { timeout: PATIENCE });
}

/** Puts a meter behind the audio element; `loudest` then gives the greatest amplitude decoded so far. */
export async function listenIn(page) {
  await page.evaluate(() => {
    const context = new AudioContext();
    const meter = context.createAnalyser();
    context.createMediaElementSource(document.querySelector("audio")).connect(meter);
    meter.connect(context.destination);
    const samples = new Float32Array(meter.fftSize);
    window.loudest = 0;
    setInterval(() => {
      meter.getFloatTimeDomainData(samples);
      window.loudest = Math.max(window.loudest, ...samples.map(Math.abs));
    }, 20);
  });
}

/** A picture of the page, in the folder FOG_PICTURES names, if it does. */
export async function picture(page, name) {
  const folder = process.env.FOG_PICTURES;
  if (!folder) return;
  await fs.mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** One request to the cloud by address, without resolving *.localhost, which Node does not. */
export function request(address, { method = "GET", host, headers = {}, body } = {}) {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: url.port, method, path: url.pathname + url.search, headers: { ...headers, host: host ?? url.host } };
    const sent = http.request(options, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function siteConfig(hostname, port) {
  const answer = await request(`http://127.0.0.1:${port}/config.json`, { host: `${hostname}:${port}` });
  if (answer.status !== 200) throw new Error(`${hostname}: config.json answers ${answer.status}`);
  return JSON.parse(answer.body);
}

// Biihlive, opened in real Chromium by members with browsers of their own, in the cloud that BIIHLIVE_CLOUD names.
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** How long anything may take before a test fails. */
export const PATIENCE = 30_000;
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const DESK = { viewport: { width: 1280, height: 800 } };
const PASSWORD = "Correcta1Contraseña";

/** Opens a browser before the application at `site` (BIIHLIVE_URL) in the cloud at `cloud` (BIIHLIVE_CLOUD, such as http://localhost:4566). */
export async function openStage(site = process.env.BIIHLIVE_URL, cloud = process.env.BIIHLIVE_CLOUD) {
  if (!site || !cloud) throw new Error("BIIHLIVE_URL and BIIHLIVE_CLOUD must name the application and its cloud; test/biihlive/run sets them");
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  return {
    site,
    cloud,
    /** Somebody with a browser of their own; `leave` fails if the page threw anything. */
    async visitor(options = {}) {
      const context = await browser.newContext({ ...PHONE, locale: "es-ES", ...options });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(site);
      const leave = async () => {
        await context.close();
        assert.deepEqual(complaints, []);
      };
      return { context, page, leave };
    },
    /** Somebody who has signed up, with the code from their mail, and is in. */
    async member(nickname, options = {}) {
      const email = `${nickname.toLowerCase()}-${Date.now()}@biihlive.example`;
      const visitor = await this.visitor(options);
      const { page } = visitor;
      await page.goto(`${site}#/signup`);
      await page.locator("[name=email]").fill(email);
      await page.locator("[name=nickname]").fill(nickname);
      await page.locator("[name=password]").fill(PASSWORD);
      await page.locator("form button[type=submit]").click();
      await page.locator("[name=code]").waitFor();
      await page.locator("[name=code]").fill(await this.code(email));
      await page.locator("form button[type=submit]").click();
      await page.locator("nav.tabs").waitFor();
      await page.locator(".home h1", { hasText: nickname }).waitFor();
      return { ...visitor, email, password: PASSWORD, nickname, userId: await userId(page) };
    },
    /** The latest code that was mailed to an address. */
    async code(email) {
      const { messages } = await json(`${cloud}/_niebla/mail?to=${encodeURIComponent(email)}`);
      for (const { body } of messages) {
        const [code] = /\b\d{6}\b/.exec(body) ?? [];
        if (code) return code;
      }
      throw new Error(`no code was mailed to ${email}`);
    },
    close: () => browser.close(),
  };
}

/** Who is signed in on a page: the `sub` of the token that Amplify keeps. */
async function userId(page) {
  return page.evaluate(() => {
    const key = Object.keys(localStorage).find((each) => each.endsWith(".accessToken"));
    return JSON.parse(atob(localStorage[key].split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
  });
}

/** One request by address, without resolving *.localhost, which Node does not. */
export function request(address, { method = "GET", body } = {}) {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: "127.0.0.1", port: url.port, method, path: url.pathname + url.search, headers: { host: url.host } }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function json(address) {
  const { status, body } = await request(address);
  assert.equal(status, 200, `${address}: ${body}`);
  return JSON.parse(body);
}

/** Makes a picture, a JPEG of some colours, with the page's own canvas. */
export async function makePicture(page, { width = 1200, height = 900, hue = 30 } = {}) {
  const base64 = await page.evaluate(
    async ([w, h, angle]) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext("2d");
      const sky = context.createLinearGradient(0, 0, w, h);
      sky.addColorStop(0, `hsl(${angle} 80% 70%)`);
      sky.addColorStop(1, `hsl(${angle + 60} 70% 40%)`);
      context.fillStyle = sky;
      context.fillRect(0, 0, w, h);
      context.fillStyle = `hsl(${angle + 180} 60% 85%)`;
      context.beginPath();
      context.arc(w * 0.5, h * 0.42, h * 0.22, 0, 7);
      context.fill();
      context.beginPath();
      context.ellipse(w * 0.5, h * 1.02, h * 0.42, h * 0.34, 0, 0, 7);
      context.fill();
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
    },
    [width, height, hue],
  );
  return { name: "picture.jpg", mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") };
}

/** Makes a video, an MP4 of a second, with the page's own recorder. */
export async function makeVideo(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 180, height: 240 });
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: "video/mp4" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let i = 0; i < 15; i++) {
      context.fillStyle = `hsl(${20 + i * 6} 80% 60%)`;
      context.fillRect(0, 0, 180, 240);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  });
  return { name: "video.mp4", mimeType: "video/mp4", buffer: Buffer.from(base64, "base64") };
}

/** A picture of the page, in the folder BIIHLIVE_PICTURES names, if it does. */
export async function picture(page, name) {
  const folder = process.env.BIIHLIVE_PICTURES;
  if (!folder) return;
  await fs.mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

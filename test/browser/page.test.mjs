// The page itself: keyboard, languages, themes, sizes, and a network that is gone.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { heardUntil, openStage, picture, play, ready } from "./player.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.close());
beforeEach(() => stage.tap.reset());

const audio = (page, member) => page.evaluate((m) => document.querySelector("audio")[m], member);

test("the keyboard does it all", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const focus = () => page.evaluate(() => [...document.querySelectorAll(".song-play")].indexOf(document.activeElement));
  assert.equal(await focus(), 1);
  await page.keyboard.press("Enter");
  await heardUntil(page, 0.2);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("audio").paused);
  const before = await audio(page, "currentTime");
  await page.keyboard.press("ArrowRight");
  assert.ok((await audio(page, "currentTime")) > before + 4);
  await page.keyboard.press("ArrowLeft");
  assert.ok((await audio(page, "currentTime")) < before + 1);
  await page.keyboard.press("m");
  assert.equal(await audio(page, "muted"), true);
  await page.keyboard.press(" ");
  await page.waitForFunction(() => !document.querySelector("audio").paused);
  await page.getByLabel("Volumen").focus();
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("audio").paused);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  await page.keyboard.type("zzzz");
  await page.locator(".blank").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".song").first().waitFor();
  await leave();
});

test("it speaks the browser's language, and the one that is chosen", async () => {
  const { page, leave } = await stage.listener({ locale: "en-GB" });
  await ready(page);
  assert.match(await page.locator("#songs-title").textContent(), /^Songs/);
  await page.getByRole("button", { name: /Español/ }).click();
  assert.match(await page.locator("#songs-title").textContent(), /^Canciones/);
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
  await page.reload();
  await ready(page);
  assert.match(await page.locator("#songs-title").textContent(), /^Canciones/);
  await leave();
});

test("every control has a name, and nothing sticks out of a phone", async () => {
  const { page, leave } = await stage.listener({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await ready(page);
  await play(page);
  await heardUntil(page, 0.2);
  for (const control of await page.locator("button, input").all()) {
    if (!(await control.isVisible())) continue;
    const html = await control.evaluate((e) => e.outerHTML.slice(0, 120));
    const named = await control.evaluate((e) => e.ariaLabel || e.textContent.trim() || e.labels?.length > 0);
    assert.ok(named, html);
    const box = await control.boundingBox();
    if (html.startsWith("<button")) assert.ok(box.width >= 38 && box.height >= 38, `a finger's size: ${html}`);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await picture(page, "phone-playing");
  await leave();
});

test("a dark browser gets a dark page", async () => {
  const { page, leave } = await stage.listener({ colorScheme: "dark" });
  await ready(page);
  const brightness = () => page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)[0]));
  assert.ok((await brightness()) < 60);
  await picture(page, "desk-dark");
  await page.getByRole("button", { name: "Usar el tema claro" }).click();
  assert.ok((await brightness()) > 200);
  await leave();
});

test("without a network the page opens all the same, with the list as last seen", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  const songs = await page.locator(".song").count();
  stage.tap.cut();
  await page.reload();
  await page.locator(".notice").waitFor();
  assert.equal(await page.locator(".song").count(), songs);
  await page.locator(".song-play").first().click();
  await page.locator('.player-error[data-problem="offline"]').waitFor();
  await picture(page, "desk-offline");
  stage.tap.reset();
  await page.locator(".player-error .button").click();
  await heardUntil(page, 0.2);
  await leave();
});

test("a catalogue without songs says what to do", async () => {
  stage.tap.instead = ({ request }) =>
    request.headers["x-amz-target"]?.endsWith(".Scan")
      ? { status: 200, headers: { "content-type": "application/x-amz-json-1.0", "access-control-allow-origin": "*" }, body: Buffer.from('{"Items":[],"Count":0,"ScannedCount":0}') }
      : undefined;
  const { page, leave } = await stage.listener();
  await page.locator(".blank").waitFor();
  assert.match(await page.locator(".blank").textContent(), /Todavía no hay canciones/);
  await picture(page, "desk-empty");
  stage.tap.reset();
  await page.locator(".blank .button").click();
  await ready(page);
  await leave();
});

test("a page without its configuration says so", async () => {
  stage.tap.instead = ({ request }) => (request.url === "/config.json" ? { status: 404, headers: {}, body: Buffer.from("") } : undefined);
  const { page, leave } = await stage.listener();
  await page.locator('.notice[role="alert"]').waitFor();
  assert.match(await page.locator(".notice").textContent(), /config\.json/);
  await leave();
});

// Two members of Biihlive, each in a browser of their own: what one does the other sees, without reloading anything.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { DESK, makePicture, makeVideo, openStage, PATIENCE, picture, request } from "./stage.mjs";

const run = promisify(execFile);
const niebla = (...words) => run(process.env.NIEBLA_BIN, words, { env: { ...process.env, NIEBLA_ENDPOINT: stage.cloud } });

let stage, ana, bea;
before(async () => {
  stage = await openStage();
  ana = await stage.member("Ana");
  bea = await stage.member("Bea", { ...DESK, locale: "en-GB" });
});
after(() => stage?.close());

const open = async ({ page }, where) => page.goto(`${stage.site}#/${where}`);
const counter = ({ page }, name) => page.locator(`[data-counter=${name}] .count`);

/** Presses what a file is chosen with, and chooses one. */
const choose = (page, name, file) => page.locator(`input[name=${name}]`).setInputFiles(file);

test("each says who they are, in their own language", async () => {
  for (const [member, city] of [
    [ana, "madrid"],
    [bea, "Madrid"],
  ]) {
    await open(member, "me");
    await member.page.locator("a[href='#/edit']").click();
    await member.page.locator("[name=country]").selectOption("ES");
    await member.page.locator("[name=city]").fill(city);
    await member.page.locator("[name=bio]").fill("Café, trenes y tejados.");
    await member.page.locator("form button[type=submit]").click();
    await member.page.locator(".chips", { hasText: "Madrid" }).waitFor();
  }
  assert.match(await ana.page.locator(".chips").textContent(), /España/);
  assert.match(await bea.page.locator(".chips").textContent(), /Spain/);
  await picture(ana.page, "profile-es");
  await picture(bea.page, "profile-en-desk");
});

test("a photo of one's own comes back processed, through the edge, and is kept there", async () => {
  const { page } = ana;
  await open(ana, "me");
  await choose(page, "portrait", await makePicture(page, { width: 2400, height: 1800 }));
  await page.locator(".portrait[data-step=uploading], .portrait[data-step=processing]").waitFor();
  const photo = page.locator(`.portrait img[src^="/profile-photos/${ana.userId}/photo_"]`);
  await photo.waitFor();
  await page.locator(".portrait[data-step=none]").waitFor();
  // What the page shows is what the function made: 512 pixels, without the metadata of the upload.
  assert.equal(await photo.evaluate(async (img) => (await img.decode(), img.naturalWidth)), 512);
  const address = new URL(await photo.getAttribute("src"), stage.site).href;
  const answers = [await request(address), await request(address)];
  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.match(answers[0].headers["x-cache"], /^(Miss|Hit) from cloudfront$/);
  assert.equal(answers[1].headers["x-cache"], "Hit from cloudfront");
  await picture(page, "portrait");
});

test("who is followed sees the counter move, and who follows sees theirs", async () => {
  await open(bea, "me");
  assert.equal(await counter(bea, "seguidores").textContent(), "0");
  await open(ana, "");
  await ana.page.getByRole("searchbox").pressSequentially("be");
  await ana.page.locator(".row-title", { hasText: /^Bea$/ }).first().waitFor();
  await picture(ana.page, "search");
  await ana.page.locator(`a[href="#/members/${bea.userId}"]`).click();
  await ana.page.getByRole("button", { name: "Seguir a Bea" }).click();
  await counter(bea, "seguidores").filter({ hasText: /^1$/ }).waitFor();
  await counter(ana, "seguidores").filter({ hasText: /^1$/ }).waitFor();
  await picture(ana.page, "followed");
  await open(ana, "me");
  await counter(ana, "siguiendo").filter({ hasText: /^1$/ }).waitFor();
  await ana.page.locator("[data-counter=siguiendo]").click();
  await ana.page.locator(".rows .row-title", { hasText: "Bea" }).waitFor();
  await picture(ana.page, "following");
});

test("photos are made small on the device and stay in the grid", async () => {
  const { page } = bea;
  await open(bea, "me");
  for (const hue of [10, 300]) {
    await choose(page, "photo", await makePicture(page, { width: 3000, height: 2000, hue }));
    await page.locator("dialog .caption").fill(`Tarde ${hue}`);
    if (hue === 10) await picture(page, "upload");
    await page.locator("dialog button[type=submit]").click();
    await page.locator("dialog").waitFor({ state: "detached" });
  }
  await open(ana, `members/${bea.userId}`);
  const tiles = ana.page.locator(".grid .tile img");
  await tiles.first().waitFor();
  assert.equal(await tiles.count(), 2);
  await picture(ana.page, "grid");
  await ana.page.locator(".grid .tile:not(.bone)").first().click();
  const large = ana.page.locator("dialog.viewer img");
  await large.waitFor();
  assert.equal(await large.evaluate(async (img) => (await img.decode(), img.naturalWidth)), 1600);
  assert.equal(await ana.page.locator("dialog figcaption p").first().textContent(), "Tarde 300");
  await picture(ana.page, "viewer");
  await ana.page.keyboard.press("Escape");
  await ana.page.locator("dialog").waitFor({ state: "detached" });
});

test("a video plays for others, and is never kept at the edge", async () => {
  const { page } = bea;
  await page.getByRole("tab", { name: "Videos" }).click();
  await choose(page, "video", await makeVideo(page));
  await page.locator("dialog button[type=submit]").click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await ana.page.getByRole("tab", { name: "Vídeos" }).click();
  await ana.page.locator(".grid .tile:not(.bone)").click();
  const video = ana.page.locator("dialog video");
  await ana.page.waitForFunction(() => document.querySelector("dialog video")?.currentTime > 0.2);
  const address = new URL(await video.getAttribute("src"), stage.site).href;
  await request(address);
  assert.equal((await request(address)).headers["x-cache"], "Miss from cloudfront");
  await ana.page.keyboard.press("Escape");
  await ana.page.locator("dialog").waitFor({ state: "detached" });
});

test("they write to each other, live, and know what was read", async () => {
  await open(bea, "");
  await open(ana, `members/${bea.userId}`);
  await ana.page.getByRole("link", { name: "Mensaje" }).click();
  await ana.page.locator(".blank", { hasText: "Saluda a Bea" }).waitFor();
  await picture(ana.page, "chat-empty");
  const say = async ({ page }, text) => {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  };
  const bubble = ({ page }, text) => page.locator(".bubble:not(.draft)", { hasText: text });
  await say(ana, "¡Hola, Bea!");
  await bubble(ana, "¡Hola, Bea!").waitFor();
  // Bea is elsewhere: the message is counted.
  await bea.page.locator(".tab .badge", { hasText: "1" }).waitFor();
  await picture(bea.page, "unread");
  await bea.page.locator(".tab[href='#/chats']").click();
  await bea.page.locator(".row", { hasText: "¡Hola, Bea!" }).click();
  await bubble(bea, "¡Hola, Bea!").waitFor();
  await ana.page.locator(".bubble.mine .mark.read").waitFor();
  await bea.page.locator(".tab .badge").waitFor({ state: "detached" });
  await say(bea, "Hi, Ana. Coffee at five?");
  await bubble(ana, "Coffee at five?").waitFor();
  await bea.page.locator(".bubble.mine .mark.read").waitFor();
  for (let i = 1; i <= 3; i++) await say(ana, `Mensaje ${i}`);
  await bubble(bea, "Mensaje 3").waitFor();
  assert.deepEqual(await bea.page.locator(".bubble p").allTextContents(), ["¡Hola, Bea!", "Hi, Ana. Coffee at five?", "Mensaje 1", "Mensaje 2", "Mensaje 3"]);
  assert.equal(await ana.page.locator(".chat-bar .row-note").textContent(), "En línea");
  await picture(ana.page, "chat");
  await picture(bea.page, "chat-desk");
});

test("what was said while one had no network is there when it is back", async () => {
  await ana.context.setOffline(true);
  await ana.page.locator(".composer textarea").fill("Sin red");
  await ana.page.keyboard.press("Enter");
  await ana.page.locator(".bubble.failed").waitFor();
  await picture(ana.page, "offline");
  await bea.page.locator(".composer textarea").fill("Are you there?");
  await bea.page.keyboard.press("Enter");
  await bea.page.locator(".bubble:not(.draft)", { hasText: "Are you there?" }).waitFor();
  await ana.context.setOffline(false);
  await ana.page.locator(".bubble", { hasText: "Are you there?" }).waitFor();
  await ana.page.locator(".bubble.failed").getByRole("button", { name: "Reintentar" }).click();
  await bea.page.locator(".bubble", { hasText: "Sin red" }).waitFor();
});

test("who goes is seen to have gone", async () => {
  await open(ana, `members/${bea.userId}`);
  await ana.page.locator(".presence .here").waitFor();
  await bea.page.goto("about:blank");
  await ana.page.locator(".presence .here").waitFor({ state: "detached" });
  await bea.page.goto(`${stage.site}#/`);
  await ana.page.locator(".presence .here").waitFor();
});

test("what the tables refuse reaches members as a notice, and the operator as a mail", async () => {
  const operator = await ana.context.newPage();
  const mail = (text) => operator.locator("article", { hasText: text });
  await operator.goto(`${stage.cloud}/_niebla/mailbox?to=alarms@biihlive.example`);
  await mail("Subscription Confirmation").getByRole("link", { name: /confirmation/ }).click();
  await operator.waitForLoadState();

  await niebla("fault", "throttle", "dynamodb");
  await open(bea, "me");
  await bea.page.reload();
  await bea.page.locator('.notice[data-problem="busy"]').first().waitFor();
  await picture(bea.page, "throttled");
  await niebla("fault", "clear");
  await niebla("clock", "advance", "2m");
  const patience = Date.now() + PATIENCE;
  do {
    await operator.goto(`${stage.cloud}/_niebla/mailbox?to=alarms@biihlive.example`);
  } while (!(await mail('ALARM: "biihlive-dynamodb-throttling"').count()) && Date.now() < patience);
  assert.match(await mail('ALARM: "biihlive-dynamodb-throttling"').first().textContent(), /Threshold Crossed/);
  await picture(operator, "alarm-mail");
  await operator.close();
  await open(bea, "");
  await bea.page.reload();
  await bea.page.locator(".home h1", { hasText: "Bea" }).waitFor();
});

test("a day later there is a ranking, for everybody to see", async () => {
  await open(ana, "rankings");
  await ana.page.locator(".blank, .ranking").first().waitFor();
  await picture(ana.page, "no-ranking");
  await niebla("clock", "advance", "24h");
  const rows = ana.page.locator(".ranking .row");
  // The function runs at three in the morning; if it fails it is tried again after a minute, and after two more.
  const patience = Date.now() + 4 * 60_000;
  do {
    await ana.page.reload();
    await rows.or(ana.page.locator(".rankings .blank")).first().waitFor();
  } while (!(await rows.count()) && Date.now() < patience);
  assert.match(await rows.first().textContent(), /^1.*Bea.*10/);
  assert.equal(await ana.page.locator(".ranking .row[aria-current] .row-title").textContent(), "Ana");
  assert.match(await ana.page.locator(".edition").textContent(), /^Edición del \d+ de \w+ de \d{4}/);
  await picture(ana.page, "ranking");
  await ana.page.getByRole("button", { name: "Ciudad" }).click();
  await ana.page.locator(".ranking .row", { hasText: "Bea" }).waitFor();
  const guest = await stage.visitor({ ...DESK, locale: "en-GB", colorScheme: "dark" });
  await guest.page.getByRole("link", { name: /rankings/ }).click();
  await guest.page.locator(".ranking .row", { hasText: "Bea" }).waitFor();
  await picture(guest.page, "ranking-guest-dark");
  await guest.leave();
});

test("who forgot their password chooses another, with a code from their mail", async () => {
  const { page } = ana;
  await open(ana, "settings");
  await page.getByRole("button", { name: "Cerrar sesión" }).click();
  await page.getByRole("link", { name: "He olvidado la contraseña" }).click();
  await page.locator("[name=email]").fill(ana.email);
  await page.locator("form button[type=submit]").click();
  await page.locator("[name=code]").fill("000000");
  await page.locator("[name=password]").fill("Another1Password");
  await page.locator("form button[type=submit]").click();
  await page.locator('.notice[data-problem="wrongCode"]').waitFor();
  await picture(page, "wrong-code");
  await page.locator("[name=code]").fill(await stage.code(ana.email));
  await page.locator("form button[type=submit]").click();
  await page.locator(".home h1", { hasText: "Ana" }).waitFor();
  await page.reload();
  await page.locator(".home h1", { hasText: "Ana" }).waitFor();
});

test("neither page threw anything", async () => {
  await ana.leave();
  await bea.leave();
});

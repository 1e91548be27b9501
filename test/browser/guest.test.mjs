// The guest: an identity without a login, and the one row it may write.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { heardUntil, openStage, picture, play, PATIENCE, ready } from "./player.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.close());
beforeEach(() => stage.tap.reset());

/** A client with the very credentials that the page got. */
function asGuest() {
  const { AccessKeyId, SecretKey, SessionToken } = stage.tap.guest.Credentials;
  return new DynamoDBClient({
    region: stage.config.region,
    endpoint: stage.cloud,
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken },
  });
}

const rowOf = (id) => ({ TableName: stage.config.usersTable, Key: { device_id: { S: id } } });

test("what is listened to is counted here and kept in the guest's own row", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  const genre = "Rock"; // what the fog node was made to count
  const genres = await page.locator(".song .genre").allTextContents();
  assert.ok(genres.includes(genre), `no song of Rock among ${genres}`);
  await play(page, genres.indexOf(genre));
  await heardUntil(page, 0.2);
  assert.equal(await page.locator(".tastes li").count(), 0, "a song that has just started does not count yet");
  // Faster, so that the test is: seconds heard count, not seconds waited.
  await page.evaluate(() => (document.querySelector("audio").playbackRate = 4));
  await page.locator(".sync.saved").waitFor();
  assert.equal(await page.locator(".taste-name").first().textContent(), genre);
  assert.equal(await page.locator(".rock strong").textContent(), "1");

  const { Item } = await asGuest().send(new GetItemCommand({ ...rowOf(stage.tap.guest.IdentityId), ConsistentRead: true }));
  assert.deepEqual(Item?.tastes, { M: { [genre]: { N: "1" } } });
  await picture(page, "desk-tastes");
  await leave();
});

test("another guest's row is refused, and so is everything else", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  const guest = asGuest();
  const other = `${stage.config.region}:00000000-0000-4000-8000-000000000000`;
  const tastes = { M: { Rock: { N: "99" } } };
  const set = { UpdateExpression: "SET tastes = :t", ExpressionAttributeValues: { ":t": tastes } };
  const { usersTable, catalogTable } = stage.config;
  const refused = {
    "write another's row": new UpdateItemCommand({ ...rowOf(other), ...set }),
    "replace another's row": new PutItemCommand({ TableName: usersTable, Item: { device_id: { S: other }, tastes } }),
    "read another's row": new GetItemCommand(rowOf(other)),
    "read all rows": new ScanCommand({ TableName: usersTable }),
    "write the catalogue": new PutItemCommand({ TableName: catalogTable, Item: { song_id: { S: "x" } } }),
  };
  for (const [what, command] of Object.entries(refused)) {
    await assert.rejects(guest.send(command), { name: "AccessDeniedException" }, what);
  }
  await guest.send(new UpdateItemCommand({ ...rowOf(stage.tap.guest.IdentityId), ...set }));
  await leave();
});

test("a guest is the same at the next visit, and another browser's guest is another", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  const first = stage.tap.guest.IdentityId;
  stage.tap.guest = undefined;
  await page.reload();
  await ready(page);
  assert.equal(stage.tap.guest.IdentityId, first);
  assert.equal(await page.locator(".guest").getAttribute("title"), first);
  const next = await stage.listener();
  await ready(next.page);
  assert.notEqual(stage.tap.guest.IdentityId, first);
  await Promise.all([leave(), next.leave()]);
});

test("an identity that the cloud has forgotten is replaced", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  const first = stage.tap.guest.IdentityId;
  await page.evaluate((id) => {
    const key = Object.keys(localStorage).find((k) => localStorage[k] === id);
    localStorage[key] = id.replace(/.{12}$/, "000000000000");
  }, first);
  await page.reload();
  await ready(page);
  assert.notEqual(stage.tap.guest.IdentityId.slice(-12), "000000000000");
  await leave();
});

test("without a network plays are kept, and saved when it is back", async () => {
  const { page, leave } = await stage.listener();
  await ready(page);
  await play(page);
  await heardUntil(page, 0.2);
  stage.tap.instead = ({ request }) =>
    request.headers["x-amz-target"]?.endsWith(".UpdateItem") || request.method === "OPTIONS"
      ? { status: 503, headers: {}, body: Buffer.from("") }
      : undefined;
  await page.evaluate(() => (document.querySelector("audio").playbackRate = 4));
  await page.locator(".sync.waiting").waitFor();
  await page.evaluate(() => document.querySelector("audio").pause());
  assert.equal(await page.locator(".sync.saved").count(), 0);
  stage.tap.reset();
  await page.reload();
  await page.locator(".sync.saved").waitFor({ timeout: PATIENCE });
  const { Item } = await asGuest().send(new GetItemCommand({ ...rowOf(stage.tap.guest.IdentityId), ConsistentRead: true }));
  assert.equal(Object.values(Item?.tastes.M ?? {}).reduce((sum, { N }) => sum + Number(N), 0), 1);
  await leave();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { start } from "./niebla.mjs";

await start();
const db = new DynamoDBClient();
const TableName = "Catalogo";

test("tables, items, conditions and pages", async () => {
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "song_id", AttributeType: "S" },
        { AttributeName: "n", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "song_id", KeyType: "HASH" },
        { AttributeName: "n", KeyType: "RANGE" },
      ],
    }),
  );
  await waitUntilTableExists({ client: db, maxWaitTime: 30 }, { TableName });
  for (let n = 0; n < 7; n++) {
    await db.send(
      new PutItemCommand({
        TableName,
        Item: { song_id: { S: "s" }, n: { N: String(n) }, raw: { B: new Uint8Array([0, 255]) }, tags: { SS: ["a", "b"] } },
        ConditionExpression: "attribute_not_exists(song_id)",
      }),
    );
  }
  const key = { song_id: { S: "s" }, n: { N: "3" } };
  await assert.rejects(
    db.send(new PutItemCommand({ TableName, Item: key, ConditionExpression: "attribute_not_exists(song_id)" })),
    { name: "ConditionalCheckFailedException" },
  );
  const updated = await db.send(
    new UpdateItemCommand({
      TableName,
      Key: key,
      UpdateExpression: "SET plays = if_not_exists(plays, :zero) + :one",
      ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" } },
      ReturnValues: "ALL_NEW",
    }),
  );
  assert.deepEqual(updated.Attributes.plays, { N: "1" });
  const got = await db.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }));
  assert.deepEqual([...got.Item.raw.B], [0, 255]);
  const seen = [];
  const pages = paginateQuery(
    { client: db, pageSize: 3 },
    { TableName, KeyConditionExpression: "song_id = :s", ExpressionAttributeValues: { ":s": { S: "s" } }, ScanIndexForward: false },
  );
  for await (const page of pages) seen.push(...page.Items.map((i) => i.n.N));
  assert.deepEqual(seen, ["6", "5", "4", "3", "2", "1", "0"]);
  await db.send(new DeleteTableCommand({ TableName }));
  await assert.rejects(db.send(new GetItemCommand({ TableName, Key: key })), { name: "ResourceNotFoundException" });
});

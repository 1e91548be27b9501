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
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import * as doc from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
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

// documents makes a table that JavaScript values are kept in, and removes it after the test.
async function documents(t, TableName) {
  const keys = [
    ["owner", "S", "HASH"],
    ["n", "N", "RANGE"],
  ];
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: keys.map(([AttributeName, , KeyType]) => ({ AttributeName, KeyType })),
    }),
  );
  const exists = await waitUntilTableExists({ client: db, maxWaitTime: 30 }, { TableName });
  assert.equal(exists.state, "SUCCESS");
  t.after(async () => {
    await db.send(new DeleteTableCommand({ TableName }));
    const gone = await waitUntilTableNotExists({ client: db, maxWaitTime: 30 }, { TableName });
    assert.equal(gone.state, "SUCCESS");
  });
}

const client = (wrapNumbers) =>
  doc.DynamoDBDocumentClient.from(db, { marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true }, unmarshallOptions: { wrapNumbers } });

test("the document client: values as they are", async (t) => {
  const TableName = "Documents";
  await documents(t, TableName);
  const c = client(false);
  class Song {
    constructor() {
      this.title = "Niebla";
      this.forgotten = undefined;
    }
  }
  const Item = {
    owner: "ana",
    n: 1,
    song: new Song(),
    list: [1, "two", null, true, [{ deep: 1.5 }], undefined],
    words: new Set(["b", "a", "ñ"]),
    primes: new Set([7, 2, 11]),
    blobs: new Set([new Uint8Array([255]), new Uint8Array([0, 1])]),
    raw: new Uint8Array([0, 255]),
    empty: "",
    nothing: undefined,
  };
  await c.send(new doc.PutCommand({ TableName, Item }));
  const kept = { ...Item, song: { title: "Niebla" }, list: Item.list.slice(0, -1) };
  delete kept.nothing;
  const got = await c.send(new doc.GetCommand({ TableName, Key: { owner: "ana", n: 1 }, ConsistentRead: true }));
  assert.deepEqual(got.Item, kept);
  assert.deepEqual(unmarshall(marshall(kept)), kept);
  const plain = await db.send(new GetItemCommand({ TableName, Key: marshall({ owner: "ana", n: 1 }) }));
  assert.deepEqual(unmarshall(plain.Item), kept);
  assert.deepEqual([...plain.Item.primes.NS].sort(), ["11", "2", "7"]);

  const updated = await c.send(
    new doc.UpdateCommand({
      TableName,
      Key: { owner: "ana", n: 1 },
      UpdateExpression: "ADD words :w DELETE primes :p SET song.plays = :n, #list[1] = :v REMOVE blobs, #raw",
      ExpressionAttributeNames: { "#list": "list", "#raw": "raw" },
      ExpressionAttributeValues: { ":w": new Set(["c"]), ":p": new Set([7, 5]), ":n": 3, ":v": { two: 2 } },
      ReturnValues: "ALL_NEW",
    }),
  );
  const { blobs, raw, ...rest } = kept;
  assert.deepEqual(updated.Attributes, {
    ...rest,
    words: new Set(["a", "b", "c", "ñ"]),
    primes: new Set([2, 11]),
    song: { title: "Niebla", plays: 3 },
    list: [1, { two: 2 }, null, true, [{ deep: 1.5 }]],
  });
  const condition = { ConditionExpression: "contains(words, :w)", ExpressionAttributeValues: { ":w": "z" } };
  await assert.rejects(
    c.send(new doc.DeleteCommand({ TableName, Key: { owner: "ana", n: 1 }, ...condition, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })),
    (e) => e.name === "ConditionalCheckFailedException" && e.Item.n.N === "1", // the client leaves errors as they are
  );
  const deleted = await c.send(new doc.DeleteCommand({ TableName, Key: { owner: "ana", n: 1 }, ReturnValues: "ALL_OLD" }));
  assert.deepEqual(deleted.Attributes, updated.Attributes);
});

test("the document client: numbers beyond JavaScript's", async (t) => {
  const TableName = "Numbers";
  await documents(t, TableName);
  const c = client(true);
  const numbers = {
    big: 12345678901234567890n,
    digits: doc.NumberValue.from("0.12345678901234567890123456789012345678"),
    huge: doc.NumberValue.from("9.9999999999999999999999999999999999999E+125"),
    set: new Set([9007199254740993n, doc.NumberValue.from("-1E-130")]),
  };
  await c.send(new doc.PutCommand({ TableName, Item: { owner: "ana", n: 1, ...numbers } }));
  const { Item } = await c.send(new doc.GetCommand({ TableName, Key: { owner: "ana", n: 1 } }));
  assert.equal(Item.n.value, "1");
  assert.equal(Item.big.toBigInt(), numbers.big);
  assert.equal(Item.digits.value, "0.12345678901234567890123456789012345678");
  assert.equal(Item.huge.value, "9".repeat(38) + "0".repeat(88));
  assert.deepEqual([...Item.set].map((v) => v.value).sort(), ["-0." + "0".repeat(129) + "1", "9007199254740993"]);
  const unwrapped = await client(false).send(new doc.GetCommand({ TableName, Key: { owner: "ana", n: 1 } }));
  assert.deepEqual(unwrapped.Item, {
    owner: "ana",
    n: 1,
    big: numbers.big,
    digits: 0.12345678901234568,
    huge: BigInt(Item.huge.value),
    set: new Set([-1e-130, 9007199254740993n]),
  });
});

test("the document client: many items, pages, transactions and statements", async (t) => {
  const TableName = "Many";
  await documents(t, TableName);
  const c = client(false);
  const song = (n) => ({ owner: "ana", n, genre: n % 2 ? "rock" : "fado", tags: new Set(["t" + n]) });
  const wrote = await c.send(
    new doc.BatchWriteCommand({ RequestItems: { [TableName]: Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: song(n) } })) } }),
  );
  assert.deepEqual(wrote.UnprocessedItems, {});
  const read = await c.send(
    new doc.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [3, 24, 99].map((n) => ({ owner: "ana", n })), ConsistentRead: true } } }),
  );
  assert.deepEqual(read.UnprocessedKeys, {});
  assert.deepEqual(read.Responses[TableName].sort((a, b) => a.n - b.n), [song(3), song(24)]);

  const query = {
    TableName,
    KeyConditionExpression: "#o = :o AND n BETWEEN :a AND :b",
    FilterExpression: "genre = :g",
    ExpressionAttributeNames: { "#o": "owner" },
    ExpressionAttributeValues: { ":o": "ana", ":a": 5, ":b": 15, ":g": "rock" },
    ScanIndexForward: false,
  };
  const one = await c.send(new doc.QueryCommand({ ...query, Limit: 4 }));
  assert.deepEqual([one.Items.map((i) => i.n), one.Count, one.ScannedCount, one.LastEvaluatedKey], [[15, 13], 2, 4, { owner: "ana", n: 12 }]);
  const pages = [];
  for await (const page of doc.paginateQuery({ client: c, pageSize: 4 }, query)) pages.push(page.Items.map((i) => i.n));
  assert.deepEqual(pages, [[15, 13], [11, 9], [7, 5]]);
  const all = [];
  for await (const page of doc.paginateScan({ client: c, pageSize: 10 }, { TableName })) all.push(page.Items);
  assert.deepEqual(all.map((p) => p.length), [10, 10, 5]);
  assert.deepEqual(all.flat(), Array.from({ length: 25 }, (_, n) => song(n)));
  const counted = await c.send(new doc.ScanCommand({ TableName, Select: "COUNT", FilterExpression: "contains(tags, :t)", ExpressionAttributeValues: { ":t": "t7" } }));
  assert.deepEqual([counted.Count, counted.ScannedCount, counted.Items], [1, 25, undefined]);

  await c.send(
    new doc.TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: song(30), ConditionExpression: "attribute_not_exists(n)" } },
        { Update: { TableName, Key: { owner: "ana", n: 3 }, UpdateExpression: "ADD tags :t", ExpressionAttributeValues: { ":t": new Set(["new"]) } } },
        { Delete: { TableName, Key: { owner: "ana", n: 4 } } },
        { ConditionCheck: { TableName, Key: { owner: "ana", n: 5 }, ConditionExpression: "genre = :g", ExpressionAttributeValues: { ":g": "rock" } } },
      ],
    }),
  );
  const { Responses } = await c.send(new doc.TransactGetCommand({ TransactItems: [30, 3, 4].map((n) => ({ Get: { TableName, Key: { owner: "ana", n } } })) }));
  assert.deepEqual(Responses.map((r) => r.Item), [song(30), { ...song(3), tags: new Set(["t3", "new"]) }, undefined]);
  await assert.rejects(
    c.send(
      new doc.TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: song(31) } },
          { Delete: { TableName, Key: { owner: "ana", n: 5 }, ConditionExpression: "attribute_not_exists(n)" } },
        ],
      }),
    ),
    (e) => e.name === "TransactionCanceledException" && e.CancellationReasons.map((r) => r.Code).join() === "None,ConditionalCheckFailed",
  );

  const selected = await c.send(
    new doc.ExecuteStatementCommand({ Statement: `SELECT n, tags FROM "${TableName}" WHERE owner = ? AND n IN [?, ?]`, Parameters: ["ana", 7, 5] }),
  );
  assert.deepEqual(selected.Items.sort((a, b) => a.n - b.n), [5, 7].map((n) => ({ n, tags: song(n).tags })));
  const batch = await c.send(
    new doc.BatchExecuteStatementCommand({
      Statements: [
        { Statement: `INSERT INTO "${TableName}" VALUE ?`, Parameters: [song(40)] },
        { Statement: `INSERT INTO "${TableName}" VALUE ?`, Parameters: [song(5)] },
      ],
    }),
  );
  assert.deepEqual(batch.Responses.map((r) => r.Error?.Code), [undefined, "DuplicateItem"]);
  await c.send(
    new doc.ExecuteTransactionCommand({
      TransactStatements: [{ Statement: `UPDATE "${TableName}" SET genre = ? WHERE owner = ? AND n = ?`, Parameters: [{ of: ["pop"] }, "ana", 40] }],
    }),
  );
  const last = await c.send(new doc.GetCommand({ TableName, Key: { owner: "ana", n: 40 }, ProjectionExpression: "genre.#of[0]", ExpressionAttributeNames: { "#of": "of" } }));
  assert.deepEqual(last.Item, { genre: { of: ["pop"] } });
});

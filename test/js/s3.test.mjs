import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { start } from "./niebla.mjs";

await start();
// The endpoint is an IP address, which makes the SDK write bucket names into
// paths. With a host name it would put them in front of it, and that name
// would have to resolve: then give it forcePathStyle.
const s3 = new S3Client();
const Bucket = "songs";

test("objects: buffers, streams, ranges, links", async () => {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-3" } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "a/ä b+c.enc", Body: "0123456789", Metadata: { title: "fog" } }));
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: "a/ä b+c.enc", Range: "bytes=2-4" }));
  assert.equal(await part.Body.transformToString(), "234");
  assert.equal(part.ContentRange, "bytes 2-4/10");

  // A stream is sent in chunks with its checksum behind it.
  const body = Buffer.alloc(200_000, "x");
  await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "stream" }));
  assert.equal(head.ContentLength, body.length);
  const whole = await s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
  assert.deepEqual(Buffer.from(await whole.Body.transformToByteArray()), body);

  const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "link" }), { expiresIn: 60 });
  assert.equal((await fetch(put, { method: "PUT", body: "by link" })).status, 200);
  const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "link" }), { expiresIn: 60 });
  assert.equal(await (await fetch(get)).text(), "by link");

  await assert.rejects(s3.send(new GetObjectCommand({ Bucket, Key: "none" })), { name: "NoSuchKey" });
  const listed = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
  assert.deepEqual(listed.CommonPrefixes, [{ Prefix: "a/" }]);
  assert.deepEqual(listed.Contents.map((o) => o.Key), ["link", "stream"]);
  const Objects = ["a/ä b+c.enc", "link", "stream"].map((Key) => ({ Key }));
  const gone = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  assert.equal(gone.Deleted.length, 3);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

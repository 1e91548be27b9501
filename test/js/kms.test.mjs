import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from "@aws-sdk/client-kms";
import { start } from "./niebla.mjs";

await start();
const kms = new KMSClient();

test("keys encrypt under a context, and errors have their types", async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: "songs" }));
  assert.equal(KeyMetadata.KeyState, "Enabled");
  assert.ok(KeyMetadata.CreationDate instanceof Date);
  await kms.send(new CreateAliasCommand({ AliasName: "alias/songs", TargetKeyId: KeyMetadata.KeyId }));
  const EncryptionContext = { song: "1" };
  const data = await kms.send(new GenerateDataKeyCommand({ KeyId: "alias/songs", KeySpec: "AES_256", EncryptionContext }));
  assert.equal(data.Plaintext.length, 32);
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: data.CiphertextBlob, EncryptionContext }));
  assert.deepEqual(opened.Plaintext, data.Plaintext);
  await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob: data.CiphertextBlob })), { name: "InvalidCiphertextException" });
  await assert.rejects(kms.send(new DescribeKeyCommand({ KeyId: "alias/none" })), { name: "NotFoundException" });
  await assert.rejects(kms.send(new EncryptCommand({ KeyId: "alias/songs", Plaintext: new Uint8Array(4097) })), { name: "ValidationException" });
});

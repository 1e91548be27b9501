import base64
import json
import subprocess

import niebla


class CLI(niebla.Case):
    def aws(self, *args, fails=None):
        """Runs the AWS CLI with no flags but the command's own."""
        done = subprocess.run(["aws", *args], capture_output=True, text=True, timeout=120)
        if fails:
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(fails, done.stderr)
            return None
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    def test_sts(self):
        self.assertEqual(self.aws("sts", "get-caller-identity")["Arn"], "arn:aws:iam::000000000000:root")

    def test_kms(self):
        key = self.aws("kms", "create-key", "--description", "songs")["KeyMetadata"]["KeyId"]
        with open(f"{self.dir}/plain", "wb") as f:
            f.write(b"hello")
        blob = self.aws("kms", "encrypt", "--key-id", key, "--plaintext", f"fileb://{self.dir}/plain", "--encryption-context", "song=1")["CiphertextBlob"]
        # Version 1 takes raw bytes on the command line and version 2 base64; both take a file.
        with open(f"{self.dir}/blob", "wb") as f:
            f.write(base64.b64decode(blob))
        opened = self.aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{self.dir}/blob", "--encryption-context", "song=1")
        self.assertEqual(base64.b64decode(opened["Plaintext"]), b"hello")
        self.aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{self.dir}/blob", fails="InvalidCiphertextException")

    def test_s3(self):
        self.aws("s3", "mb", "s3://tapes")
        path = f"{self.dir}/tape"
        with open(path, "wb") as f:
            f.write(b"side a\n" * 2_000_000)
        self.aws("s3", "cp", path, "s3://tapes/a/tape", "--only-show-errors")
        self.aws("s3", "cp", "s3://tapes/a/tape", path + ".back", "--only-show-errors")
        with open(path, "rb") as a, open(path + ".back", "rb") as b:
            self.assertEqual(a.read(), b.read())
        self.assertIn("tape", self.aws("s3", "ls", "s3://tapes/a/"))
        self.aws("s3", "rm", "s3://tapes/", "--recursive")
        self.aws("s3", "rb", "s3://tapes")
        self.aws("s3", "ls", "s3://tapes", fails="NoSuchBucket")

    def test_dynamodb(self):
        self.aws(
            "dynamodb", "create-table", "--table-name", "Tapes", "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=k,AttributeType=S", "--key-schema", "AttributeName=k,KeyType=HASH",
        )  # fmt: skip
        self.aws("dynamodb", "wait", "table-exists", "--table-name", "Tapes")
        self.aws("dynamodb", "put-item", "--table-name", "Tapes", "--item", '{"k":{"S":"a"},"n":{"N":"1"}}')
        self.assertEqual(self.aws("dynamodb", "get-item", "--table-name", "Tapes", "--key", '{"k":{"S":"a"}}')["Item"]["n"], {"N": "1"})
        self.aws("dynamodb", "get-item", "--table-name", "None", "--key", '{"k":{"S":"a"}}', fails="ResourceNotFoundException")

    def test_streams(self):
        arn = self.aws(
            "dynamodb", "create-table", "--table-name", "Follows", "--provisioned-throughput", "ReadCapacityUnits=1,WriteCapacityUnits=1",
            "--attribute-definitions", "AttributeName=k,AttributeType=S", "--key-schema", "AttributeName=k,KeyType=HASH",
            "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_IMAGE",
        )["TableDescription"]["LatestStreamArn"]  # fmt: skip
        self.aws("dynamodb", "put-item", "--table-name", "Follows", "--item", '{"k":{"S":"a"}}')
        shard = self.aws("dynamodbstreams", "describe-stream", "--stream-arn", arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = self.aws("dynamodbstreams", "get-shard-iterator", "--stream-arn", arn, "--shard-id", shard, "--shard-iterator-type", "TRIM_HORIZON")
        records = self.aws("dynamodbstreams", "get-records", "--shard-iterator", iterator["ShardIterator"])["Records"]
        self.assertEqual([r["dynamodb"]["NewImage"] for r in records], [{"k": {"S": "a"}}])

    def test_notifications(self):
        self.aws("s3", "mb", "s3://notified")
        config = {"EventBridgeConfiguration": {}}
        self.aws("s3api", "put-bucket-notification-configuration", "--bucket", "notified", "--notification-configuration", json.dumps(config))
        self.assertEqual(self.aws("s3api", "get-bucket-notification-configuration", "--bucket", "notified"), config)
        self.aws("s3api", "put-bucket-metrics-configuration", "--bucket", "notified", "--id", "EntireBucket", "--metrics-configuration", '{"Id":"EntireBucket"}')
        listed = self.aws("s3api", "list-bucket-metrics-configurations", "--bucket", "notified")
        self.assertEqual(listed["MetricsConfigurationList"], [{"Id": "EntireBucket"}])

    def test_iam(self):
        self.aws("iam", "create-user", "--user-name", "dev-saul")
        self.aws("iam", "attach-user-policy", "--user-name", "dev-saul", "--policy-arn", "arn:aws:iam::aws:policy/AdministratorAccess")
        attached = self.aws("iam", "list-attached-user-policies", "--user-name", "dev-saul")["AttachedPolicies"]
        self.assertEqual([p["PolicyName"] for p in attached], ["AdministratorAccess"])
        self.aws("iam", "get-role", "--role-name", "none", fails="NoSuchEntity")

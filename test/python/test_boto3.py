import json
import threading

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import niebla


class Boto3(niebla.Case):
    def setUp(self):
        self.session = boto3.session.Session()

    def client(self, service, credentials=None, **config):
        """A client with no settings but the environment's, or with temporary credentials."""
        keys = {}
        if credentials:
            keys = dict(
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials.get("SecretAccessKey") or credentials["SecretKey"],
                aws_session_token=credentials["SessionToken"],
            )
        c = self.session.client(service, config=Config(**config) if config else None, **keys)
        self.addCleanup(c.close)
        return c

    def refused(self, code, call, **args):
        with self.assertRaises(ClientError) as caught:
            call(**args)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_kms(self):
        kms = self.client("kms")
        key = kms.create_key(Tags=[{"TagKey": "team", "TagValue": "music"}])["KeyMetadata"]
        context = {"song": "1"}
        data = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256", EncryptionContext=context)
        opened = kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
        self.assertEqual(opened["Plaintext"], data["Plaintext"])
        self.refused("InvalidCiphertextException", kms.decrypt, CiphertextBlob=data["CiphertextBlob"])
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
        self.refused("KMSInvalidStateException", kms.decrypt, CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
        self.refused("NotFoundException", kms.describe_key, KeyId="alias/none")

    def test_s3(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="songs", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        s3.put_bucket_versioning(Bucket="songs", VersioningConfiguration={"Status": "Enabled"})
        first = s3.put_object(Bucket="songs", Key="a/ä b+c.enc", Body=b"first", Metadata={"title": "fog"})
        second = s3.put_object(Bucket="songs", Key="a/ä b+c.enc", Body=b"second")
        self.assertNotEqual(first["VersionId"], second["VersionId"])
        old = s3.get_object(Bucket="songs", Key="a/ä b+c.enc", VersionId=first["VersionId"])
        self.assertEqual((old["Body"].read(), old["Metadata"]), (b"first", {"title": "fog"}))
        part = s3.get_object(Bucket="songs", Key="a/ä b+c.enc", Range="bytes=-3")
        self.assertEqual((part["Body"].read(), part["ContentRange"]), (b"ond", "bytes 3-5/6"))
        self.refused("NoSuchKey", s3.get_object, Bucket="songs", Key="none")
        self.refused("NoSuchBucket", s3.list_objects_v2, Bucket="no-such-bucket-here")
        listed = s3.list_objects_v2(Bucket="songs", Delimiter="/")
        self.assertEqual([p["Prefix"] for p in listed["CommonPrefixes"]], ["a/"])

    def test_s3_transfer(self):
        """The transfer manager uploads in parts, several at once."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket="transfer", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        path = f"{self.dir}/big"
        with open(path, "wb") as f:
            f.write(b"0123456789abcdef" * (20 << 16))  # 20 MiB
        s3.upload_file(path, "transfer", "big")
        self.assertRegex(s3.head_object(Bucket="transfer", Key="big")["ETag"], r"-3\"$")
        s3.download_file("transfer", "big", path + ".back")
        with open(path, "rb") as a, open(path + ".back", "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_dynamodb(self):
        db = self.session.resource("dynamodb")
        self.addCleanup(db.meta.client.close)
        table = db.create_table(
            TableName="Catalogo",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "song_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "song_id", "KeyType": "HASH"}],
        )
        table.wait_until_exists()
        with table.batch_writer() as batch:
            for n in range(60):
                batch.put_item(Item={"song_id": f"s{n}", "n": n, "tags": {"a", "b"}})
        self.assertEqual(sum(len(p["Items"]) for p in db.meta.client.get_paginator("scan").paginate(TableName="Catalogo", Limit=7)), 60)
        from boto3.dynamodb.conditions import Attr

        self.refused("ConditionalCheckFailedException", table.put_item, Item={"song_id": "s1"}, ConditionExpression=Attr("song_id").not_exists())
        # Many writers on one counter lose nothing.
        client = db.meta.client
        threads = [
            threading.Thread(
                target=lambda: [
                    client.update_item(TableName="Catalogo", Key={"song_id": "count"}, UpdateExpression="ADD plays :one", ExpressionAttributeValues={":one": 1})
                    for _ in range(25)
                ]
            )
            for _ in range(4)
        ]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(table.get_item(Key={"song_id": "count"})["Item"]["plays"], 100)
        table.delete()

    def test_guest(self):
        pools = self.client("cognito-identity")
        pool = pools.create_identity_pool(IdentityPoolName="fog", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
        iam = self.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}},
            },
        }
        role = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        self.assertEqual(role["AssumeRolePolicyDocument"], trust)
        pools.set_identity_pool_roles(IdentityPoolId=pool, Roles={"unauthenticated": role["Arn"]})
        browser = self.client("cognito-identity", signature_version=UNSIGNED)
        identity = browser.get_id(IdentityPoolId=pool)["IdentityId"]
        credentials = browser.get_credentials_for_identity(IdentityId=identity)["Credentials"]
        who = self.client("sts", credentials).get_caller_identity()
        self.assertEqual(who["Arn"], "arn:aws:sts::000000000000:assumed-role/guest/CognitoIdentityCredentials")
        message = self.refused("AccessDeniedException", self.client("kms", credentials).list_keys)
        self.assertIn("is not authorized to perform: kms:ListKeys on resource: ", message)
        self.refused("ResourceNotFoundException", browser.get_id, IdentityPoolId="eu-west-3:00000000-0000-4000-8000-000000000000")

import json
import threading
from decimal import Decimal, Inexact

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

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

    def table(self, name):
        """The resource of a new table, whose key is owner (S) and n (N)."""
        db = self.session.resource("dynamodb")
        self.addCleanup(db.meta.client.close)
        table = db.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
            KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        )
        table.wait_until_exists()
        self.addCleanup(table.wait_until_not_exists)
        self.addCleanup(table.delete)
        return table

    def test_dynamodb_values(self):
        """Items of the resource are Python values, and come back as they were."""
        table = self.table("Values")
        item = {
            "owner": "ana",
            "n": Decimal("1"),
            "digits": Decimal("0.12345678901234567890123456789012345678"),
            "long": Decimal("-" + "9" * 38),
            "words": {"ñ", "b", "a"},
            "primes": {Decimal(7), Decimal("2.5")},
            "blobs": {Binary(b"\x00\xff"), Binary(b"x")},
            "raw": Binary(b"\xff\x00"),
            "none": None,
            "empty": ["", b"", {}, []],
            "deep": [{"list": [True, {"n": Decimal("1E-130")}]}],
        }
        table.put_item(Item=item)
        want = {**item, "empty": ["", Binary(b""), {}, []]}
        self.assertEqual(table.get_item(Key={"owner": "ana", "n": 1}, ConsistentRead=True)["Item"], want)
        with self.assertRaisesRegex(TypeError, "Float types are not supported"):
            table.put_item(Item={"owner": "ana", "n": 1.5})
        with self.assertRaises(Inexact):
            table.put_item(Item={"owner": "ana", "n": Decimal("1." + "1" * 38)})
        # The client beneath speaks DynamoDB's own types, which the serializers read and write.
        raw = boto3.client("dynamodb")
        self.addCleanup(raw.close)
        write, read = TypeSerializer().serialize, TypeDeserializer().deserialize
        key = {"owner": write("ana"), "n": write(1)}
        self.assertEqual(key, {"owner": {"S": "ana"}, "n": {"N": "1"}})
        stored = raw.get_item(TableName="Values", Key=key)["Item"]
        self.assertEqual({k: read(v) for k, v in stored.items()}, want)
        raw.put_item(TableName="Values", Item={k: write(v) for k, v in {**item, "n": 2}.items()})
        self.assertEqual(table.get_item(Key={"owner": "ana", "n": 2})["Item"], {**want, "n": 2})

        changed = table.update_item(
            Key={"owner": "ana", "n": 1},
            UpdateExpression="ADD words :w, digits :d DELETE primes :p SET deep[0].#l[1] = :v REMOVE blobs",
            ConditionExpression=Attr("words").contains("ñ") & Attr("primes").size().eq(2) & ~Attr("deep").attribute_type("M") & Attr("deep[0].list").exists(),
            ExpressionAttributeNames={"#l": "list"},
            ExpressionAttributeValues={":w": {"c"}, ":d": Decimal("0.5"), ":p": {Decimal("2.5")}, ":v": "here"},
            ReturnValues="UPDATED_NEW",
        )["Attributes"]
        self.assertEqual(
            changed,
            {
                "words": {"ñ", "a", "b", "c"},
                "digits": Decimal("0.62345678901234567890123456789012345678"),
                "primes": {Decimal(7)},
                "deep": [{"list": ["here"]}],
            },
        )
        with self.assertRaises(table.meta.client.exceptions.ConditionalCheckFailedException) as caught:
            table.delete_item(
                Key={"owner": "ana", "n": 2},
                ConditionExpression=Attr("raw").ne(Binary(b"\xff\x00")) | Attr("none").not_exists(),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        self.assertEqual(caught.exception.response["Item"]["n"], {"N": "2"})
        self.assertEqual(table.delete_item(Key={"owner": "ana", "n": 2}, ReturnValues="ALL_OLD")["Attributes"], {**want, "n": 2})

    def test_dynamodb_reads(self):
        """Batch writers, conditions and pages of the resource and of the client beneath."""
        table = self.table("Reads")
        with table.batch_writer(overwrite_by_pkeys=["owner", "n"]) as batch:
            for turn in (1, 2):  # the second replaces the first before it is sent
                for n in range(30):
                    batch.put_item(Item={"owner": "ana", "n": n, "turn": turn, "genre": "rock" if n % 2 else "fado"})
            batch.put_item(Item={"owner": "eva", "n": 1, "genre": "pop"})
            batch.delete_item(Key={"owner": "ana", "n": 29})
        mine = table.query(KeyConditionExpression=Key("owner").eq("ana"))
        self.assertEqual([(i["n"], i["turn"]) for i in mine["Items"]], [(n, 2) for n in range(29)])
        with self.assertRaises(ClientError) as caught, table.batch_writer() as batch:
            for _ in range(2):
                batch.put_item(Item={"owner": "ana", "n": 1})
        self.assertEqual(caught.exception.response["Error"]["Message"], "Provided list of item keys contains duplicates")

        page = table.query(
            KeyConditionExpression=Key("owner").eq("ana") & Key("n").between(5, 25),
            FilterExpression=Attr("genre").is_in(["rock", "pop"]) & Attr("turn").gte(2) & Attr("none").not_exists(),
            ProjectionExpression="n",
            ScanIndexForward=False,
            Limit=6,
        )
        self.assertEqual(page["Items"], [{"n": 25}, {"n": 23}, {"n": 21}])
        self.assertEqual((page["Count"], page["ScannedCount"], page["LastEvaluatedKey"]), (3, 6, {"owner": "ana", "n": 20}))
        rest = table.query(KeyConditionExpression=Key("owner").eq("ana") & Key("n").gt(20), ExclusiveStartKey={"owner": "ana", "n": 26})
        self.assertEqual([i["n"] for i in rest["Items"]], [27, 28])
        scanned = table.scan(FilterExpression=Attr("genre").begins_with("p") | Attr("n").lt(2), Select="COUNT")
        self.assertEqual((scanned["Count"], scanned["ScannedCount"]), (3, 30))

        client = table.meta.client  # takes conditions and values, like the resource
        pages = client.get_paginator("query").paginate(
            TableName="Reads", KeyConditionExpression=Key("owner").eq("ana") & Key("n").lte(15), PaginationConfig={"PageSize": 7}
        )
        self.assertEqual([[i["n"] for i in p["Items"]] for p in pages], [[*range(7)], [*range(7, 14)], [14, 15]])
        # boto3 resumes from where the items ended, not the page: with plain types, as its tokens cannot hold a Decimal.
        raw = boto3.client("dynamodb")
        self.addCleanup(raw.close)
        query = dict(TableName="Reads", KeyConditionExpression="#o = :o", ExpressionAttributeNames={"#o": "owner"}, ExpressionAttributeValues={":o": {"S": "ana"}})
        pages = raw.get_paginator("query").paginate(**query, PaginationConfig={"PageSize": 7, "MaxItems": 16})
        numbers = lambda pages: [[int(i["n"]["N"]) for i in p["Items"]] for p in pages]
        self.assertEqual(numbers(pages), [[*range(7)], [*range(7, 14)], [14, 15]])
        rest = raw.get_paginator("query").paginate(**query, PaginationConfig={"StartingToken": pages.resume_token})
        self.assertEqual(numbers(rest), [[*range(16, 29)]])
        segments = [
            client.get_paginator("scan").paginate(TableName="Reads", Segment=s, TotalSegments=3, PaginationConfig={"PageSize": 4}).build_full_result()["Items"]
            for s in range(3)
        ]
        self.assertEqual(sorted((i["owner"], i["n"]) for s in segments for i in s), [("ana", n) for n in range(29)] + [("eva", 1)])

    def test_dynamodb_tables(self):
        """Collections, paginators and waiters of tables."""
        names = [f"Tables-{n}" for n in range(5)]
        tables = [self.table(n) for n in names]
        db = self.session.resource("dynamodb")
        self.addCleanup(db.meta.client.close)
        ours = [t.name for t in db.tables.all() if t.name.startswith("Tables-")]
        self.assertEqual(ours, names)
        self.assertEqual([t.name for t in db.tables.limit(1)], [next(iter(db.tables.all())).name])
        self.assertEqual([len(p) for p in db.tables.page_size(2).pages()][:2], [2, 2])
        lists = db.meta.client.get_paginator("list_tables")
        pages = list(lists.paginate(ExclusiveStartTableName="Tables-0", PaginationConfig={"PageSize": 3, "MaxItems": 4}))
        self.assertEqual([p["TableNames"] for p in pages], [names[1:4], names[4:]])
        self.assertIn("Tables-3", lists.paginate().search("TableNames[]"))

        tables[0].put_item(Item={"owner": "ana", "n": 1})
        tables[0].reload()
        self.assertEqual((tables[0].table_status, tables[0].item_count), ("ACTIVE", 1))
        self.assertEqual(tables[0].key_schema[1], {"AttributeName": "n", "KeyType": "RANGE"})
        quick = {"Delay": 0.01, "MaxAttempts": 2}
        db.meta.client.get_waiter("table_exists").wait(TableName="Tables-0", WaiterConfig=quick)
        for waiter, table in (("table_exists", "none"), ("table_not_exists", "Tables-0")):
            with self.assertRaisesRegex(WaiterError, "Max attempts exceeded"):
                db.meta.client.get_waiter(waiter).wait(TableName=table, WaiterConfig=quick)
        db.meta.client.get_waiter("table_not_exists").wait(TableName="none", WaiterConfig=quick)

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

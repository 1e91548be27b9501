import json
import os
import subprocess
import time

import boto3
from botocore.exceptions import ClientError

import niebla


class Events(niebla.Case):
    """What changes in tables and buckets, and who hears of it."""

    def client(self, service):
        c = boto3.session.Session().client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
        self.addCleanup(c.close)
        return c

    def records(self, streams, arn):
        """All records of a stream, as a consumer reads them: shard by shard."""
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator, Limit=2)
                yield from page["Records"]
                iterator = page.get("NextShardIterator") if page["Records"] else None

    def test_stream(self):
        ddb, streams = self.client("dynamodb"), self.client("dynamodbstreams")
        table = ddb.create_table(
            TableName="BIIHLIVE-SOCIAL-V2",
            AttributeDefinitions=[{"AttributeName": "followerId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "followerId", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        arn = table["LatestStreamArn"]
        self.assertEqual(streams.list_streams(TableName="BIIHLIVE-SOCIAL-V2")["Streams"][0]["StreamArn"], arn)
        for n in "1", "1", "2":  # the second changes nothing
            ddb.put_item(TableName="BIIHLIVE-SOCIAL-V2", Item={"followerId": {"S": "u1"}, "n": {"N": n}})
        ddb.delete_item(TableName="BIIHLIVE-SOCIAL-V2", Key={"followerId": {"S": "u1"}})
        got = [(r["eventName"], r["dynamodb"].get("OldImage", {}).get("n"), r["dynamodb"].get("NewImage", {}).get("n")) for r in self.records(streams, arn)]
        self.assertEqual(got, [("INSERT", None, {"N": "1"}), ("MODIFY", {"N": "1"}, {"N": "2"}), ("REMOVE", {"N": "2"}, None)])
        ddb.update_table(TableName="BIIHLIVE-SOCIAL-V2", StreamSpecification={"StreamEnabled": False})
        self.assertEqual(streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"], "DISABLED")
        self.assertEqual(len(list(self.records(streams, arn))), 3)
        with self.assertRaises(ClientError) as caught:
            streams.get_records(ShardIterator="nonsense")
        self.assertEqual(caught.exception.response["Error"]["Code"], "ValidationException")

    def test_ttl(self):
        ddb, streams = self.client("dynamodb"), self.client("dynamodbstreams")
        arn = ddb.create_table(
            TableName="sessions",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )["TableDescription"]["LatestStreamArn"]
        ddb.update_time_to_live(TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        ddb.put_item(TableName="sessions", Item={"id": {"S": "a"}, "until": {"N": str(int(time.time()) + 3600)}})
        self.assertEqual(ddb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]["AttributeName"], "until")
        subprocess.run([niebla.BINARY, "clock", "advance", "1h1m", "--endpoint", self.url], check=True, stdout=subprocess.DEVNULL)
        deadline = time.time() + 20
        while ddb.scan(TableName="sessions")["Count"] and time.time() < deadline:
            pass
        last = list(self.records(streams, arn))[-1]
        self.assertEqual((last["eventName"], last["userIdentity"]), ("REMOVE", {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}))

    def test_bucket(self):
        s3, sqs = self.client("s3"), self.client("sqs")
        s3.create_bucket(Bucket="biihlivemedia", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        queue = sqs.create_queue(QueueName="uploads")["QueueUrl"]
        target = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        config = {
            "QueueConfigurations": [
                {
                    "Id": "photos",
                    "QueueArn": target,
                    "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "profile-photos/"}]}},
                }
            ]
        }
        with self.assertRaises(ClientError) as caught:  # the queue does not let the bucket in
            s3.put_bucket_notification_configuration(Bucket="biihlivemedia", NotificationConfiguration=config)
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidArgument")
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": target,
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::biihlivemedia"}, "StringEquals": {"aws:SourceAccount": "000000000000"}},
        }
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
        s3.put_bucket_notification_configuration(Bucket="biihlivemedia", NotificationConfiguration=config)
        read = s3.get_bucket_notification_configuration(Bucket="biihlivemedia")
        read.pop("ResponseMetadata")
        self.assertEqual(read, config)
        s3.put_object(Bucket="biihlivemedia", Key="profile-photos/u 1/photo.jpg", Body=b"jpeg")
        s3.put_object(Bucket="biihlivemedia", Key="videos/u1/video.mp4", Body=b"mp4")
        s3.delete_object(Bucket="biihlivemedia", Key="profile-photos/u 1/photo.jpg")
        got, deadline = [], time.time() + 20
        while len(got) < 3 and time.time() < deadline:
            for m in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", []):
                body = json.loads(m["Body"])
                got.append(body["Event"] if "Event" in body else (body["Records"][0]["eventName"], body["Records"][0]["s3"]["object"]["key"]))
        self.assertCountEqual(
            got,
            ["s3:TestEvent", ("ObjectCreated:Put", "profile-photos/u+1/photo.jpg"), ("ObjectRemoved:Delete", "profile-photos/u+1/photo.jpg")],
        )

import http.server
import json
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import niebla


def allow(service, arn):
    """A queue's policy that lets a service send for one of its resources."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": arn}},
    }]})


class Messaging(niebla.Case):
    """SQS, SNS and EventBridge. boto3 checks the MD5s of messages and attributes that it sends and receives."""

    def setUp(self):
        self.sqs, self.sns, self.events = (boto3.client(name) for name in ("sqs", "sns", "events"))

    def queue(self, name, **attributes):
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def test_queue(self):
        url, _ = self.queue("work", VisibilityTimeout="1")
        sent = self.sqs.send_message(QueueUrl=url, MessageBody="niño", MessageAttributes={
            "n": {"DataType": "Number", "StringValue": "5"}, "b": {"DataType": "Binary", "BinaryValue": b"\0\1"},
        })
        for receive in ("1", "2"):  # nobody deletes it, so it comes again
            [m] = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5, AttributeNames=["All"], MessageAttributeNames=["All"])["Messages"]
            self.assertEqual((m["MessageId"], m["Body"], m["MessageAttributes"]["b"]["BinaryValue"]), (sent["MessageId"], "niño", b"\0\1"))
            self.assertEqual(m["Attributes"]["ApproximateReceiveCount"], receive)
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
        threading.Timer(0.5, lambda: boto3.client("sqs").send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "late"}])).start()
        begin = time.monotonic()
        [m] = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
        self.assertLess(time.monotonic() - begin, 10)
        with self.assertRaises(self.sqs.exceptions.QueueDoesNotExist):
            self.sqs.send_message(QueueUrl=url + "x", MessageBody="x")

    def form(self, path, **parameters):
        """What SDKs of before 2023 send: a form, to the queue's own path."""
        body = urllib.parse.urlencode({"Version": "2012-11-05", **parameters})
        r = AWSRequest("POST", self.url + path, {"Content-Type": "application/x-www-form-urlencoded"}, body)
        SigV4Auth(Credentials("test", "test"), "sqs", "eu-west-3").add_auth(r)
        try:
            with urllib.request.urlopen(urllib.request.Request(r.url, body.encode(), dict(r.headers))) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as e:
            with e:
                return e.read().decode()

    def test_form(self):
        self.assertIn("<QueueUrl>", self.form("/", Action="CreateQueue", QueueName="old", **{"Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "7", "Tag.1.Key": "a", "Tag.1.Value": "b"}))
        path = "/000000000000/old"
        url = self.url + path
        self.assertIn("<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>", self.form(path, Action="GetQueueAttributes", QueueUrl=url, **{"AttributeName.1": "All"}))
        self.assertIn("<Tag><Key>a</Key><Value>b</Value></Tag>", self.form(path, Action="ListQueueTags", QueueUrl=url))
        sent = self.form(path, Action="SendMessageBatch", QueueUrl=url, **{
            "SendMessageBatchRequestEntry.1.Id": "x", "SendMessageBatchRequestEntry.1.MessageBody": "hi",
            "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name": "k", "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType": "String",
            "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue": "v",
        })
        self.assertIn("<SendMessageBatchResultEntry><Id>x</Id>", sent)
        got = self.form(path, Action="ReceiveMessage", QueueUrl=url, **{"AttributeName.1": "All", "MessageAttributeName.1": "All"})
        self.assertIn("<Body>hi</Body>", got)
        self.assertIn("<MessageAttribute><Name>k</Name><Value><DataType>String</DataType><StringValue>v</StringValue></Value></MessageAttribute>", got)
        self.assertIn("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>", self.form("/", Action="SendMessage", QueueUrl=url + "x", MessageBody="x"))

    def test_topic(self):
        topic = self.sns.create_topic(Name="news")["TopicArn"]
        url, arn = self.queue("inbox", Policy=allow("sns.amazonaws.com", topic))
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"FilterPolicy": json.dumps({"kind": [{"prefix": "a"}]})})
        posts = []

        class Endpoint(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        endpoint = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
        self.addCleanup(endpoint.server_close)
        self.addCleanup(endpoint.shutdown)
        threading.Thread(target=endpoint.serve_forever, daemon=True).start()
        self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{endpoint.server_port}/hook")
        self.until(lambda: len(posts) == 1)
        self.assertEqual(posts[0]["Type"], "SubscriptionConfirmation")
        with urllib.request.urlopen(posts[0]["SubscribeURL"]) as answer:
            self.assertIn(b"<SubscriptionArn>" + topic.encode(), answer.read())
        for kind in ("b", "ab"):
            self.sns.publish(TopicArn=topic, Message=kind, Subject="Hi", MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
        [m] = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
        self.assertEqual(json.loads(m["Body"])["Message"], "ab")
        self.until(lambda: len(posts) == 3)
        self.assertEqual(sorted(p["Message"] for p in posts[1:]), ["ab", "b"])

    def until(self, condition):
        for _ in range(200):
            if condition():
                return
            time.sleep(0.05)
        self.fail("it did not happen in ten seconds")

    def test_rules(self):
        rule = self.events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"], "detail": {"total": [{"numeric": [">", 10]}]}}))["RuleArn"]
        url, arn = self.queue("orders", Policy=allow("events.amazonaws.com", rule))
        self.events.put_targets(Rule="orders", Targets=[{"Id": "q", "Arn": arn}])
        put = self.events.put_events(Entries=[{"Source": "shop", "DetailType": "Order", "Detail": json.dumps({"total": n})} for n in (5, 50)])
        [m] = self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
        event = json.loads(m["Body"])
        self.assertEqual((event["id"], event["detail"]), (put["Entries"][1]["EventId"], {"total": 50}))

    def test_schedule(self):
        rule = self.events.put_rule(Name="daily", ScheduleExpression="cron(0 4 * * ? *)")["RuleArn"]
        url, arn = self.queue("daily", Policy=allow("events.amazonaws.com", rule))
        self.events.put_targets(Rule="daily", Targets=[{"Id": "q", "Arn": arn}])
        subprocess.run([niebla.BINARY, "clock", "advance", "48h", "--endpoint", self.url], check=True, capture_output=True)
        events = []
        while len(events) < 2:
            events += [json.loads(m["Body"]) for m in self.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10, MaxNumberOfMessages=10)["Messages"]]
        self.assertEqual([e["detail-type"] for e in events], ["Scheduled Event"] * 2)
        self.assertEqual([e["time"][10:] for e in events], ["T04:00:00Z"] * 2)
        self.assertNotEqual(events[0]["time"], events[1]["time"])

    def test_cli(self):
        def aws(*args):
            done = subprocess.run(["aws", "--endpoint-url", self.url, *args], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout) if done.stdout else None

        url = aws("sqs", "create-queue", "--queue-name", "cli")["QueueUrl"]
        aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello")
        self.assertEqual(aws("sqs", "receive-message", "--queue-url", url)["Messages"][0]["Body"], "hello")
        topic = aws("sns", "create-topic", "--name", "cli")["TopicArn"]
        aws("sns", "subscribe", "--topic-arn", topic, "--protocol", "email", "--notification-endpoint", "ana@example.org")
        with urllib.request.urlopen(f"{self.url}/_niebla/mail?to=ana@example.org") as answer:
            link = next(line for line in json.load(answer)["messages"][0]["body"].splitlines() if line.startswith("http"))
        with urllib.request.urlopen(urllib.request.Request(link, headers={"Accept-Language": "es"})) as page:
            self.assertIn("confirmada", page.read().decode())
        aws("sns", "publish", "--topic-arn", topic, "--message", "news")
        with urllib.request.urlopen(f"{self.url}/_niebla/mail?to=ana@example.org") as answer:
            self.assertTrue(json.load(answer)["messages"][0]["body"].startswith("news"))
        aws("events", "put-rule", "--name", "cli", "--schedule-expression", "rate(5 minutes)")
        self.assertEqual(aws("events", "describe-rule", "--name", "cli")["State"], "ENABLED")

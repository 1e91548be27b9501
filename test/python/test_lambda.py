import base64
import io
import json
import os
import shutil
import subprocess
import time
import unittest
import urllib.error
import urllib.request
import zipfile

import boto3
from botocore.exceptions import ClientError

import niebla

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

PYTHON = """
import logging, os
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed", sorted(event))
    logging.info("logged")
    if "fail" in event:
        raise ValueError(event["fail"])
    return {"id": context.aws_request_id, "secret": "MY_SECRET" in os.environ, "colour": os.environ["COLOUR"], "left": context.get_remaining_time_in_millis()}
"""

NODE = """
exports.promise = async (event, context) => {
  console.log("got", event);
  if (event.fail) throw new TypeError(event.fail);
  return { statusCode: 200, headers: { "x-a": "b" }, body: JSON.stringify({ path: event.rawPath, city: event.pathParameters?.city }) };
};
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, "called back"), 5); };
exports.reject = async () => { setTimeout(() => { throw new Error("later"); }, 1); await new Promise(() => {}); };
"""

COUNT = """
import boto3
table = boto3.client("dynamodb")
def handler(event, context):
    for r in event["Records"]:
        key = r["dynamodb"]["Keys"]["k"]["S"]
        table.update_item(TableName="Counts", Key={"k": {"S": key}}, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})
"""


def package(**files):
    """A zip of files, whose names have __ for a dot."""
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for name, text in files.items():
            z.writestr(name.replace("__", "."), text)
    return b.getvalue()


class Lambda(niebla.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = boto3.session.Session()
        cls.clients = {name: cls.session.client(name) for name in ("lambda", "iam", "logs", "dynamodb", "s3", "apigatewayv2", "sqs")}
        cls.role = cls.clients["iam"].create_role(RoleName="fn", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        cls.clients["iam"].attach_role_policy(RoleName="fn", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")

    @classmethod
    def tearDownClass(cls):
        for c in cls.clients.values():
            c.close()
        super().tearDownClass()

    def create(self, name, runtime, handler, code, **more):
        c = self.clients["lambda"]
        c.create_function(FunctionName=name, Runtime=runtime, Handler=handler, Role=self.role, Code=code, **more)
        c.get_waiter("function_active_v2").wait(FunctionName=name)

    def invoke(self, name, event, **more):
        out = self.clients["lambda"].invoke(FunctionName=name, Payload=json.dumps(event), **more)
        return out, json.loads(out["Payload"].read() or b"null")

    def until(self, what, get):
        deadline = time.time() + 20
        while not (got := get()):
            self.assertLess(time.time(), deadline, f"not so after 20 seconds: {what}")
        return got

    def test_python(self):
        os.environ["MY_SECRET"] = "x"
        s3 = self.clients["s3"]
        s3.create_bucket(Bucket="packages", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        code = package(main__py=PYTHON)
        s3.put_object(Bucket="packages", Key="p.zip", Body=code)
        self.create("p", "python3.12", "main.handler", {"S3Bucket": "packages", "S3Key": "p.zip"}, Environment={"Variables": {"COLOUR": "grey"}})
        out, value = self.invoke("p", {"a": 1}, LogType="Tail")
        self.assertEqual((value["secret"], value["colour"], value["id"]), (False, "grey", out["ResponseMetadata"]["RequestId"]))
        self.assertTrue(0 < value["left"] <= 3000)
        tail = base64.b64decode(out["LogResult"]).decode()
        self.assertRegex(tail, r"^START RequestId: .*\nprinted \['a'\]\n\[INFO\]\t.*\tlogged\nEND .*\nREPORT .*Init Duration")
        out, error = self.invoke("p", {"fail": "no"})
        self.assertEqual((out["FunctionError"], error["errorType"], error["errorMessage"]), ("Unhandled", "ValueError", "no"))
        events = self.until("the log", lambda: self.logged("/aws/lambda/p", "logged"))
        self.assertIn("logged", events[0])
        # Its code can be fetched again, and changed.
        link = self.clients["lambda"].get_function(FunctionName="p")["Code"]["Location"]
        with urllib.request.urlopen(link) as res:
            self.assertEqual(res.read(), code)
        self.clients["lambda"].update_function_code(FunctionName="p", ZipFile=package(main__py="def handler(e, c): return 'new'"))
        self.clients["lambda"].get_waiter("function_updated_v2").wait(FunctionName="p")
        self.assertEqual(self.invoke("p", {})[1], "new")

    def logged(self, group, text):
        try:
            events = self.clients["logs"].filter_log_events(logGroupName=group, filterPattern=text)["events"]
        except ClientError:
            return []
        return [e["message"] for e in events]

    def test_node(self):
        code = {"ZipFile": package(index__js=NODE)}
        for name in ("promise", "callback", "reject"):
            self.create(name, "nodejs20.x", "index." + name, code)
        self.assertEqual(self.invoke("callback", {})[1], "called back")
        out, error = self.invoke("promise", {"fail": "no"})
        self.assertEqual((out["FunctionError"], error["errorType"], error["errorMessage"]), ("Unhandled", "TypeError", "no"))
        self.assertEqual(self.invoke("reject", {})[1]["errorMessage"], "later")
        self.create("module", "nodejs20.x", "index.handler", {"ZipFile": package(index__mjs="export const handler = async (e) => e.a + 1;")})
        self.assertEqual(self.invoke("module", {"a": 1})[1], 2)
        self.create("missing", "nodejs20.x", "index.none", code)
        self.assertEqual(self.invoke("missing", {})[1]["errorType"], "Runtime.HandlerNotFound")

    def test_stream(self):
        db, fn = self.clients["dynamodb"], self.clients["lambda"]
        shape = dict(BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])
        stream = db.create_table(TableName="Follows", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}, **shape)["TableDescription"]["LatestStreamArn"]
        db.create_table(TableName="Counts", **shape)
        self.clients["iam"].put_role_policy(
            RoleName="fn", PolicyName="tables", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]})
        )
        self.create("count", "python3.12", "main.handler", {"ZipFile": package(main__py=COUNT)}, Timeout=20)
        mapping = fn.create_event_source_mapping(FunctionName="count", EventSourceArn=stream, StartingPosition="TRIM_HORIZON", BatchSize=10)
        self.assertEqual(mapping["State"], "Creating")
        for n in range(40):
            db.put_item(TableName="Follows", Item={"k": {"S": f"k{n % 4}"}, "n": {"N": str(n)}})

        def counts():
            return sorted(i["n"]["N"] for i in db.scan(TableName="Counts")["Items"]) == ["10"] * 4

        self.until("each was counted ten times", counts)
        fn.delete_event_source_mapping(UUID=mapping["UUID"])

    def test_queue(self):
        sqs, fn = self.clients["sqs"], self.clients["lambda"]
        url = sqs.create_queue(QueueName="work")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.clients["iam"].attach_role_policy(RoleName="fn", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole")
        self.create("work", "python3.12", "main.handler", {"ZipFile": package(main__py="def handler(e, c):\n    for r in e['Records']: print('did', r['body'])")})
        mapping = fn.create_event_source_mapping(FunctionName="work", EventSourceArn=arn)
        for n in range(5):
            sqs.send_message(QueueUrl=url, MessageBody=f"job{n}")
        self.until("all are in the log", lambda: len(self.logged("/aws/lambda/work", "did")) == 5)
        counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        self.until("the queue is empty", lambda: set(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"].values()) == {"0"})
        fn.delete_event_source_mapping(UUID=mapping["UUID"])

    def test_http_api(self):
        api, fn = self.clients["apigatewayv2"], self.clients["lambda"]
        self.create("web", "nodejs20.x", "index.promise", {"ZipFile": package(index__js=NODE)})
        made = api.create_api(Name="rankings", ProtocolType="HTTP")
        arn = fn.get_function_configuration(FunctionName="web")["FunctionArn"]
        target = api.create_integration(ApiId=made["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0")["IntegrationId"]
        api.create_route(ApiId=made["ApiId"], RouteKey="GET /rankings/{city}", Target=f"integrations/{target}")
        api.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(made["ApiEndpoint"] + "/rankings/lugo")
        self.assertEqual(refused.exception.code, 500)
        refused.exception.close()
        fn.add_permission(
            FunctionName="web", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:eu-west-3:000000000000:{made['ApiId']}/*/*",
        )  # fmt: skip
        with urllib.request.urlopen(made["ApiEndpoint"] + "/rankings/lugo") as res:
            self.assertEqual((json.load(res), res.headers["x-a"]), ({"path": "/rankings/lugo", "city": "lugo"}, "b"))

    def test_bucket(self):
        s3, fn = self.clients["s3"], self.clients["lambda"]
        s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        self.create("photo", "python3.12", "main.handler", {"ZipFile": package(main__py="def handler(e, c): print('saw', e['Records'][0]['s3']['object']['key'])")})
        fn.add_permission(FunctionName="photo", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::photos")
        arn = fn.get_function_configuration(FunctionName="photo")["FunctionArn"]
        s3.put_bucket_notification_configuration(
            Bucket="photos",
            NotificationConfiguration={"LambdaFunctionConfigurations": [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}]},
        )
        s3.put_object(Bucket="photos", Key="a.jpg", Body=b"x")
        self.until("the function saw it", lambda: self.logged("/aws/lambda/photo", "saw"))

    def test_cli(self):
        path = f"{self.dir}/f.zip"
        with open(path, "wb") as f:
            f.write(package(index__js=NODE))
        aws = lambda *args: subprocess.run(["aws", *args], check=True, capture_output=True, text=True, timeout=120).stdout
        aws("lambda", "create-function", "--function-name", "cli", "--runtime", "nodejs20.x", "--handler", "index.callback", "--role", self.role, "--zip-file", f"fileb://{path}")
        aws("lambda", "wait", "function-active-v2", "--function-name", "cli")
        aws("lambda", "invoke", "--function-name", "cli", f"{self.dir}/out")
        with open(f"{self.dir}/out") as f:
            self.assertEqual(f.read(), '"called back"')
        aws("lambda", "delete-function", "--function-name", "cli")
        with self.assertRaises(subprocess.CalledProcessError):
            aws("lambda", "get-function", "--function-name", "cli")


if not shutil.which("node"):
    raise unittest.SkipTest("there is no Node.js")

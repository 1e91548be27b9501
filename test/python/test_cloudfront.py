import json
import subprocess
import urllib.error
import urllib.request

import boto3

import niebla

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class CloudFront(niebla.Case):
    """The description's distribution, by boto3, the AWS CLI and plain HTTP."""

    def aws(self, *args):
        done = subprocess.run(["aws", *args], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def view(self, path, host="d3example.cloudfront.net", **headers):
        request = urllib.request.Request(self.url + path, headers={"Host": host, **headers})
        try:
            with urllib.request.build_opener(Stay).open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.status, answer.headers, answer.read()

    def test_description(self):
        s3, cf = boto3.client("s3"), boto3.client("cloudfront")
        s3.create_bucket(Bucket="biihlivemedia", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        photo = "profile-photos/u1/photo_1.jpg"
        s3.put_object(Bucket="biihlivemedia", Key=photo, Body=b"first", ContentType="image/jpeg")
        s3.put_object(Bucket="biihlivemedia", Key="videos/u1/video_1.mp4", Body=b"0123456789", ContentType="video/mp4")
        control = cf.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": "media", "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
            }
        )["OriginAccessControl"]["Id"]  # fmt: skip
        day = cf.create_cache_policy(CachePolicyConfig={"Name": "day", "MinTTL": 86400, "DefaultTTL": 86400, "MaxTTL": 86400})["CachePolicy"]["Id"]

        def behavior(**more):
            return {"TargetOriginId": "media", "ViewerProtocolPolicy": "allow-all", **more}

        asked = {
            "CallerReference": "biihlive", "Comment": "", "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [{
                "Id": "media", "DomainName": "biihlivemedia.s3.eu-west-3.amazonaws.com", "OriginAccessControlId": control,
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }]},
            "DefaultCacheBehavior": behavior(CachePolicyId=OPTIMIZED, ViewerProtocolPolicy="redirect-to-https"),
            "CacheBehaviors": {"Quantity": 2, "Items": [
                behavior(PathPattern="/profile-photos/*", CachePolicyId=day), behavior(PathPattern="/videos/*", CachePolicyId=DISABLED),
            ]},
        }  # fmt: skip
        tags = [{"Key": "niebla:id", "Value": "E1DISTRIBUTION"}, {"Key": "niebla:domain", "Value": "d3example.cloudfront.net"}]
        made = cf.create_distribution_with_tags(DistributionConfigWithTags={"DistributionConfig": asked, "Tags": {"Items": tags}})["Distribution"]
        self.assertEqual((made["Id"], made["DomainName"], made["Status"]), ("E1DISTRIBUTION", "d3example.cloudfront.net", "Deployed"))
        cf.get_waiter("distribution_deployed").wait(Id="E1DISTRIBUTION")
        self.assertEqual(cf.list_tags_for_resource(Resource=made["ARN"])["Tags"]["Items"], sorted(tags, key=lambda t: t["Key"]))

        # What is read can be written back as it is.
        read = cf.get_distribution_config(Id="E1DISTRIBUTION")
        self.assertEqual(read["DistributionConfig"]["Origins"]["Items"][0]["OriginAccessControlId"], control)
        again = cf.update_distribution(Id="E1DISTRIBUTION", IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"])
        self.assertEqual(again["Distribution"]["DistributionConfig"], read["DistributionConfig"])
        with self.assertRaises(cf.exceptions.PreconditionFailed):
            cf.update_distribution(Id="E1DISTRIBUTION", IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"])

        self.assertEqual(self.view("/" + photo)[0], 403)
        s3.put_bucket_policy(Bucket="biihlivemedia", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::biihlivemedia/*", "Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}},
        }]}))  # fmt: skip
        for cache in ("Miss", "Hit"):
            status, headers, body = self.view("/" + photo)
            self.assertEqual((status, headers["X-Cache"], body), (200, cache + " from cloudfront", b"first"))
        s3.put_object(Bucket="biihlivemedia", Key=photo, Body=b"second")
        self.assertEqual(self.view("/" + photo)[2], b"first")

        # The description's command, letter for letter.
        done = self.aws("cloudfront", "create-invalidation", "--distribution-id", "E1DISTRIBUTION", "--paths", "/profile-photos/*")
        self.assertEqual(done["Invalidation"]["Status"], "Completed")
        status, headers, body = self.view("/" + photo)
        self.assertEqual((status, headers["X-Cache"], body), (200, "Miss from cloudfront", b"second"))

        for _ in range(2):
            status, headers, body = self.view("/videos/u1/video_1.mp4", Range="bytes=2-4")
            self.assertEqual((status, headers["X-Cache"], body), (206, "Miss from cloudfront", b"234"))
        status, headers, _ = self.view("/other?a=b")
        self.assertEqual((status, headers["Location"]), (301, "https://d3example.cloudfront.net/other?a=b"))
        self.assertEqual(self.view("/_cloudfront/E1DISTRIBUTION/" + photo, host="localhost")[2], b"second")

        managed = cf.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
        self.assertIn((OPTIMIZED, "Managed-CachingOptimized"), [(p["CachePolicy"]["Id"], p["CachePolicy"]["CachePolicyConfig"]["Name"]) for p in managed])

        read = cf.get_distribution_config(Id="E1DISTRIBUTION")
        with self.assertRaises(cf.exceptions.DistributionNotDisabled):
            cf.delete_distribution(Id="E1DISTRIBUTION", IfMatch=read["ETag"])
        read["DistributionConfig"]["Enabled"] = False
        etag = cf.update_distribution(Id="E1DISTRIBUTION", IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"])["ETag"]
        cf.delete_distribution(Id="E1DISTRIBUTION", IfMatch=etag)
        with self.assertRaises(cf.exceptions.NoSuchDistribution):
            cf.get_distribution(Id="E1DISTRIBUTION")

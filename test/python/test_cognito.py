import base64
import hashlib
import hmac
import json
import re
import subprocess
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import niebla

POOL, CLIENT = "eu-west-3_1QeyxVcF9", "2vquhtd73jg37t1sf8uov9b7j2"
IDENTITY_POOL = "eu-west-3:bce99bf2-9c89-4cd5-a674-b68da1b75a34"
PASSWORD = "P@ssw0rd!"


class Cognito(niebla.Case):
    """A user's way through user pools and identity pools, and an administrator's, by boto3 and the AWS CLI."""

    def setUp(self):
        self.session = boto3.session.Session()
        self.admin = self.client("cognito-idp")

    def client(self, service, credentials=None, **config):
        keys = {}
        if credentials:
            keys = dict(
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretKey"],
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

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def mailed(self, to):
        """The code in the latest mail to somebody."""
        mail = self.get(f"/_niebla/mail?to={to}&n=1")["messages"][0]
        return re.search(r"\d{6}", mail["body"])[0]

    def pool(self, tags=None, **client):
        pool = self.admin.create_user_pool(PoolName="gente", AutoVerifiedAttributes=["email"], UserPoolTags=tags or {})["UserPool"]["Id"]
        client.setdefault("ExplicitAuthFlows", ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"])
        made = self.admin.create_user_pool_client(UserPoolId=pool, ClientName="app", **client)["UserPoolClient"]
        return pool, made

    def test_user(self):
        pool, app = self.pool()
        app = app["ClientId"]
        user = self.client("cognito-idp", signature_version=UNSIGNED)
        attributes = [{"Name": "email", "Value": "ana@example.com"}]
        self.refused("InvalidPasswordException", user.sign_up, ClientId=app, Username="ana", Password="password", UserAttributes=attributes)
        sub = user.sign_up(ClientId=app, Username="ana", Password=PASSWORD, UserAttributes=attributes)["UserSub"]
        by_password = dict(ClientId=app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD})
        self.refused("UserNotConfirmedException", user.initiate_auth, **by_password)
        self.refused("CodeMismatchException", user.confirm_sign_up, ClientId=app, Username="ana", ConfirmationCode="x")
        user.confirm_sign_up(ClientId=app, Username="ana", ConfirmationCode=self.mailed("ana@example.com"))
        tokens = user.initiate_auth(**by_password)["AuthenticationResult"]
        self.assertEqual(tokens["ExpiresIn"], 3600)
        me = user.get_user(AccessToken=tokens["AccessToken"])
        self.assertEqual({a["Name"]: a["Value"] for a in me["UserAttributes"]}, {"sub": sub, "email": "ana@example.com", "email_verified": "true"})

        refreshed = user.initiate_auth(ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
        self.assertNotIn("RefreshToken", refreshed["AuthenticationResult"])
        user.get_tokens_from_refresh_token(ClientId=app, RefreshToken=tokens["RefreshToken"])
        user.change_password(AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword="N3w" + PASSWORD)
        self.refused("NotAuthorizedException", user.initiate_auth, **by_password)
        user.forgot_password(ClientId=app, Username="ana")
        user.confirm_forgot_password(ClientId=app, Username="ana", ConfirmationCode=self.mailed("ana@example.com"), Password=PASSWORD)
        user.global_sign_out(AccessToken=tokens["AccessToken"])
        self.assertEqual(self.refused("NotAuthorizedException", user.get_user, AccessToken=tokens["AccessToken"]), "Access Token has been revoked")
        self.refused("NotAuthorizedException", user.get_tokens_from_refresh_token, ClientId=app, RefreshToken=tokens["RefreshToken"])
        tokens = user.initiate_auth(**by_password)["AuthenticationResult"]
        user.delete_user(AccessToken=tokens["AccessToken"])
        self.refused("UserNotFoundException", user.initiate_auth, **by_password)
        self.refused("ResourceNotFoundException", user.initiate_auth, **{**by_password, "ClientId": "x" * 26})

    def test_administrator(self):
        pool, app = self.pool()
        made = self.admin.admin_create_user(UserPoolId=pool, Username="bea", TemporaryPassword="T3mporary!", MessageAction="SUPPRESS")["User"]
        self.assertEqual(made["UserStatus"], "FORCE_CHANGE_PASSWORD")
        step = self.admin.admin_initiate_auth(
            UserPoolId=pool, ClientId=app["ClientId"], AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "bea", "PASSWORD": "T3mporary!"}
        )
        self.assertEqual(step["ChallengeName"], "NEW_PASSWORD_REQUIRED")
        done = self.admin.admin_respond_to_auth_challenge(
            UserPoolId=pool,
            ClientId=app["ClientId"],
            ChallengeName=step["ChallengeName"],
            Session=step["Session"],
            ChallengeResponses={"USERNAME": "bea", "NEW_PASSWORD": PASSWORD},
        )
        self.assertIn("IdToken", done["AuthenticationResult"])
        self.admin.create_group(UserPoolId=pool, GroupName="artistas")
        self.admin.admin_add_user_to_group(UserPoolId=pool, GroupName="artistas", Username="bea")
        for n in range(7):
            self.admin.admin_create_user(UserPoolId=pool, Username=f"user{n}", MessageAction="SUPPRESS")
            self.admin.admin_add_user_to_group(UserPoolId=pool, GroupName="artistas", Username=f"user{n}")
        pages = self.admin.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 3})
        self.assertEqual([u["Username"] for p in pages for u in p["Users"]], ["bea"] + [f"user{n}" for n in range(7)])
        pages = self.admin.get_paginator("list_users_in_group").paginate(UserPoolId=pool, GroupName="artistas", PaginationConfig={"PageSize": 3})
        self.assertEqual(len([u for p in pages for u in p["Users"]]), 8)
        found = self.admin.list_users(UserPoolId=pool, Filter='username ^= "user"')["Users"]
        self.assertEqual(len(found), 7)
        self.admin.admin_disable_user(UserPoolId=pool, Username="bea")
        self.refused("NotAuthorizedException", self.admin.get_user, AccessToken=done["AuthenticationResult"]["AccessToken"])
        self.admin.admin_set_user_password(UserPoolId=pool, Username="user1", Password=PASSWORD, Permanent=True)
        self.assertEqual(self.admin.admin_get_user(UserPoolId=pool, Username="user1")["UserStatus"], "CONFIRMED")
        self.admin.delete_user_pool(UserPoolId=pool)
        self.refused("ResourceNotFoundException", self.admin.describe_user_pool, UserPoolId=pool)

    def test_client_with_a_secret(self):
        pool, app = self.pool(GenerateSecret=True)
        user = self.client("cognito-idp", signature_version=UNSIGNED)
        mac = hmac.new(app["ClientSecret"].encode(), ("ana" + app["ClientId"]).encode(), hashlib.sha256).digest()
        proof = base64.b64encode(mac).decode()
        who = dict(ClientId=app["ClientId"], Username="ana", Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": "carla@example.com"}])
        self.refused("NotAuthorizedException", user.sign_up, **who)
        user.sign_up(**who, SecretHash=proof)
        user.confirm_sign_up(ClientId=app["ClientId"], Username="ana", SecretHash=proof, ConfirmationCode=self.mailed("carla@example.com"))
        by_password = dict(ClientId=app["ClientId"], AuthFlow="USER_PASSWORD_AUTH")
        self.refused("NotAuthorizedException", user.initiate_auth, **by_password, AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD})
        user.initiate_auth(**by_password, AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD, "SECRET_HASH": proof})

    def test_identity_pool(self):
        """The ids of the description; a user writes under {userId}/ and nowhere else, and userId is the user's sub."""
        pool, app = self.pool(tags={"niebla:id": POOL, "niebla:client-id:app": CLIENT})
        self.assertEqual((pool, app["ClientId"]), (POOL, CLIENT))
        provider = f"cognito-idp.eu-west-3.amazonaws.com/{pool}"
        identities = self.client("cognito-identity")
        made = identities.create_identity_pool(
            IdentityPoolName="biihlive",
            AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": CLIENT, "ServerSideTokenCheck": True}],
            IdentityPoolTags={"niebla:id": IDENTITY_POOL},
        )["IdentityPoolId"]
        self.assertEqual(made, IDENTITY_POOL)
        iam = self.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                    "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {"cognito-identity.amazonaws.com:aud": made},
                        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
                    },
                }
            ],
        }
        role = iam.create_role(RoleName="user", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        own = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::biihlivemedia/fotos/${aws:PrincipalTag/userId}/*"}],
        }
        iam.put_role_policy(RoleName="user", PolicyName="own", PolicyDocument=json.dumps(own))
        identities.set_identity_pool_roles(IdentityPoolId=made, Roles={"authenticated": role})
        tags = identities.set_principal_tag_attribute_map(IdentityPoolId=made, IdentityProviderName=provider, PrincipalTags={"userId": "sub"})
        self.assertEqual(tags["PrincipalTags"], {"userId": "sub"})
        self.client("s3").create_bucket(Bucket="biihlivemedia", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})

        self.admin.admin_create_user(UserPoolId=pool, Username="ana", MessageAction="SUPPRESS")
        self.admin.admin_set_user_password(UserPoolId=pool, Username="ana", Password=PASSWORD, Permanent=True)
        anybody = self.client("cognito-identity", signature_version=UNSIGNED)
        user = self.client("cognito-idp", signature_version=UNSIGNED)
        tokens = user.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD})
        tokens = tokens["AuthenticationResult"]
        logins = {provider: tokens["IdToken"]}
        ana = anybody.get_id(IdentityPoolId=made, Logins=logins)["IdentityId"]
        self.assertEqual(anybody.get_id(IdentityPoolId=made, Logins=logins)["IdentityId"], ana)
        credentials = anybody.get_credentials_for_identity(IdentityId=ana, Logins=logins)["Credentials"]
        sub = user.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"][-1]["Value"]
        s3 = self.client("s3", credentials)
        s3.put_object(Bucket="biihlivemedia", Key=f"fotos/{sub}/full_1.jpg", Body=b"own")
        self.refused("AccessDenied", s3.put_object, Bucket="biihlivemedia", Key="fotos/bea/full_1.jpg", Body=b"another's")
        self.refused("NotAuthorizedException", anybody.get_id, IdentityPoolId=made, Logins={provider: tokens["AccessToken"]})
        user.global_sign_out(AccessToken=tokens["AccessToken"])
        self.refused("NotAuthorizedException", anybody.get_credentials_for_identity, IdentityId=ana, Logins=logins)

        issuer = self.get(f"/{pool}/.well-known/openid-configuration")
        self.assertEqual(issuer["issuer"], f"{self.url}/{pool}")
        self.assertEqual(len(self.get(f"/{pool}/.well-known/jwks.json")["keys"]), 2)

    def aws(self, *args):
        done = subprocess.run(["aws", "--output", "json", *args], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def test_cli(self):
        pool = self.aws("cognito-idp", "create-user-pool", "--pool-name", "cli", "--auto-verified-attributes", "email")["UserPool"]["Id"]
        app = self.aws(
            "cognito-idp", "create-user-pool-client", "--user-pool-id", pool, "--client-name", "c",
            "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
        )["UserPoolClient"]["ClientId"]  # fmt: skip
        self.aws("cognito-idp", "sign-up", "--client-id", app, "--username", "dora", "--password", PASSWORD, "--user-attributes", "Name=email,Value=dora@example.com")
        self.aws("cognito-idp", "confirm-sign-up", "--client-id", app, "--username", "dora", "--confirmation-code", self.mailed("dora@example.com"))
        tokens = self.aws(
            "cognito-idp", "initiate-auth", "--client-id", app, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", f"USERNAME=dora,PASSWORD={PASSWORD}"
        )["AuthenticationResult"]
        self.assertEqual(self.aws("cognito-idp", "get-user", "--access-token", tokens["AccessToken"])["Username"], "dora")
        users = self.aws("cognito-idp", "list-users", "--user-pool-id", pool, "--filter", 'email = "dora@example.com"')["Users"]
        self.assertEqual([u["UserStatus"] for u in users], ["CONFIRMED"])
        self.aws("cognito-idp", "admin-user-global-sign-out", "--user-pool-id", pool, "--username", "dora")

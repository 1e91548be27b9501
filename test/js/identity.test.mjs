import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import { CreateRoleCommand, IAMClient, ListUsersCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { start } from "./niebla.mjs";

await start();

test("a guest gets credentials of its role, and no more than they allow", async () => {
  const me = await new STSClient().send(new GetCallerIdentityCommand({}));
  assert.equal(me.Arn, "arn:aws:iam::000000000000:root");
  const pools = new CognitoIdentityClient();
  const { IdentityPoolId } = await pools.send(new CreateIdentityPoolCommand({ IdentityPoolName: "fog", AllowUnauthenticatedIdentities: true }));
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "cognito-identity.amazonaws.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "cognito-identity.amazonaws.com:aud": IdentityPoolId } },
      },
    ],
  };
  const may = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["iam:ListUsers"], Resource: "*" }] };
  const iam = new IAMClient();
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "guest", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: "guest", PolicyName: "may", PolicyDocument: JSON.stringify(may) }));
  await pools.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: { unauthenticated: Role.Arn } }));

  const { IdentityId } = await pools.send(new GetIdCommand({ IdentityPoolId }));
  const { Credentials } = await pools.send(new GetCredentialsForIdentityCommand({ IdentityId }));
  assert.ok(Credentials.Expiration - Date.now() > 50 * 60_000);
  const credentials = { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretKey, sessionToken: Credentials.SessionToken };
  const who = await new STSClient({ credentials }).send(new GetCallerIdentityCommand({}));
  assert.equal(who.Arn, "arn:aws:sts::000000000000:assumed-role/guest/CognitoIdentityCredentials");
  await assert.rejects(new KMSClient({ credentials }).send(new ListKeysCommand({})), { name: "AccessDeniedException" });
  await assert.rejects(new IAMClient({ credentials }).send(new ListUsersCommand({})), (err) => /no session policy allows the iam:ListUsers action$/.test(err.message));
  await assert.rejects(pools.send(new GetIdCommand({ IdentityPoolId, Logins: { "accounts.google.com": "x" } })), { name: "NotAuthorizedException" });
});

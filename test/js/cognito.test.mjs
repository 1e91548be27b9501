import assert from "node:assert/strict";
import { test } from "node:test";
import { CognitoIdentityClient, CreateIdentityPoolCommand, SetIdentityPoolRolesCommand } from "@aws-sdk/client-cognito-identity";
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Amplify } from "aws-amplify";
import {
  confirmResetPassword,
  confirmSignUp,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resetPassword,
  signIn,
  signOut,
  signUp,
  updatePassword,
} from "aws-amplify/auth";
import { JwtRsaVerifier } from "aws-jwt-verify";
import { start } from "./niebla.mjs";

const url = await start();
const password = "P@ssw0rd!";

async function mailed(to) {
  const { messages } = await (await fetch(`${url}/_niebla/mail?to=${to}&n=1`)).json();
  return messages[0].body.match(/\d{6}/)[0];
}

// A pool whose users are named by their address, with an identity pool beside it.
const admin = new CognitoIdentityProviderClient();
const { UserPool } = await admin.send(
  new CreateUserPoolCommand({ PoolName: "gente", UsernameAttributes: ["email"], AutoVerifiedAttributes: ["email"] }),
);
const { UserPoolClient } = await admin.send(
  new CreateUserPoolClientCommand({
    UserPoolId: UserPool.Id,
    ClientName: "app",
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    PreventUserExistenceErrors: "ENABLED",
  }),
);
const identities = new CognitoIdentityClient();
const { IdentityPoolId } = await identities.send(
  new CreateIdentityPoolCommand({
    IdentityPoolName: "gente",
    AllowUnauthenticatedIdentities: false,
    CognitoIdentityProviders: [
      { ProviderName: `cognito-idp.eu-west-3.amazonaws.com/${UserPool.Id}`, ClientId: UserPoolClient.ClientId, ServerSideTokenCheck: true },
    ],
  }),
);
const trust = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": IdentityPoolId },
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
      },
    },
  ],
};
const { Role } = await new IAMClient().send(new CreateRoleCommand({ RoleName: "user", AssumeRolePolicyDocument: JSON.stringify(trust) }));
await identities.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: { authenticated: Role.Arn } }));

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: UserPool.Id,
      userPoolClientId: UserPoolClient.ClientId,
      identityPoolId: IdentityPoolId,
      userPoolEndpoint: url,
      identityPoolEndpoint: url,
    },
  },
});

test("Amplify signs up, signs in by SRP, and gets credentials", async () => {
  const username = "ana@example.com";
  const up = await signUp({ username, password, options: { userAttributes: { nickname: "Ana" } } });
  assert.equal(up.nextStep.signUpStep, "CONFIRM_SIGN_UP");
  assert.equal((await signIn({ username, password })).nextStep.signInStep, "CONFIRM_SIGN_UP");
  await assert.rejects(confirmSignUp({ username, confirmationCode: "x" }), { name: "CodeMismatchException" });
  await confirmSignUp({ username, confirmationCode: await mailed(username) });
  await assert.rejects(signIn({ username, password: "wrong" }), { name: "NotAuthorizedException" });
  await assert.rejects(signIn({ username: "nobody@example.com", password }), { name: "NotAuthorizedException", message: "Incorrect username or password." });
  assert.equal((await signIn({ username, password })).isSignedIn, true); // by SRP
  assert.equal((await getCurrentUser()).userId, up.userId);
  assert.equal((await fetchUserAttributes()).nickname, "Ana");

  const session = await fetchAuthSession();
  assert.equal(session.userSub, up.userId);
  const who = await new STSClient({ credentials: session.credentials }).send(new GetCallerIdentityCommand({}));
  assert.equal(who.Arn, "arn:aws:sts::000000000000:assumed-role/user/CognitoIdentityCredentials");
  const renewed = await fetchAuthSession({ forceRefresh: true });
  assert.equal(renewed.identityId, session.identityId);
  assert.notEqual(renewed.tokens.accessToken.toString(), session.tokens.accessToken.toString());

  await updatePassword({ oldPassword: password, newPassword: `N3w${password}` });
  await signOut({ global: true });
  await assert.rejects(getCurrentUser(), { name: "UserUnAuthenticatedException" });
  await resetPassword({ username });
  await confirmResetPassword({ username, confirmationCode: await mailed(username), newPassword: password });
  assert.equal((await signIn({ username, password, options: { authFlowType: "USER_PASSWORD_AUTH" } })).isSignedIn, true);
  await signOut();
});

test("whoever finds the issuer can verify its tokens", async () => {
  const username = "bea@example.com";
  await signUp({ username, password });
  await confirmSignUp({ username, confirmationCode: await mailed(username) });
  await signIn({ username, password });
  const { idToken, accessToken } = (await fetchAuthSession()).tokens;
  const { iss } = accessToken.payload;
  const discovery = await (await fetch(`${iss}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.issuer, iss);
  const keys = await (await fetch(discovery.jwks_uri)).json();
  const verifier = JwtRsaVerifier.create({ issuer: iss, audience: null, jwksUri: discovery.jwks_uri });
  verifier.cacheJwks(keys);
  assert.equal((await verifier.verify(idToken.toString())).aud, UserPoolClient.ClientId);
  assert.equal((await verifier.verify(accessToken.toString())).client_id, UserPoolClient.ClientId);
  const [head, , signature] = accessToken.toString().split(".");
  await assert.rejects(verifier.verify([head, idToken.toString().split(".")[1], signature].join(".")));
  await signOut();
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { after, test } from "node:test";
import {
  AppSyncClient,
  CreateApiKeyCommand,
  CreateDataSourceCommand,
  CreateGraphqlApiCommand,
  CreateResolverCommand,
  EvaluateCodeCommand,
  GetSchemaCreationStatusCommand,
  StartSchemaCreationCommand,
} from "@aws-sdk/client-appsync";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";
import { Hub } from "aws-amplify/utils";
import { signIn } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import WebSocket from "ws";
import { start } from "./niebla.mjs";

const url = await start();

const schema = `
type Message @aws_api_key @aws_iam @aws_cognito_user_pools { id: ID! room: String! text: String }
type Query { who: String @aws_api_key @aws_cognito_user_pools }
type Mutation { send(room: String!, text: String): Message @aws_api_key @aws_iam @aws_cognito_user_pools }
type Subscription {
  onSend(room: String): Message @aws_subscribe(mutations: ["send"]) @aws_api_key @aws_iam @aws_cognito_user_pools
}`;

const send = `import { util } from '@aws-appsync/utils';
export function request(ctx) {
  return { payload: { id: util.autoId(), ...ctx.args } };
}
export const response = (ctx) => ctx.result;`;

const who = `export const request = (ctx) => ({ payload: ctx.identity ? ctx.identity.username : 'nobody' });
export const response = (ctx) => ctx.result;`;

const people = new CognitoIdentityProviderClient();
const { UserPool } = await people.send(new CreateUserPoolCommand({ PoolName: "people" }));
const { UserPoolClient } = await people.send(
  new CreateUserPoolClientCommand({ UserPoolId: UserPool.Id, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
);
const ana = { UserPoolId: UserPool.Id, Username: "ana" };
await people.send(new AdminCreateUserCommand({ ...ana, MessageAction: "SUPPRESS" }));
await people.send(new AdminSetUserPasswordCommand({ ...ana, Password: "P@ssw0rd!", Permanent: true }));

const appsync = new AppSyncClient();
const { graphqlApi } = await appsync.send(
  new CreateGraphqlApiCommand({
    name: "chat",
    authenticationType: "API_KEY",
    additionalAuthenticationProviders: [
      { authenticationType: "AWS_IAM" },
      { authenticationType: "AMAZON_COGNITO_USER_POOLS", userPoolConfig: { userPoolId: UserPool.Id, awsRegion: "eu-west-3" } },
    ],
  }),
);
const { apiId } = graphqlApi;
const { apiKey } = await appsync.send(new CreateApiKeyCommand({ apiId }));
await appsync.send(new StartSchemaCreationCommand({ apiId, definition: Buffer.from(schema) }));
while ((await appsync.send(new GetSchemaCreationStatusCommand({ apiId }))).status === "PROCESSING");
await appsync.send(new CreateDataSourceCommand({ apiId, name: "none", type: "NONE" }));
for (const [typeName, fieldName, code] of [["Mutation", "send", send], ["Query", "who", who]]) {
  const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
  await appsync.send(new CreateResolverCommand({ apiId, typeName, fieldName, dataSourceName: "none", code, runtime }));
}

// Amplify speaks wss to every endpoint that is not AWS' own. A browser has our
// authority among its own; here the socket is given it.
const sockets = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { ca: readFileSync(process.env.NIEBLA_CA) });
    sockets.push(this);
  }
};
after(() => sockets.forEach((socket) => socket.terminate())); // else Amplify keeps the process for a while
// The authority is made by the first handshake.
const { hostname, port } = new URL(url);
const first = tls.connect({ host: hostname, port, rejectUnauthorized: false });
await once(first, "secureConnect");
first.destroy();

const pool = { Cognito: { userPoolId: UserPool.Id, userPoolClientId: UserPoolClient.ClientId, userPoolEndpoint: url } };
cognitoUserPoolsTokenProvider.setAuthConfig(pool);
Amplify.configure(
  {
    Auth: pool,
    API: { GraphQL: { endpoint: `${url}/graphql/${apiId}`, region: "eu-west-3", defaultAuthMode: "apiKey", apiKey: apiKey.id } },
  },
  {
    Auth: {
      tokenProvider: cognitoUserPoolsTokenProvider,
      credentialsProvider: {
        getCredentialsAndIdentityId: async () => ({ credentials: { accessKeyId: "test", secretAccessKey: "test" } }),
        clearCredentialsAndIdentityId() {},
      },
    },
  },
);

const onSend = /* GraphQL */ `subscription OnSend($room: String) { onSend(room: $room) { id room text } }`;
const sendMessage = /* GraphQL */ `mutation Send($room: String!, $text: String) { send(room: $room, text: $text) { id room text } }`;

/** Subscribes, and returns when the server has acknowledged it. */
async function subscribe(options) {
  const events = [];
  let wake = () => {};
  const acknowledged = new Promise((resolve) => {
    const stop = Hub.listen("api", ({ payload }) => {
      if (payload.event === "Subscription ack") {
        stop();
        resolve();
      }
    });
  });
  const failed = new Promise((_, reject) => {
    const subscription = generateClient()
      .graphql({ query: onSend, ...options })
      .subscribe({
        next: ({ data }) => {
          events.push(data.onSend);
          wake();
        },
        error: reject,
      });
    events.unsubscribe = () => subscription.unsubscribe();
  });
  failed.catch(() => {});
  await Promise.race([acknowledged, failed]);
  events.next = async () => {
    while (events.length === 0) {
      await Promise.race([new Promise((resolve) => (wake = resolve)), failed]);
    }
    return events.shift();
  };
  return events;
}

test("Amplify asks as who has signed in", async () => {
  const { isSignedIn } = await signIn({ username: "ana", password: "P@ssw0rd!" });
  assert.ok(isSignedIn);
  const ask = async (authMode) => (await generateClient().graphql({ authMode, query: "{ who }" })).data.who;
  assert.equal(await ask("userPool"), "ana");
  assert.equal(await ask("apiKey"), "nobody");
});

for (const authMode of ["apiKey", "iam", "userPool"]) {
  test(`Amplify is told of mutations, by ${authMode}`, { timeout: 30_000 }, async () => {
    const everything = await subscribe({ authMode });
    const room = await subscribe({ authMode, variables: { room: "kitchen" } });
    const client = generateClient();
    await client.graphql({ authMode, query: sendMessage, variables: { room: "hall", text: "hello" } });
    const began = performance.now();
    const { data } = await client.graphql({ authMode, query: sendMessage, variables: { room: "kitchen", text: "tea?" } });
    assert.deepEqual((await everything.next()).text, "hello");
    assert.deepEqual(await everything.next(), data.send);
    assert.deepEqual(await room.next(), data.send);
    assert.ok(performance.now() - began < 2000);
    everything.unsubscribe();
    room.unsubscribe();
  });
}

test("a subscription that may not be is refused", { timeout: 30_000 }, async () => {
  await assert.rejects(
    subscribe({ authMode: "apiKey", query: onSend.replace("{ id", "{ nope id") }),
    (err) => /Field 'nope' in type 'Message' is undefined/.test(JSON.stringify(err)),
  );
});

test("code is evaluated, and refused with its places", async () => {
  const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
  const evaluate = (code) =>
    appsync.send(new EvaluateCodeCommand({ runtime, code, context: JSON.stringify({ arguments: { room: "r" } }), function: "request" }));
  const { evaluationResult } = await evaluate(send);
  assert.equal(JSON.parse(evaluationResult).payload.room, "r");
  const { error } = await evaluate(`${send}\nwhile (true) {}`);
  assert.equal(error.message, "The code contains one or more errors.");
  assert.deepEqual(error.codeErrors[0].location, { line: 6, column: 1, span: 15 });
});

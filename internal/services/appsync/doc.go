// Package appsync emulates AWS AppSync: GraphQL APIs, whose fields resolvers
// answer from data sources.
//
// The control plane keeps APIs, their schema, data sources, functions,
// resolvers and keys. The data plane is at /graphql/ID on every host of ours,
// and at /graphql on hosts such as ID.appsync-api.eu-west-3.amazonaws.com. A
// request works on the compiled form of its API, which is made from the store
// once after each change.
//
// An API created with the tag niebla:id takes the tag's value as its id.
//
// Subscriptions are at the same places under /realtime, in the protocol that
// Amplify speaks. Connections are not stored. Handshakes succeed, and who may
// not connect reads why in the connection, as browsers show nothing else.
//
// A schema is taken or refused at once, although StartSchemaCreation says as
// AWS does that it is being processed. A definition may be encoded twice: the
// AWS CLI encodes what it is given, and people give it what is encoded.
//
// Invariants:
//   - Requests and errors are those of the scripts (TestScripts).
//   - Any body of a request is answered or refused (FuzzRequest).
//   - A request after a change sees it (TestChangesAreSeen).
//   - Who asks sees what directives, groups, policies and authorizers let them see, and no other field (TestScripts/access, TestAuthorizer).
//   - Functions get what they are asked together where they can, and each answer goes where it belongs (TestBatches, TestFunctions).
//   - A document or template that multiplies itself ends with an error, soon (TestLimits, TestExecutionTimesOut, TestLimitsOfSettings).
//   - A pagination token is good for one data source and index of one API (TestTokens).
//   - Subscribers are told of the mutations that their field follows: what was selected, where arguments or filters match, and
//     what each may see (TestSubscription, TestArguments, TestFiltersAndInvalidation, TestFieldsOfSubscribers).
//   - Who may not connect or subscribe is told why, and credentials are good until they expire (TestHandshakes,
//     TestSignedConnections, TestRefusals, TestTime).
//   - A client that does not read holds up nobody (TestSlowConsumer), and connections end with the cloud (TestConnectionsEndWithTheCloud).
//   - What logConfig asks for is logged by its role, and an API without it logs nothing (TestLogs).
//   - What connections do is counted and charged (TestRealtimeMeasures).
//   - Whatever a client of subscriptions sends is read or refused (FuzzRealtime).
//
// Absent:
//   - Event invocations of functions, and the strategy Custom for failed conditions: requests that ask for them are refused.
//   - Logs of subscriptions, and tracing of fields without resolvers.
//   - Introspection of types as JSON (GetType, ListTypes) has kind, name and description.
//   - Subscriptions over MQTT: an operation of that kind is for connections only.
//   - Merged and private APIs, the Events API, domain names, API caches, OPENID_CONNECT, X-Ray.
//   - Data sources of type HTTP, AMAZON_ELASTICSEARCH, AMAZON_OPENSEARCH_SERVICE, RELATIONAL_DATABASE, AMAZON_EVENTBRIDGE and AMAZON_BEDROCK_RUNTIME, versioned ones, and such that use the caller's credentials.
//   - CreateType, UpdateType, DeleteType: a schema is given as a whole.
package appsync

// Package apigatewayv2 emulates HTTP APIs of Amazon API Gateway: routes to
// Lambda functions, and the requests that come by them.
//
// An API answers at its host, API.execute-api.REGION.amazonaws.com or
// API.execute-api.localhost, and at the path /_aws/execute-api/API, which is
// what apiEndpoint says. The first segment of a path is a stage if there is
// one of that name; else the stage is $default.
//
// Invariants:
//   - The most specific route wins: a path without variables, then variables, then a greedy one, then $default (TestRoutes).
//   - A function is invoked only if its policy lets the API in (TestHTTP).
//   - A stage that does not deploy by itself serves what was deployed, whatever was changed since (TestHTTP).
//   - Any request has an answer, and any path a route or none (FuzzRoutes).
//
// Absent:
//   - WebSocket APIs; REST APIs (CreateRestApi), which share the signing name; domain names, API mappings, VPC links, models, route and integration responses, imports and exports.
//   - Integrations but AWS_PROXY with Lambda; parameter mapping; credentials of integrations.
//   - Authorizers (JWT, Lambda, IAM): every route is open.
//   - Throttling and other route settings, access logs, mutual TLS.
package apigatewayv2

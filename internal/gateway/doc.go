// Package gateway turns HTTP requests into service calls. Every API request
// passes the stages of exchange.run in order; no stage can be skipped, and no
// service sees HTTP except where it serves a data plane of its own.
//
// Invariants:
//   - A request that is not authentic never reaches a service (TestUnauthenticated).
//   - An operation runs only after each access it declared was allowed (TestDenied).
//   - An error that is not an *aws.Error becomes InternalFailure, and its text
//     goes only to the log (TestInternalErrorsStayInside).
//   - A panic in a service ends one request, not the process (TestPanic).
//   - While we listen on loopback a page of a foreign origin gets no cross-origin
//     answer from an API, and a foreign Host header no answer at all (TestForeignPages).
//   - Nor can such a page change anything by requests that browsers send without
//     asking, though it knows our keys (TestForeignPagesChangeNothing).
//   - Requests that our services make of each other pass the same stages, authorisation
//     included (TestInsideCalls, TestInsideCallsAreAuthorised).
//   - An injected fault ends a request before the service sees it (TestFaults).
//   - Members that are not modelled are reported, and refused in strict mode (TestIgnored).
package gateway

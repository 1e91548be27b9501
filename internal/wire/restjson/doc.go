// Package restjson speaks restJson1: the operation in method and path, members
// in path, query string, headers and a JSON body.
//
// Invariants:
//   - Every member of an output goes to its place and is read back from there (wiretest: TestRoundTrip).
package restjson

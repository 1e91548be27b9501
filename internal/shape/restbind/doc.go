// Package restbind ties the members of inputs and outputs to the parts of an
// HTTP message that are not its body: method and path, query string, headers,
// status. The REST protocols share it.
//
// A path is taken as the client sent it: its labels are percent-decoded once,
// and nothing is cleaned, so that S3 keys may hold "//", "." and "..".
//
// Invariants:
//   - The most specific route wins, whatever the order of the table (TestRouter).
//   - A key goes through a path unchanged (TestKeysAreLiteral).
//   - The name after a header prefix keeps its case on the way out (TestPrefixHeadersKeepTheirCase).
//   - An unmodelled query parameter or x-amz- header is reported (TestIgnored).
package restbind

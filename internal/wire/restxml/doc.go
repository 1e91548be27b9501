// Package restxml speaks restXml: the operation in method and path, members in
// path, query string, headers and an XML body. S3 has its own errors and
// headers; CloudFront and the rest have the common ones.
//
// Invariants:
//   - A subresource of S3 that we lack is refused, not taken for its neighbour (TestAbsentSubresource).
//   - The response to a HEAD has no body (TestHead).
//   - Every member of an output goes to its place and is read back from there (wiretest: TestRoundTrip).
package restxml

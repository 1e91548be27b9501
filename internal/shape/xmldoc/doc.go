// Package xmldoc reads and writes the XML documents of restXml and awsQuery,
// following the plans of package shape. It knows nothing of HTTP.
//
// Invariants:
//   - What is written is read back equal (wire/wiretest: TestRoundTrip).
//   - No input makes decoding panic, recurse without bound or expand an entity (FuzzDecode).
package xmldoc

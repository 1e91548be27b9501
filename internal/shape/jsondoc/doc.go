// Package jsondoc reads and writes the JSON documents of the AWS JSON
// protocols, following the plans of package shape. It knows nothing of HTTP.
//
// Decoding is one pass over the bytes: it fills the structure, checks the
// model's constraints and notes unmodelled members. Names that occur twice,
// invalid UTF-8 and trailing data are errors.
//
// Invariants:
//   - What is written is read back equal (wire/wiretest: TestRoundTrip).
//   - No input makes decoding panic or recurse without bound (FuzzDecode).
package jsondoc

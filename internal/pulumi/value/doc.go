// Package value holds the values of resource properties as Pulumi programs
// send and receive them.
//
// A value is nil, a bool, a float64, a string, a []any, a map[string]any, or
// one of the types of this package: Unknown, Secret, Asset.
//
// Invariants:
//   - What a program sends is what it gets back, bytes for bytes of meaning (TestRoundTrip).
//   - No message, however broken, does worse than an error (FuzzDecode).
//   - Equal sees through secrecy, and no two unknowns are equal (TestEqual).
package value

// Package ddbexpr is DynamoDB's data as bytes and its expressions as
// functions: attribute values, exact decimal numbers, items, and the condition,
// filter, key condition, projection and update expressions over them. It knows
// no tables and no store.
//
// Values go from the JSON of a request to the form that is stored, and back, in
// one pass each; nothing is built in between. The stored form is canonical: map
// keys and set elements are in order and numbers have one spelling, so two
// values are equal when their bytes are.
//
// Two errors come out: Malformed where the JSON cannot be an attribute value at
// all, and Invalid where DynamoDB refuses what it says. Their texts are
// DynamoDB's own.
//
// Invariants:
//   - A number's stored form is unique, orders as the number does, and comes
//     back in plain decimal (TestNumberForms, TestNumberOrder, FuzzNumber).
//   - Sums are exact or an error (TestSum, FuzzArithmetic).
//   - JSON to stored and back is the same value (TestJSONRoundTrip, FuzzItem).
//   - Equal values have equal bytes, whatever the order of map keys and set
//     elements in the JSON (TestCanonical).
//   - A stored item's size is DynamoDB's (TestSize, FuzzItem).
//   - Any text as an expression gives a result or a message, never a crash
//     (FuzzExpressions).
//   - An update reads the item as it was before the update (TestUpdate).
//   - What an update did not touch is not re-encoded (TestUpdate).
//   - A condition or an update that is built without a text is, errors included, the
//     one that is read from it (TestBuilt).
//   - A cache compiles what Texts.Compile does, errors included (TestCache, FuzzCache),
//     keeps no request's values (TestCacheKeepsNoValues) and stays small (TestCacheIsBounded).
//
// The parameters that came before expressions (Expected, AttributeUpdates and
// their kin) become the same conditions and updates, with errors of their own.
package ddbexpr

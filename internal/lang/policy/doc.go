// Package policy is the IAM policy language: documents are parsed strictly,
// compiled once, and evaluated with an account of what decided. It is pure: no
// store, clock or HTTP.
//
// Evaluate asks one document. Decide applies AWS' logic to all that bear on an
// access: identity policies, the permissions boundary, session policies and the
// policy of the resource.
//
// Invariants:
//   - An explicit deny in any policy that applies wins (TestDecide, TestDenyAlwaysWins).
//   - Without an allow there is no access (TestDecide, TestNothingIsAllowedByDefault).
//   - The expansion of a variable is literal text: a wildcard in a value is no wildcard (TestVariables).
//   - A statement with a variable that has no value does not match, whatever its effect (TestVariables).
//   - A document is either compiled whole or refused; no element is ignored (TestMalformed, FuzzParse).
//   - Matching a wildcard takes time proportional to pattern times text at worst (FuzzMatch).
//
// Unlike AWS, the ARN of a user or role in a policy stays an ARN: it is not
// turned into the unique id of whoever held the name when the policy was saved.
package policy

// Package sts emulates the AWS Security Token Service: who is calling, and
// temporary credentials.
//
// Temporary credentials are not stored. Everything about a session, its secret
// too, is sealed with AES-GCM into the session token that the client sends with
// every request, bound to its access key; the key is kept in the store, so
// sessions outlive a restart. Sessions makes and opens them, and is what other
// services get; Service is the API around it.
//
// Invariants:
//   - A token opens only with its own access key, unchanged, before it expires (TestTokens).
//   - A session is issued only if the role's trust policy allows it (TestAssumeRole, TestIssue).
//   - Session policies and tags arrive where they are enforced (TestSessionPolicies, TestTags).
//   - A role cannot be told from one that is not there by those it does not trust (TestNoSuchRole).
//   - The cache of opened tokens does not grow without bound (TestCacheIsBounded).
//
// Absent: MFA, SAML, GetFederationToken, AssumeRoot, outbound web identity
// tokens, DecodeAuthorizationMessage. The account's root may assume a role whose
// trust policy lets the account in, which AWS refuses; credentials of
// GetSessionToken are not kept from calling IAM.
package sts

// Package cognitoidentity emulates Amazon Cognito identity pools: guests, and
// the temporary credentials that a browser gets for them.
//
// Enhanced flow: GetId makes an identity, GetCredentialsForIdentity assumes
// the pool's role for it: that of guests, that of who has signed in, or the one
// that the pool maps the login's claims to. A guest's session carries the service list that AWS
// lays over guests, whatever the role allows. Classic flow, where the pool
// allows it: GetOpenIdToken gives a signed token which
// sts:AssumeRoleWithWebIdentity takes, and no such list applies.
//
// A pool created with the tag niebla:id takes the tag's value as its id, so
// that a configuration that names the pool survives a reset.
//
// Invariants:
//   - Credentials are bound to a role of the pool and carry the pool, the identity and how it signed in (TestGuestCredentials).
//   - A role whose trust policy does not let the pool's identities in gives no credentials (TestScripts).
//   - A token verifies only if we signed it, it is in its lifetime, and its identity still exists (TestTokens).
//   - A login token that no verifier accepts is refused, never ignored (TestLogins).
//   - The same login gives the same identity (TestLogins).
//   - A mapping gives the role that the token's claims lead to, and none to whom it denies (TestRoleMappings).
//   - Claims become tags of the session as the pool maps them, and only if the role's trust policy lets sessions bring tags (TestPrincipalTags, TestScripts).
//   - Deleting a pool leaves none of its identities behind (TestDeletedPoolLeavesNothing).
//
// Absent:
//   - Logins of OIDC, SAML, social and developer providers: they are refused as an unsupported provider. Those of user pools are taken.
//   - Tags in the classic flow's tokens: principal tag maps count in the enhanced flow only.
//   - Developer identities (GetOpenIdTokenForDeveloperIdentity, LookupDeveloperIdentity, MergeDeveloperIdentities, UnlinkDeveloperIdentity).
//   - The key set that AWS publishes for the classic flow's tokens.
//   - An unsigned call finds its pool by id alone; the region in the id is the region that answers.
package cognitoidentity

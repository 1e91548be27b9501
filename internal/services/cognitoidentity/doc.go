// Package cognitoidentity emulates Amazon Cognito identity pools: guests, and
// the temporary credentials that a browser gets for them.
//
// Enhanced flow: GetId makes an identity, GetCredentialsForIdentity assumes
// the pool's role for it. A guest's session carries the service list that AWS
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
//   - Deleting a pool leaves none of its identities behind (TestDeletedPoolLeavesNothing).
//
// Absent:
//   - Verifiers of login tokens (user pools, OIDC, SAML, social, developer providers): the list of verifiers is a dependency and is empty, so Logins are refused as an unsupported provider.
//   - RoleMappings are kept and returned; they apply to logins only.
//   - CustomRoleArn, principal tag maps (SetPrincipalTagAttributeMap, GetPrincipalTagAttributeMap), developer identities (GetOpenIdTokenForDeveloperIdentity, LookupDeveloperIdentity, MergeDeveloperIdentities, UnlinkDeveloperIdentity).
//   - The key set that AWS publishes for the classic flow's tokens.
//   - An unsigned call finds its pool by id alone; the region in the id is the region that answers.
package cognitoidentity

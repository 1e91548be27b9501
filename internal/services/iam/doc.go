// Package iam emulates AWS Identity and Access Management: users, groups,
// roles, access keys, managed and inline policies, permissions boundaries and
// tags; and it authorises every call made to the cloud.
//
// State belongs to an account and to no region. Names are unique whatever their
// case. Policies are stored as they were sent, and compiled when a principal
// first uses them; a version that every change replaces tells when a compiled
// one is out of date. AWS' own managed policies are a selection
// (managed.json), with AWS' documents; ReadOnlyAccess is limited to services
// that are emulated.
//
// Invariants:
//   - What is authorised is what the latest acknowledged change says (TestAuthorizeSeesChanges).
//   - An inactive or deleted access key opens nothing (TestAccessKeys).
//   - Nothing that is still referred to can be deleted (TestDeleteConflicts).
//   - A malformed policy is never stored (TestMalformedPolicies).
//   - The rights of a role are those of the role with the session's id: a role made anew under the same
//     name gives nothing to sessions of the old one (TestSessionsEndWithTheirRole).
//   - Every operation but the caller's own identity is denied to a user without policies (TestEveryOperationIsDenied).
//
// Absent: login profiles, MFA, server and signing certificates, SSH keys,
// service-specific credentials, identity providers, instance profiles,
// service-linked roles, access advisor. Clients that look for them before they
// delete a user or role are told that there are none. When a role or key was
// last used is not recorded.
package iam

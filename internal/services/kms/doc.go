// Package kms emulates AWS Key Management Service for symmetric encryption keys.
//
// A ciphertext is real AES-256-GCM under a key derived, message by message,
// from the key's material. The blob names its key and the version of the
// material, so that Decrypt needs no key id and rotation loses nothing.
//
// The store holds key material as it is: there is no module above it to hold a
// master key. Who can read the data directory can decrypt, as with any local
// key file; the directory's permissions are the protection.
//
// Invariants:
//   - Key material never leaves this package, neither in answers nor in errors (TestMaterialStaysInside).
//   - The encryption context is authenticated: a ciphertext opens under the same context only (TestContextIsAuthenticated).
//   - No byte of a blob can be changed without Decrypt refusing it (TestBlobIsAuthenticated).
//   - A key that is not Enabled neither encrypts nor decrypts (TestScripts).
//   - Rotation keeps every earlier version: old ciphertexts open for as long as the key exists (TestRotationFollowsTheClock).
//   - Once the deletion date has passed the key is gone at its next use, whether or not the sweep has run (TestDeletionFollowsTheClock).
//   - Every operation on a key is decided by its key policy (TestKeyPolicyDecides).
//
// Absent:
//   - Asymmetric and HMAC keys (Sign, Verify, GenerateMac, GetPublicKey, GenerateDataKeyPair, DeriveSharedSecret): no application of ours needs them; CreateKey refuses their key specs.
//   - Grants (CreateGrant, RetireGrant, RevokeGrant, ListGrants, GrantTokens): key policies and IAM decide.
//   - Imported material, custom and external key stores, multi-region replicas, Nitro enclave recipients.
//   - ListAliases lists aliases of AWS managed keys once they have been used, not before.
//   - A key of another account can be used in cryptographic operations and described; other operations answer that it does not exist.
package kms

// Package srp is the SRP-6a password proof as Cognito user pools speak it: the
// 3072-bit group of RFC 5054, SHA-256, a session key derived with HMAC, and a
// signature over the challenge instead of SRP's own proofs. It is pure:
// randomness comes in as numbers.
//
// A server keeps a Verifier instead of the password. For a sign-in it answers
// the client's A with NewServer(...).B and later checks the client's signature
// with the key that both sides arrive at.
//
// Invariants:
//   - The numbers are those of Cognito's clients (TestVector).
//   - Only the right password gives the key (TestHandshake).
//   - A client that sends a multiple of N, and would know the key without a password, is refused (TestDegenerateA).
package srp

// Package fogfile is the encrypted container songs are stored in.
//
// A container is a header of 512 bytes followed by chunks of AES-256-GCM. It
// can be read from any byte with one range request per chunk, and it carries
// its own data key, wrapped by KMS for exactly one song. The layout, byte for
// byte, is in docs/container.md; testdata/vectors.json holds the vectors that
// this package and the web player both have to pass.
//
// # Invariants
//
//   - What was sealed is what is opened, at every size and from every offset
//     (TestRoundTrip, TestReadAt).
//   - A container with any byte changed does not open or does not decrypt
//     (TestEveryByteIsAuthenticated).
//   - Chunks cannot be reordered, cut off, appended or carried over from another
//     song (TestTampering).
//   - Equal inputs give equal bytes, the ones in the vectors (TestVectors).
//   - The key phrase of the static mode is a 256-bit key (TestStaticKey).
package fogfile

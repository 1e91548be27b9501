// Package listener serves HTTP and HTTPS on one port: the first byte of a
// connection tells them apart. Certificates come from a local authority that
// is made when the first TLS connection arrives.
//
// Invariants:
//   - A connection that stays silent does not hold up others (TestSilentConnection).
//   - Closing the listener ends every connection that has not spoken, the one
//     accepted at that very moment too (TestCloseEndsSilent, TestCloseWhileAccepting).
//   - Running out of file descriptors for a while does not end the listener (TestAcceptGoesOn).
//   - The authority's key is readable by its owner only (TestAuthorityIsKept).
package listener

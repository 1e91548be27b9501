// Package http1 answers calls: POST requests over plain HTTP/1.1, as SDKs send
// them to an API. All other requests, and the connections they come on, are
// net/http's.
//
// net/http watches each connection, in a goroutine of its own, for a client
// that goes away while its request is answered, and sets a deadline or two for each
// request. For a call that takes fifty microseconds both cost more than they
// are worth. Here a connection is watched once somebody asks for the Done channel of the
// request's context.
//
// Invariants:
//   - What is taken here means the same to net/http; what it would refuse, or treat in a special way, it gets (FuzzHead, TestOthersAreHandedOver).
//   - A client that goes away ends the context of its request, if anybody looks (TestGoneClient).
//   - An answer is what net/http would send, but for the order of its fields (TestAnswers).
//   - Shutdown waits for the calls under way and ends silent connections (TestShutdown).
package http1

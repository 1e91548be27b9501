// Package meter knows what requests were made and what they consumed. For now
// it remembers the latest requests with the decisions that let them in.
//
// Invariants:
//   - A follower that does not keep up never holds up a request (TestSlowFollower).
//   - What a client sent does not make a record large (TestRecordsAreSmall).
package meter

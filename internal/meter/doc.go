// Package meter knows what requests were made and what they consumed. A
// Recorder remembers the latest requests with the decisions that let them in;
// a Meter adds up what services measure of themselves and would charge.
//
// Invariants:
//   - Values of one minute add up, and so does what one day used (TestMeter).
//   - A follower that does not keep up never holds up a request (TestSlowFollower).
//   - What a client sent does not make a record large (TestRecordsAreSmall).
package meter

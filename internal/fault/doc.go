// Package fault makes things go wrong on purpose: throttled, failed or slow
// requests, and stream records that come twice. What is to go wrong is told by
// rules, which are kept in memory only.
//
// Invariants:
//   - A rule strikes what it names and nothing else (TestMatch).
//   - A rule ends with its count and with its time, on the cloud's clock (TestEnd).
//   - A rule with a rate strikes that part of the requests (TestRate).
//   - Each service is throttled in its own words (TestThrottle).
package fault

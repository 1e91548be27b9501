// Package edge is the data plane of CloudFront: it answers viewers from a
// cache, and asks origins for what the cache lacks. It knows distributions as
// values and nothing of the API that makes them.
//
// The cache is an index of our own under one lock, with SIEVE as the rule of
// eviction: a hit takes the lock for reading and sets one bit. What a library
// would have to add is what we need most: invalidation by path, two budgets
// (memory and disk), and expired objects that stay for revalidation.
//
// Invariants:
//   - An object is served from the cache until its time to live has passed by the given clock, and asked for again after (TestTimeToLive).
//   - Requests for one object that come together make one request of the origin (TestCollapsing).
//   - An invalidated object is not served again, even if it was being fetched meanwhile (TestInvalidationDuringFetch).
//   - An object that was cut short is never served from the cache (TestTruncatedIsNotCached).
//   - Memory and disk of the cache stay within their budgets (TestBudgets).
//   - A viewer who does not read holds up nobody else (TestSlowViewer).
//   - A range of a cached object is the range of the whole (FuzzRange, TestRanges).
package edge

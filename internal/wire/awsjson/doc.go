// Package awsjson speaks awsJson 1.0 and 1.1: POST /, the operation in
// X-Amz-Target, a JSON object each way.
//
// Invariants:
//   - The output of one operation is the same bytes every time (wiretest: TestDeterministic).
//   - DynamoDB's responses carry the CRC-32 of the bytes sent (TestCRC32).
//   - Decoding and encoding a hot operation stay within their allocations (TestAllocations).
package awsjson

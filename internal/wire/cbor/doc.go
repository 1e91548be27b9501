// Package cbor speaks rpcv2Cbor: POST /service/NAME/operation/OP with a CBOR
// map each way. The CBOR it reads is that of RFC 8949: definite and indefinite
// lengths, half to double floats, tags skipped but for timestamps.
//
// Invariants:
//   - What is written is read back equal (wiretest: TestRoundTrip).
//   - No input makes decoding panic, recurse without bound or allocate more than
//     it carries (FuzzDecode, TestLengthsAreNotBelieved).
package cbor

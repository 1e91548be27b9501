// Package cloud stores songs in S3, DynamoDB and KMS, on AWS and on whatever
// speaks its protocols, through the public SDK alone.
//
// # Invariants
//
//   - An entry is read back as it was registered (TestItem).
//   - An endpoint on this machine is addressed by path, any other by virtual host
//     (TestPathStyle).
//   - Progress counts the bytes that left, once, also when a request is repeated
//     (TestMeter).
package cloud

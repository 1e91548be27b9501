// Package cloudfront emulates Amazon CloudFront: the API of distributions and
// of what they refer to. Package edge serves them.
//
// A distribution is served under its domain name (d….cloudfront.net), under
// the same label below cloudfront.localhost, which browsers and curl resolve
// by themselves, under its aliases, and under /_cloudfront/ID/ on any name of
// ours. A change is served from the next request on, so its status is always
// Deployed, and an invalidation is always Completed.
//
// A distribution created with the tag niebla:id takes the tag's value as its
// id, and with niebla:domain as its domain name.
//
// Invariants:
//   - What is written is read back whole, with AWS' defaults, so that a second plan finds nothing to do (TestScripts).
//   - An update or deletion needs the version that it changes (TestScripts).
//   - A distribution signs its requests for a closed bucket with its own ARN, and gets what the bucket's policy allows it (TestClosedBucket).
//   - The behaviors of one distribution keep objects for as long as each says: a day, for ever, not at all (TestThreeBehaviors).
//   - An invalidation takes effect before its answer (TestThreeBehaviors).
//
// Absent:
//   - CloudFront Functions, Lambda@Edge, key value stores, field-level encryption: a behavior with one is refused.
//   - Access logs, real-time logs, web ACLs, geographic restrictions, staging distributions, trusted signers that are accounts: refused.
//   - Origin access identities (the API from before origin access controls), VPC origins, streaming distributions, tenants.
//   - Signing for origins that are not S3 (lambda, mediastore): refused.
//   - Certificates: aliases need one, as on AWS, and any name of one will do; the local authority's certificate is what is served. TLS versions, price classes and HTTP versions are kept and shown, and nothing on one machine differs by them.
//   - Brotli: CloudFront's own compression is gzip only; what an origin compressed with Brotli is passed on.
//   - WebSocket through a distribution.
//   - Headers about where a viewer is (CloudFront-Viewer-Country and the like): there is no telling from this machine.
package cloudfront

// Package sigv4 makes and verifies AWS Signature Version 4: in the
// Authorization header, in the query of a presigned URL, and in the chunks of a
// streamed S3 body; and verifies the older S3 signature, which boto3 still puts
// into presigned URLs. It knows no service: how a failure is rendered is the
// caller's choice of Style.
//
// A signature covers the request as it was sent. Verification therefore reads
// the raw request target (http.Request.RequestURI), so a gateway may rewrite
// http.Request.URL, but not RequestURI or Host, before it verifies.
//
// Invariants:
//   - The published vectors are reproduced (TestPublishedVectors, TestS3Examples).
//   - What Sign and Presign sign, Verify accepts (TestSignedIsAccepted).
//   - A change to anything that is signed is refused (TestTamperedIsRefused).
//   - A Body reaches io.EOF only when all that was promised has been read and
//     proved (TestStreamingRoundTrip, TestStreamingRefusals, FuzzStreaming).
//   - A signature is compared in constant time (code: sameSignature).
//   - The cache of signing keys does not grow without bound (TestKeyCacheIsBounded).
package sigv4

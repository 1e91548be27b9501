// Package sigv4 makes and verifies AWS Signature Version 4: in the
// Authorization header, in the query of a presigned URL, and in the chunks of a
// streamed S3 body. It knows no service: how a failure is rendered is the
// caller's choice of Style.
package sigv4

// Package scripttest runs request scripts: the specifications of our services.
// A script is a sequence of blocks, with an empty line between them, that are
// sent one after another to a cloud of their own, each signed as a client
// would. A block is
//
//	# why this is as it is
//	@guest kms:Encrypt {"KeyId":"${key}","Plaintext":"aGVsbG8="}
//	> blob = CiphertextBlob
//	----
//	200 {"CiphertextBlob":"${blob}","EncryptionAlgorithm":"SYMMETRIC_DEFAULT","KeyId":"${arn}"}
//
// What follows "----" is what the cloud answered. "go test -rewrite" records
// the answers anew; the diff is reviewed like code.
//
// The request begins with an optional signer: @root (the default), @anonymous,
// a 12-digit account, or the name of credentials captured earlier, each with
// "/region" after it if the region is not eu-west-3. Then comes the operation, with its service and a colon before it unless it is the
// script's own. The rest depends on the service's protocol:
//
//	Encrypt {json}                   JSON; it may run on over further lines
//	CreateRole RoleName=guest        query; and each further line is one Name=Value, taken as it is
//	PUT /bucket/key?tagging          REST; then "Name: value" lines, and "| text" lines that are the body
//
// "advance 24h" moves the cloud's clock instead.
//
// A line "> name = Path.To.0.Value" captures a part of the answer, and with
// /a regular expression/ after it a part of that: a code in a mail. ${name}
// stands for it in later requests, and in every recorded answer. So a script
// does not depend on which identifiers it was given. A captured object with
// AccessKeyId can sign as @name. ${endpoint} is the cloud's URL.
//
// Invariants:
//   - A script whose answers differ from the recorded ones fails (TestMismatchFails).
//   - Recording changes answers only, never requests or comments (TestRewriteKeepsRequests).
package scripttest

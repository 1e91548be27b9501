package sigv4

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Style is how a family of services words its authentication errors.
type Style int

// The styles.
const (
	JSON  Style = iota // awsJson and RPC v2 CBOR
	REST               // restJson, and restXml other than S3
	Query              // awsQuery
	S3
)

// reason is what went wrong, as far as the error code tells.
type reason int

const (
	incomplete reason = iota // authentication that cannot be read
	mismatch                 // the signature, or its time, is wrong
)

// codes are the error code and status of each reason, by style.
var codes = [...][3]struct {
	code   string
	status int
}{
	incomplete: {{"IncompleteSignatureException", 400}, {"IncompleteSignatureException", 403}, {"IncompleteSignature", 400}},
	mismatch:   {{"InvalidSignatureException", 400}, {"InvalidSignatureException", 403}, {"SignatureDoesNotMatch", 403}},
}

// Failure is why a request is not authentic.
type Failure struct {
	reason  reason
	message string     // in the words of every service but S3
	s3      *aws.Error // S3 has an error of its own for everything
}

func (f *Failure) Error() string { return "sigv4: " + f.message }

// For renders the failure as a client of that style of service expects it.
func (f *Failure) For(s Style) *aws.Error {
	if s == S3 {
		return f.s3
	}
	c := codes[f.reason][s]
	return &aws.Error{Code: c.code, Status: c.status, Message: f.message}
}

func headerMalformed(text string) *aws.Error {
	return aws.Errorf(400, "AuthorizationHeaderMalformed", "%s", "The authorization header is malformed; "+text)
}

func queryMalformed(text string) *aws.Error {
	return aws.Errorf(400, "AuthorizationQueryParametersError", "%s", text)
}

func twoMechanisms(authorization string) *Failure {
	const text = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
	return &Failure{incomplete, text, invalidArgument(text, "Authorization", authorization)}
}

func invalidArgument(text, name, value string) *aws.Error {
	return aws.Errorf(400, "InvalidArgument", "%s", text).With("ArgumentName", name).With("ArgumentValue", value)
}

func unsupportedAlgorithm(name string) *Failure {
	return &Failure{incomplete, "Unsupported AWS 'algorithm': '" + name + "'.",
		invalidArgument("Unsupported Authorization Type", "Authorization", name)}
}

func unsupportedQueryAlgorithm(name string) *Failure {
	return &Failure{incomplete, "Unsupported AWS 'algorithm': '" + name + "'.",
		queryMalformed(`X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"`)}
}

// incompleteHeader names each part that is absent, and the header by its hash.
func incompleteHeader(authorization, credential string, a *Auth, date string) *Failure {
	var b strings.Builder
	need := func(absent bool, name string) {
		if absent {
			fmt.Fprintf(&b, "Authorization header requires '%s' parameter. ", name)
		}
	}
	need(credential == "", "Credential")
	need(a.Signature == "", "Signature")
	need(a.SignedHeaders == "", "SignedHeaders")
	s3 := headerMalformed("the authorization header requires three components: Credential, SignedHeaders, and Signature.")
	if date == "" {
		b.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
		s3 = aws.Errorf(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
	}
	sum := sha256.Sum256([]byte(authorization))
	b.WriteString("(Hashed with SHA-256 and encoded with Base64) Authorization=" + base64.StdEncoding.EncodeToString(sum[:]))
	return &Failure{incomplete, b.String(), s3}
}

func incompleteQuery() *Failure {
	return &Failure{incomplete, "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-SignedHeaders' and 'X-Amz-Signature'.",
		queryMalformed("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")}
}

func badCredential(c string, presigned bool) *Failure {
	const s3 = `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`
	f := &Failure{incomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + c + "'", headerMalformed(s3)}
	if presigned {
		f.s3 = queryMalformed("Error parsing the X-Amz-Credential parameter; " + s3)
	}
	return f
}

func badTerminator(t string, presigned bool) *Failure {
	s3 := `incorrect terminal "` + t + `". This endpoint uses "aws4_request".`
	f := &Failure{mismatch, "Credential should be scoped with a valid terminator: 'aws4_request', not '" + t + "'.", headerMalformed(s3)}
	if presigned {
		f.s3 = queryMalformed("Error parsing the X-Amz-Credential parameter; " + s3)
	}
	return f
}

func badDate(s string, presigned bool) *Failure {
	f := &Failure{incomplete, "Date must be in ISO-8601 'basic format'. Got '" + s + "'. See http://en.wikipedia.org/wiki/ISO_8601",
		aws.Errorf(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")}
	if presigned {
		f.s3 = queryMalformed(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
	}
	return f
}

func otherDay(a *Auth, date string) *Failure {
	day := a.Time.Format(dateFormat)
	text := fmt.Sprintf("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", a.Date, day, date)
	s3 := fmt.Sprintf(`Invalid credential date "%s". This date is not the same as X-Amz-Date: "%s".`, a.Date, day)
	if a.Presigned {
		return &Failure{mismatch, text, queryMalformed("Error parsing the X-Amz-Credential parameter; " + s3)}
	}
	return &Failure{mismatch, text, headerMalformed(s3)}
}

func badExpires(text string) *Failure { return &Failure{incomplete, text, queryMalformed(text)} }

func hostUnsigned() *Failure {
	const text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
	return &Failure{mismatch, text, notSigned([]string{"host"})}
}

func headersUnsigned(names []string) *Failure {
	s3 := notSigned(names)
	return &Failure{mismatch, s3.Message, s3}
}

func notSigned(names []string) *aws.Error {
	return aws.Errorf(403, "AccessDenied", "There were headers present in the request which were not signed").
		With("HeadersNotSigned", strings.Join(names, ", "))
}

// skewed is a signature made too long ago, or too far ahead.
func skewed(signed, now time.Time) *Failure {
	at, limit := signed.Format(timeFormat), now.Add(-skew).Format(timeFormat)
	text := fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)", at, limit, now.Format(timeFormat))
	if signed.After(now) {
		text = fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)", at, now.Add(skew).Format(timeFormat), now.Format(timeFormat))
	}
	return &Failure{mismatch, text,
		aws.Errorf(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.").
			With("RequestTime", at).With("ServerTime", iso(now)).With("MaxAllowedSkewMilliseconds", "900000")}
}

// expired is a presigned URL that is over. seconds is X-Amz-Expires, absent in V2.
func expired(seconds string, at, now time.Time) *Failure {
	text := fmt.Sprintf("Signature expired: %s is now earlier than %s", at.Format(timeFormat), now.Format(timeFormat))
	e := aws.Errorf(403, "AccessDenied", "Request has expired")
	if seconds != "" {
		e = e.With("X-Amz-Expires", seconds)
	}
	return &Failure{mismatch, text, e.With("Expires", iso(at)).With("ServerTime", iso(now))}
}

func notYetValid(a *Auth, now time.Time) *Failure {
	f := skewed(a.Time, now)
	f.s3 = aws.Errorf(403, "AccessDenied", "Request is not yet valid").
		With("X-Amz-Date", a.Time.Format(timeFormat)).
		With("Expires", iso(a.Time.Add(a.Expires))).With("ServerTime", iso(now))
	return f
}

func iso(t time.Time) string { return t.Format("2006-01-02T15:04:05Z") }

// wrongSignature shows the client what we signed, as AWS does: without that
// nobody ever found their mistake. canonical is empty for V2.
func wrongSignature(a *Auth, canonical, toSign string) *Failure {
	const found = "The request signature we calculated does not match the signature you provided. "
	s3 := aws.Errorf(403, "SignatureDoesNotMatch", "%s", found+"Check your key and signing method.").
		With("AWSAccessKeyId", a.AccessKey).With("StringToSign", toSign).
		With("SignatureProvided", a.Signature).With("StringToSignBytes", spacedHex(toSign))
	if canonical != "" {
		s3 = s3.With("CanonicalRequest", canonical).With("CanonicalRequestBytes", spacedHex(canonical))
	}
	return &Failure{mismatch, found + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n" +
		"The Canonical String for this request should have been\n'" + canonical + "'\n\n" +
		"The String-to-Sign should have been\n'" + toSign + "'\n", s3}
}

func spacedHex(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 {
			b.WriteByte(' ')
		}
		if s[i] < 16 {
			b.WriteByte('0')
		}
		b.WriteString(strconv.FormatUint(uint64(s[i]), 16))
	}
	return b.String()
}

func noPayloadHash() *Failure {
	const text = "Missing required header for this request: x-amz-content-sha256"
	return &Failure{incomplete, text, aws.Errorf(400, "InvalidRequest", text)}
}

func badPayloadHash(value string) *Failure {
	const text = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value."
	return &Failure{incomplete, text, invalidArgument(text, "x-amz-content-sha256", value)}
}

// The failures of a body, which only S3 streams.

func bodyFailure(e *aws.Error) *Failure { return &Failure{mismatch, e.Message, e} }

func wrongPayload(declared, actual string) *Failure {
	return bodyFailure(aws.Errorf(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.").
		With("ClientComputedContentSHA256", declared).With("S3ComputedContentSHA256", actual))
}

func incompleteBody() *Failure {
	return bodyFailure(aws.Errorf(400, "IncompleteBody", "The request body terminated unexpectedly"))
}

func longBody() *Failure {
	return bodyFailure(aws.Errorf(400, "IncompleteBody", "The request body holds more than x-amz-decoded-content-length promised"))
}

func badChunk() *Failure {
	return bodyFailure(aws.Errorf(400, "InvalidRequest", "The request body is not well-formed aws-chunked data"))
}

func smallChunk(number int, size int64) *Failure {
	return bodyFailure(aws.Errorf(403, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes").
		With("Chunk", strconv.Itoa(number)).With("BadChunkSize", strconv.FormatInt(size, 10)))
}

func wrongChunk(provided string) *Failure {
	return bodyFailure(aws.Errorf(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.").
		With("SignatureProvided", provided))
}

func badTrailer() *Failure {
	return bodyFailure(aws.Errorf(400, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema."))
}

func noLength() *Failure {
	return bodyFailure(aws.Errorf(411, "MissingContentLength", "You must provide the Content-Length HTTP header."))
}

func badLength(value string) *Failure {
	return bodyFailure(invalidArgument("The x-amz-decoded-content-length header must be a non-negative number", "x-amz-decoded-content-length", value))
}

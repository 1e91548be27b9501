package gateway

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// What Identity.Open can say against a key.
var (
	ErrUnknownKey   = errors.New("unknown access key")
	ErrBadToken     = errors.New("the session token does not belong to the access key")
	ErrExpiredToken = errors.New("the session has expired")
)

// maxBody bounds a body that is read whole: Lambda takes packages of 50 MB in base64.
// Streamed payloads are not bounded here.
const maxBody = 70167211

// authenticate verifies the signature and settles who is calling.
func (x *exchange) authenticate() error {
	if x.m != x.s3 {
		if err := x.read(); err != nil {
			return err
		}
	}
	if x.auth == nil {
		return nil
	}
	p, secret, err := x.Identity.Open(x.orig.Context(), x.auth.AccessKey, x.auth.SessionToken)
	if err != nil {
		return x.keyError(err)
	}
	hash := ""
	if x.m != x.s3 {
		sum := sha256.Sum256(x.body)
		hash = hex.EncodeToString(sum[:])
	}
	if err := x.verifier.Verify(x.orig, x.auth, secret, hash); err != nil {
		return x.asError(err)
	}
	x.secret = secret
	x.call.Principal = p
	x.call.Account = p.Account
	return nil
}

// inflate undoes the compression of a body, which some SDKs do to large ones.
// The signature was over the body as it was sent.
func (x *exchange) inflate() error {
	if x.m == x.s3 || x.orig.Header.Get("Content-Encoding") != "gzip" || len(x.body) == 0 {
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(x.body))
	if err != nil {
		return aws.Errorf(http.StatusBadRequest, "SerializationException", "the body is not gzip: %v", err)
	}
	body, err := io.ReadAll(io.LimitReader(z, maxBody+1))
	if err != nil {
		return aws.Errorf(http.StatusBadRequest, "SerializationException", "the body is not gzip: %v", err)
	}
	if len(body) > maxBody {
		return tooLarge()
	}
	x.body = body
	return nil
}

// read reads the whole body, once.
func (x *exchange) read() error {
	if x.body != nil || x.orig.Body == nil || x.orig.ContentLength == 0 {
		return nil
	}
	body, err := readAll(x.orig.Body, x.orig.ContentLength)
	if err != nil {
		return err
	}
	x.body = body
	return nil
}

func readAll(r io.Reader, length int64) ([]byte, error) {
	if length > maxBody {
		return nil, tooLarge()
	}
	if length >= 0 {
		b := make([]byte, length)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, incomplete(err)
		}
		// The reader may have more to say at the end: that a signature is wrong.
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			return nil, incomplete(err)
		}
		return b, nil
	}
	b, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return nil, incomplete(err)
	}
	if len(b) > maxBody {
		return nil, tooLarge()
	}
	return b, nil
}

func tooLarge() *aws.Error {
	return aws.Errorf(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "The request body is larger than %d bytes.", maxBody)
}

func incomplete(err error) error {
	if _, ok := errors.AsType[*sigv4.Failure](err); ok {
		return err
	}
	return aws.Errorf(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly")
}

// receive takes the framing off an S3 body. Streamed payloads are left to the
// operation; others are read here.
func (x *exchange) receive() error {
	body := &sigv4.Body{Reader: x.orig.Body, Length: x.orig.ContentLength}
	if x.auth != nil || x.orig.Header.Get("X-Amz-Content-Sha256") != "" {
		var err error
		if body, err = x.verifier.Body(x.orig, x.auth, x.secret); err != nil {
			return x.asError(err)
		}
	}
	if !x.route.Streams {
		b, err := readAll(body, body.Length)
		if err != nil {
			return x.asError(err)
		}
		x.body = b
		return x.checkBody(body.Trailer)
	}
	r := *x.r
	r.Body = payload{body, x}
	r.ContentLength = body.Length
	x.r = &r
	return nil
}

// checkBody lets the service verify what the client claims of a whole body.
func (x *exchange) checkBody(trailer http.Header) error {
	v, ok := x.m.svc.(service.BodyChecker)
	if !ok {
		return nil
	}
	header := x.orig.Header
	if len(trailer) > 0 {
		header = header.Clone()
		maps.Copy(header, trailer)
	}
	return v.CheckBody(x.route.Operation, header, x.body)
}

// payload is a streamed body whose failures are errors that clients may see.
type payload struct {
	*sigv4.Body
	x *exchange
}

func (p payload) Read(b []byte) (int, error) {
	n, err := p.Body.Read(b)
	if err != nil && err != io.EOF {
		err = p.x.asError(incomplete(err))
	}
	return n, err
}

func (p payload) Close() error { return p.x.orig.Body.Close() }

// Trailer is what the client sent after the payload, valid at its end.
func (p payload) Trailer() http.Header { return p.Body.Trailer }

// style is how the service words its authentication errors.
func (x *exchange) style() sigv4.Style {
	switch {
	case x.m == x.s3 || x.m == nil:
		return sigv4.S3
	case x.codec == x.m.codecs[service.Query]:
		return sigv4.Query
	case x.m.Protocols[0] == service.RestJSON || x.m.Protocols[0] == service.RestXML:
		return sigv4.REST
	}
	return sigv4.JSON
}

// asError renders what sigv4 found wrong.
func (x *exchange) asError(err error) error {
	if f, ok := errors.AsType[*sigv4.Failure](err); ok {
		return f.For(x.style())
	}
	return err
}

func (x *exchange) keyError(err error) error {
	type rendering struct {
		status        int
		code, message string
	}
	const invalid = "The security token included in the request is invalid."
	const expired = "The security token included in the request is expired"
	unknown := map[sigv4.Style]rendering{
		sigv4.JSON:  {400, "UnrecognizedClientException", invalid},
		sigv4.REST:  {403, "UnrecognizedClientException", invalid},
		sigv4.Query: {403, "InvalidClientTokenId", invalid},
		sigv4.S3:    {403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
	}
	late := map[sigv4.Style]rendering{
		sigv4.JSON:  {400, "ExpiredTokenException", expired},
		sigv4.REST:  {403, "ExpiredTokenException", expired},
		sigv4.Query: {403, "ExpiredToken", expired},
		sigv4.S3:    {400, "ExpiredToken", "The provided token has expired."},
	}
	s := x.style()
	var e rendering
	switch {
	case errors.Is(err, ErrExpiredToken):
		e = late[s]
	case errors.Is(err, ErrBadToken) && s == sigv4.S3:
		e = rendering{400, "InvalidToken", "The provided token is malformed or otherwise invalid."}
	case errors.Is(err, ErrUnknownKey), errors.Is(err, ErrBadToken):
		e = unknown[s]
	default:
		return err
	}
	out := aws.Errorf(e.status, e.code, "%s", e.message)
	if e.code == "InvalidAccessKeyId" {
		out = out.With("AWSAccessKeyId", x.auth.AccessKey)
	}
	return out
}

func missingToken(s sigv4.Style) *aws.Error {
	switch s {
	case sigv4.JSON:
		return aws.Errorf(400, "MissingAuthenticationTokenException", "Request is missing Authentication Token")
	case sigv4.Query:
		return aws.Errorf(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	return aws.Errorf(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
}

// denied words a denial as the service would.
func (x *exchange) denied(d policy.Decision) error {
	status, code := http.StatusForbidden, "AccessDenied"
	switch x.style() {
	case sigv4.JSON:
		status, code = http.StatusBadRequest, "AccessDeniedException"
	case sigv4.REST:
		code = "AccessDeniedException"
	}
	if x.m == x.s3 && x.call.Principal.Kind == aws.Anonymous {
		return aws.Errorf(status, code, "Access Denied")
	}
	return aws.Errorf(status, code, "%s", d.Message(x.call.Principal, x.m == x.s3))
}

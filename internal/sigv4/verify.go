package sigv4

import (
	"io"
	"net/http"
	"time"
)

// Verifier checks signatures. It caches signing keys and is safe for
// concurrent use.
type Verifier struct{ now func() time.Time }

// NewVerifier returns a Verifier that tells the time by now.
func NewVerifier(now func() time.Time) *Verifier { return &Verifier{now: now} }

// Verify checks the signature, the clock and the expiry of a request that Parse
// gave a. bodyHash is the hex SHA-256 of the body, or "" when the body is still
// to be streamed: then it must be read through Body. The error is a *Failure.
func (v *Verifier) Verify(r *http.Request, a *Auth, secret, bodyHash string) error { return nil }

// Body is a request's payload as the application meant it: chunk framing is
// taken off, and hashes and chunk signatures are checked while it is read.
// A body that does not hold what was signed ends in a *Failure, not io.EOF.
type Body struct {
	io.Reader
	// Length of the payload, or -1 when the client did not say.
	Length int64
	// Trailer is filled when Reader has returned io.EOF.
	Trailer http.Header
}

// Body returns the payload of a verified request.
func (v *Verifier) Body(r *http.Request, a *Auth, secret string) (*Body, error) { return nil, nil }

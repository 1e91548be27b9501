package sigv4

import (
	"net/http"
	"time"
)

// Auth is what a request says about who signed it, before anything is checked.
type Auth struct {
	AccessKey     string
	Date          string // yyyymmdd of the credential scope
	Region        string
	Service       string // signing name: "s3"
	SignedHeaders []string
	Signature     string
	SessionToken  string
	Time          time.Time     // when it was signed
	Presigned     bool          // signed in the query
	Expires       time.Duration // how long a presigned request is good for
	PayloadHash   string        // x-amz-content-sha256: a hash, a marker such as UNSIGNED-PAYLOAD, or ""
	V2            bool          // the older S3 signature; no scope, Service is "s3"
}

// Parse reads the authentication of a request. It returns nil and no error for
// a request that carries none. The error is a *Failure.
func Parse(r *http.Request) (*Auth, error) { return nil, nil }

package sigv4

import (
	"net/http"
	"time"
)

// Credentials sign requests.
type Credentials struct{ AccessKey, Secret, SessionToken string }

// Sign adds X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 and
// Authorization to r. bodyHash is the hex SHA-256 of the body or a marker such
// as UnsignedPayload; "" means an empty body.
func Sign(r *http.Request, c Credentials, region, service, bodyHash string, now time.Time) {}

// Presign returns the URL of r signed in its query, good for expires.
func Presign(r *http.Request, c Credentials, region, service, bodyHash string, now time.Time, expires time.Duration) string {
	return ""
}

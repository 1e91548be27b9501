package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// skew is how far a client's clock may be off.
const skew = 15 * time.Minute

// What x-amz-content-sha256 may say instead of a hash.
const (
	UnsignedPayload          = "UNSIGNED-PAYLOAD"
	StreamingSigned          = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	StreamingSignedTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// EmptyHash is the hash of an empty body.
const EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Verifier checks signatures. It caches signing keys and is safe for
// concurrent use.
type Verifier struct {
	now     func() time.Time
	keys    keyCache
	buffers sync.Pool
}

// NewVerifier returns a Verifier that tells the time by now.
func NewVerifier(now func() time.Time) *Verifier {
	return &Verifier{now: now, buffers: sync.Pool{New: func() any { return &buffer{} }}}
}

// buffer holds a canonical request and its string to sign.
type buffer struct{ canonical, toSign []byte }

// HashBody returns the hash that Verify wants of a body held in memory.
func HashBody(body []byte) string {
	if len(body) == 0 {
		return EmptyHash
	}
	sum := sha256.Sum256(body)
	var out [64]byte
	hex.Encode(out[:], sum[:])
	return string(out[:])
}

// Verify checks the signature, the clock and the expiry of a request that Parse
// gave a. bodyHash is the hex SHA-256 of the body, or "" when the body is still
// to be streamed: then it must be read through Body. The error is a *Failure.
func (v *Verifier) Verify(r *http.Request, a *Auth, secret, bodyHash string) error {
	if f := v.verify(r, a, secret, bodyHash); f != nil {
		return f
	}
	return nil
}

func (v *Verifier) verify(r *http.Request, a *Auth, secret, bodyHash string) *Failure {
	now := v.now().UTC()
	if a.V2 {
		return verifyV2(r, a, secret, now)
	}
	if f := checkTime(a, now); f != nil {
		return f
	}
	if !a.Signs("host") {
		return hostUnsigned()
	}
	payload, f := a.payload(bodyHash)
	if f != nil {
		return f
	}
	if isS3(a.Service) {
		if names := unsignedHeaders(r, a); len(names) > 0 {
			return headersUnsigned(names)
		}
	}
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.canonical = appendCanonical(b.canonical[:0], r, a, payload)
	b.toSign = appendStringToSign(b.toSign[:0], a, b.canonical)
	if !sameSignature(v.keys.get(secret, a).sign(b.toSign), a.Signature) {
		return wrongSignature(a, string(b.canonical), string(b.toSign))
	}
	if isS3(a.Service) && bodyHash != "" && isHash(payload) && payload != bodyHash {
		return wrongPayload(payload, bodyHash)
	}
	return nil
}

func checkTime(a *Auth, now time.Time) *Failure {
	if !a.Presigned {
		if now.Sub(a.Time).Abs() > skew {
			return skewed(a.Time, now)
		}
		return nil
	}
	if a.Time.After(now.Add(skew)) {
		return notYetValid(a, now)
	}
	if end := a.Time.Add(a.Expires); now.After(end) {
		return expired(strconv.Itoa(int(a.Expires/time.Second)), end, now)
	}
	return nil
}

// payload is the hash that was signed. S3 signs what x-amz-content-sha256
// says; every other service signs the body that arrived.
func (a *Auth) payload(bodyHash string) (string, *Failure) {
	declared := a.PayloadHash
	if !isS3(a.Service) {
		switch {
		case bodyHash != "":
			return bodyHash, nil
		case isHash(declared):
			return declared, nil
		}
		return EmptyHash, nil
	}
	switch {
	case declared == "" && a.Presigned:
		return UnsignedPayload, nil
	case declared == "":
		return "", noPayloadHash()
	case !isHash(declared) && !isMarker(declared):
		return "", badPayloadHash(declared)
	}
	return declared, nil
}

func isMarker(s string) bool {
	return s == UnsignedPayload || s == StreamingSigned || s == StreamingSignedTrailer || s == StreamingUnsignedTrailer
}

func isHash(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// unsignedHeaders lists the x-amz- headers that the signature does not cover.
func unsignedHeaders(r *http.Request, a *Auth) []string {
	var names []string
	for name := range r.Header {
		if len(name) > 6 && strings.EqualFold(name[:6], "x-amz-") && !a.Signs(name) {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return names
}

func sameSignature(ours [64]byte, theirs string) bool {
	return subtle.ConstantTimeCompare(ours[:], []byte(theirs)) == 1
}

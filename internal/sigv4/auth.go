package sigv4

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	timeFormat = "20060102T150405Z"
	dateFormat = "20060102"

	// maxExpires is the longest a presigned URL may live.
	maxExpires = 7 * 24 * time.Hour
)

// Auth is what a request says about who signed it, before anything is checked.
type Auth struct {
	AccessKey     string
	Date          string // yyyymmdd of the credential scope
	Region        string
	Service       string // signing name: "s3"
	SignedHeaders string // as sent: "host;x-amz-date"
	Signature     string
	SessionToken  string
	Time          time.Time     // when it was signed; zero for a presigned URL of V2
	Presigned     bool          // signed in the query
	Expires       time.Duration // how long a presigned request is good for
	PayloadHash   string        // x-amz-content-sha256: a hash, a marker such as UnsignedPayload, or ""

	V2        bool      // the older S3 signature: no scope; Service is "s3"
	ExpiresAt time.Time // of a presigned URL of V2
}

// Signs reports whether a header, in lower case, is covered by the signature.
func (a *Auth) Signs(header string) bool {
	for rest := a.SignedHeaders; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, ";")
		if strings.EqualFold(name, header) {
			return true
		}
	}
	return false
}

// Parse reads the authentication of a request. It returns nil and no error for
// a request that carries none of ours: an Authorization of another scheme
// belongs to somebody else. The error is a *Failure.
func Parse(r *http.Request) (*Auth, error) {
	authorization := r.Header.Get("Authorization")
	query := querySigned(r)
	switch {
	case query != unsigned && isOurs(authorization):
		return nil, twoMechanisms(authorization)
	case strings.HasPrefix(authorization, "AWS4-"):
		return fail(parseHeader(r, authorization))
	case strings.HasPrefix(authorization, "AWS "):
		return fail(parseHeaderV2(r, authorization[len("AWS "):]))
	case query == signedV4:
		return fail(parseQuery(r))
	case query == signedV2:
		return fail(parseQueryV2(r))
	}
	return nil, nil
}

// fail keeps a nil *Failure from becoming an error that is not nil.
func fail(a *Auth, f *Failure) (*Auth, error) {
	if f != nil {
		return nil, f
	}
	return a, nil
}

func isOurs(authorization string) bool {
	return strings.HasPrefix(authorization, "AWS4-") || strings.HasPrefix(authorization, "AWS ")
}

type scheme int

const (
	unsigned scheme = iota
	signedV4
	signedV2
)

// querySigned says which signature the query carries, if any.
func querySigned(r *http.Request) scheme {
	q := rawQuery(r)
	switch {
	case q == "":
		return unsigned
	case hasParam(q, "X-Amz-Algorithm"), hasParam(q, "X-Amz-Credential"), hasParam(q, "X-Amz-Signature"):
		return signedV4
	case hasParam(q, "AWSAccessKeyId") && hasParam(q, "Signature"):
		return signedV2
	}
	return unsigned
}

func hasParam(query, name string) bool {
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if n, _, _ := strings.Cut(p, "="); n == name {
			return true
		}
	}
	return false
}

func parseHeader(r *http.Request, authorization string) (*Auth, *Failure) {
	name, rest, _ := strings.Cut(authorization, " ")
	if name != algorithm {
		return nil, unsupportedAlgorithm(name)
	}
	a := &Auth{SessionToken: r.Header.Get("X-Amz-Security-Token"), PayloadHash: r.Header.Get("X-Amz-Content-Sha256")}
	var credential string
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ",")
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "Credential":
			credential = value
		case "SignedHeaders":
			a.SignedHeaders = value
		case "Signature":
			a.Signature = value
		}
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		date = r.Header.Get("Date")
	}
	if credential == "" || a.SignedHeaders == "" || a.Signature == "" || date == "" {
		return nil, incompleteHeader(authorization, credential, a, date)
	}
	if f := a.setCredential(credential); f != nil {
		return nil, f
	}
	return a, a.setTime(date)
}

func parseQuery(r *http.Request) (*Auth, *Failure) {
	q, err := url.ParseQuery(rawQuery(r))
	if err != nil {
		return nil, incompleteQuery()
	}
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders"} {
		if q.Get(name) == "" {
			return nil, incompleteQuery()
		}
	}
	if q.Get("X-Amz-Algorithm") != algorithm {
		return nil, unsupportedQueryAlgorithm(q.Get("X-Amz-Algorithm"))
	}
	a := &Auth{
		Presigned:     true,
		SignedHeaders: q.Get("X-Amz-SignedHeaders"),
		Signature:     q.Get("X-Amz-Signature"),
		SessionToken:  q.Get("X-Amz-Security-Token"),
		PayloadHash:   q.Get("X-Amz-Content-Sha256"),
	}
	if f := a.setCredential(q.Get("X-Amz-Credential")); f != nil {
		return nil, f
	}
	if a.PayloadHash == "" && a.Signs("x-amz-content-sha256") {
		a.PayloadHash = r.Header.Get("X-Amz-Content-Sha256")
	}
	if f := a.setExpires(q.Get("X-Amz-Expires")); f != nil {
		return nil, f
	}
	return a, a.setTime(q.Get("X-Amz-Date"))
}

// setCredential reads AKID/yyyymmdd/region/service/aws4_request.
func (a *Auth) setCredential(c string) *Failure {
	var f [5]string
	rest, more := c, true
	for i := range f {
		if !more {
			return badCredential(c, a.Presigned)
		}
		f[i], rest, more = strings.Cut(rest, "/")
	}
	if more || f[0] == "" || f[3] == "" {
		return badCredential(c, a.Presigned)
	}
	a.AccessKey, a.Date, a.Region, a.Service = f[0], f[1], f[2], f[3]
	if f[4] != terminator {
		return badTerminator(f[4], a.Presigned)
	}
	return nil
}

// setTime reads X-Amz-Date, or the Date header some old clients sign with.
func (a *Auth) setTime(s string) *Failure {
	t, err := time.Parse(timeFormat, s)
	if err != nil && !a.Presigned {
		t, err = http.ParseTime(s)
	}
	if err != nil {
		return badDate(s, a.Presigned)
	}
	a.Time = t.UTC()
	if a.Date != a.Time.Format(dateFormat) {
		return otherDay(a, s)
	}
	return nil
}

func (a *Auth) setExpires(s string) *Failure {
	if s == "" {
		if isS3(a.Service) {
			return incompleteQuery()
		}
		a.Expires = skew
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return badExpires("X-Amz-Expires should be a number")
	case n < 0:
		return badExpires("X-Amz-Expires must be non-negative")
	case n > int64(maxExpires/time.Second):
		return badExpires("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	a.Expires = time.Duration(n) * time.Second
	return nil
}

func isS3(service string) bool { return service == "s3" }

package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Credentials sign requests.
type Credentials struct{ AccessKey, Secret, SessionToken string }

// Sign adds X-Amz-Date, X-Amz-Security-Token, for S3 X-Amz-Content-Sha256, and
// Authorization to r. bodyHash is the hex SHA-256 of the body or a marker such
// as UnsignedPayload; "" means an empty body.
func Sign(r *http.Request, c Credentials, region, service, bodyHash string, now time.Time) {
	now = now.UTC()
	if bodyHash == "" {
		bodyHash = EmptyHash
	}
	r.Header.Set("X-Amz-Date", now.Format(timeFormat))
	if c.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.SessionToken)
	}
	if isS3(service) {
		r.Header.Set("X-Amz-Content-Sha256", bodyHash)
	}
	a := &Auth{AccessKey: c.AccessKey, Date: now.Format(dateFormat), Region: region, Service: service, Time: now, SignedHeaders: signable(r)}
	signature := a.sign(r, c.Secret, bodyHash)
	r.Header.Set("Authorization", algorithm+" Credential="+a.credential()+", SignedHeaders="+a.SignedHeaders+", Signature="+signature)
}

// Presign returns the URL of r signed in its query, good for expires. bodyHash
// "" means UnsignedPayload for S3 and an empty body for others.
func Presign(r *http.Request, c Credentials, region, service, bodyHash string, now time.Time, expires time.Duration) string {
	now = now.UTC()
	if bodyHash == "" {
		bodyHash = EmptyHash
		if isS3(service) {
			bodyHash = UnsignedPayload
		}
	}
	a := &Auth{AccessKey: c.AccessKey, Date: now.Format(dateFormat), Region: region, Service: service, Time: now, SignedHeaders: signable(r)}
	params := []string{
		"X-Amz-Algorithm=" + algorithm,
		"X-Amz-Credential=" + recode(a.credential()),
		"X-Amz-Date=" + now.Format(timeFormat),
		"X-Amz-Expires=" + strconv.FormatInt(int64(expires/time.Second), 10),
		"X-Amz-SignedHeaders=" + recode(a.SignedHeaders),
	}
	if c.SessionToken != "" {
		params = append(params, "X-Amz-Security-Token="+url.QueryEscape(c.SessionToken))
	}
	u := *r.URL
	if u.RawQuery != "" {
		params = append([]string{u.RawQuery}, params...)
	}
	u.RawQuery = strings.Join(params, "&")
	signed := *r
	signed.URL, signed.RequestURI = &u, ""
	u.RawQuery += "&X-Amz-Signature=" + a.sign(&signed, c.Secret, bodyHash)
	return u.String()
}

func (a *Auth) credential() string { return a.AccessKey + "/" + string(appendScope(nil, a)) }

func (a *Auth) sign(r *http.Request, secret, bodyHash string) string {
	toSign := appendStringToSign(nil, a, appendCanonical(nil, r, a, bodyHash))
	s := newSigningKey(secret, a.Date, a.Region, a.Service).sign(toSign)
	return string(s[:])
}

// transient headers are changed on the way, so they are not signed.
var transient = []string{"Authorization", "User-Agent", "Connection", "Expect", "Transfer-Encoding", "Accept-Encoding", "X-Amzn-Trace-Id"}

func signable(r *http.Request) string {
	names := []string{"host"}
	for name := range r.Header {
		if !slices.Contains(transient, name) {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ";")
}

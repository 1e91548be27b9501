package sigv4

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func parseHeaderV2(r *http.Request, credential string) (*Auth, *Failure) {
	key, signature, ok := strings.Cut(credential, ":")
	if !ok || key == "" || signature == "" {
		const text = "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"
		return nil, &Failure{incomplete, text, invalidArgument(text, "Authorization", "AWS "+credential)}
	}
	a := &Auth{V2: true, Service: "s3", AccessKey: key, Signature: signature, SessionToken: r.Header.Get("X-Amz-Security-Token")}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		date = r.Header.Get("Date")
	}
	t, err := http.ParseTime(date)
	if err != nil {
		if t, err = time.Parse(timeFormat, date); err != nil {
			return nil, badDate(date, false)
		}
	}
	a.Time = t.UTC()
	return a, nil
}

func parseQueryV2(r *http.Request) (*Auth, *Failure) {
	q, err := url.ParseQuery(rawQuery(r))
	if err != nil {
		return nil, incompleteQueryV2()
	}
	a := &Auth{V2: true, Service: "s3", Presigned: true, AccessKey: q.Get("AWSAccessKeyId"), Signature: q.Get("Signature"),
		SessionToken: q.Get("x-amz-security-token")}
	expires, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	if a.AccessKey == "" || a.Signature == "" || err != nil {
		return nil, incompleteQueryV2()
	}
	a.ExpiresAt = time.Unix(expires, 0).UTC()
	return a, nil
}

func incompleteQueryV2() *Failure {
	const text = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
	return &Failure{incomplete, text, aws.Errorf(403, "AccessDenied", text)}
}

func verifyV2(r *http.Request, a *Auth, secret string, now time.Time) *Failure {
	if a.Presigned {
		if now.After(a.ExpiresAt) {
			return expired("", a.ExpiresAt, now)
		}
	} else if now.Sub(a.Time).Abs() > skew {
		return skewed(a.Time, now)
	}
	toSign := stringToSignV2(r, a)
	m := hmac.New(sha1.New, []byte(secret))
	m.Write([]byte(toSign))
	ours := base64.StdEncoding.EncodeToString(m.Sum(nil))
	if subtle.ConstantTimeCompare([]byte(ours), []byte(a.Signature)) != 1 {
		return wrongSignature(a, "", toSign)
	}
	return nil
}

func stringToSignV2(r *http.Request, a *Auth) string {
	date := r.Header.Get("Date")
	if r.Header.Get("X-Amz-Date") != "" {
		date = ""
	}
	if a.Presigned {
		date = strconv.FormatInt(a.ExpiresAt.Unix(), 10)
	}
	headers := headersV2(r, a)
	var b strings.Builder
	for _, s := range []string{r.Method, headers.Get("Content-Md5"), headers.Get("Content-Type"), date} {
		b.WriteString(s + "\n")
	}
	writeHeadersV2(&b, headers)
	// The resource is in path style whatever the client used: the gateway has
	// put the bucket of the host name into the URL, and so did the client here.
	path := r.URL.EscapedPath()
	b.WriteString(path)
	if path != "/" && strings.Count(path, "/") == 1 {
		b.WriteByte('/') // of a bucket
	}
	writeSubresourcesV2(&b, rawQuery(r))
	return b.String()
}

// headersV2 are the headers that count. In a presigned URL some of them are
// parameters.
func headersV2(r *http.Request, a *Auth) http.Header {
	if !a.Presigned {
		return r.Header
	}
	h := r.Header.Clone()
	q, _ := url.ParseQuery(rawQuery(r)) // parsed before
	for name, values := range q {
		n := http.CanonicalHeaderKey(name)
		if h[n] == nil && (strings.HasPrefix(n, "X-Amz-") || n == "Content-Type" || n == "Content-Md5") {
			h[n] = values
		}
	}
	return h
}

func writeHeadersV2(b *strings.Builder, h http.Header) {
	var names []string
	for name := range h {
		if strings.HasPrefix(name, "X-Amz-") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(strings.ToLower(name) + ":" + strings.TrimSpace(strings.Join(h[name], ",")) + "\n")
	}
}

// signedParams are the parameters that are part of the resource in V2.
var signedParams = []string{
	"accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
	"logging", "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy", "publicAccessBlock",
	"replication", "requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
	"response-content-language", "response-content-type", "response-expires", "restore", "retention", "legal-hold", "select",
	"select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
}

func writeSubresourcesV2(b *strings.Builder, query string) {
	var params []string
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		name, value, has := strings.Cut(p, "=")
		if !slices.Contains(signedParams, name) {
			continue
		}
		if has {
			if v, err := url.QueryUnescape(value); err == nil {
				value = v
			}
			name += "=" + value
		}
		params = append(params, name)
	}
	slices.Sort(params)
	for i, p := range params {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(p)
	}
}

package sigv4

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// target splits the request target as it was sent, undecoded, into path and
// query. A request that no server has read has no RequestURI; its URL serves.
func target(r *http.Request) (path, query string) {
	t := r.RequestURI
	if t == "" {
		return r.URL.EscapedPath(), r.URL.RawQuery
	}
	path, query, _ = strings.Cut(t, "?")
	if !strings.HasPrefix(path, "/") { // absolute form, as sent to a proxy
		_, path, _ = strings.Cut(path, "://")
		if i := strings.IndexByte(path, '/'); i >= 0 {
			return path[i:], query
		}
		return "/", query
	}
	return path, query
}

func rawQuery(r *http.Request) string {
	_, q := target(r)
	return q
}

// appendCanonical appends the canonical request.
func appendCanonical(b []byte, r *http.Request, a *Auth, payloadHash string) []byte {
	path, query := target(r)
	b = append(append(b, r.Method...), '\n')
	if isS3(a.Service) {
		b = appendPathOnce(b, path)
	} else {
		b = appendPathTwice(b, path)
	}
	b = append(b, '\n')
	b = appendQuery(b, query)
	b = append(b, '\n')
	for rest := a.SignedHeaders; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, ";")
		b = append(append(b, name...), ':')
		b = appendHeader(b, r, name)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(append(b, a.SignedHeaders...), '\n')
	return append(b, payloadHash...)
}

// appendPathOnce encodes each segment of an S3 path once, whatever the client
// left unencoded, and keeps "." and empty segments, which are part of a key.
func appendPathOnce(b []byte, path string) []byte {
	if path == "" {
		return append(b, '/')
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		if hi, lo, ok := escaped(path, i); ok {
			c = hi<<4 | lo
			i += 2
			if c == '/' { // an escaped slash is not a separator
				b = append(b, "%2F"...)
				continue
			}
		}
		if c == '/' {
			b = append(b, c)
		} else {
			b = appendEscaped(b, c)
		}
	}
	return b
}

// appendPathTwice encodes the path as it was sent once more, after resolving
// "." and ".." and joining slashes.
func appendPathTwice(b []byte, path string) []byte {
	start := len(b)
	trailing := path == "" || strings.HasSuffix(path, "/") || strings.HasSuffix(path, "/.") || strings.HasSuffix(path, "/..")
	for path != "" {
		var seg string
		seg, path, _ = strings.Cut(path, "/")
		switch seg {
		case "", ".":
		case "..":
			for i := len(b) - 1; i >= start; i-- {
				if b[i] == '/' {
					b = b[:i]
					break
				}
			}
		default:
			b = append(b, '/')
			for i := range len(seg) {
				b = appendEscaped(b, seg[i])
			}
		}
	}
	if trailing || len(b) == start {
		b = append(b, '/')
	}
	return b
}

// appendQuery appends the query's parameters encoded and in order, without the
// signature itself.
func appendQuery(b []byte, query string) []byte {
	if query == "" {
		return b
	}
	type param struct{ name, value string }
	var array [16]param
	params := array[:0]
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if p == "" {
			continue
		}
		name, value, _ := strings.Cut(p, "=")
		if name == "X-Amz-Signature" {
			continue
		}
		params = append(params, param{recode(name), recode(value)})
	}
	slices.SortFunc(params, func(x, y param) int {
		if c := strings.Compare(x.name, y.name); c != 0 {
			return c
		}
		return strings.Compare(x.value, y.value)
	})
	for i, p := range params {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(append(b, p.name...), '='), p.value...)
	}
	return b
}

// recode brings a query component to its one canonical encoding.
func recode(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = unreserved(s[i])
	}
	if clean {
		return s
	}
	b := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if hi, lo, ok := escaped(s, i); ok {
			c = hi<<4 | lo
			i += 2
		} else if c == '+' {
			c = ' '
		}
		b = appendEscaped(b, c)
	}
	return string(b)
}

// appendHeader appends a header's values joined by commas, trimmed, with runs
// of spaces made one.
func appendHeader(b []byte, r *http.Request, name string) []byte {
	switch name {
	case "host":
		host := r.Host
		if host == "" {
			host = r.URL.Host
		}
		return append(b, host...)
	case "content-length":
		if r.Header["Content-Length"] == nil && r.ContentLength >= 0 {
			return strconv.AppendInt(b, r.ContentLength, 10)
		}
	case "transfer-encoding": // the server takes it out of the header
		return append(b, strings.Join(r.TransferEncoding, ",")...)
	}
	for i, v := range values(r.Header, name) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendTrimmed(b, v)
	}
	return b
}

// values looks up a lower-case name without allocating its canonical form.
func values(h http.Header, name string) []string {
	var buf [64]byte
	if len(name) > len(buf) {
		return h[textproto.CanonicalMIMEHeaderKey(name)]
	}
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
		upper = c == '-'
	}
	return h[string(buf[:len(name)])]
}

func appendTrimmed(b []byte, v string) []byte {
	v = strings.Trim(v, " \t\r\n")
	for i := range len(v) {
		if v[i] == ' ' && v[i-1] == ' ' {
			continue
		}
		b = append(b, v[i])
	}
	return b
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}

func appendEscaped(b []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	if unreserved(c) {
		return append(b, c)
	}
	return append(b, '%', digits[c>>4], digits[c&15])
}

// escaped reads the %XX at s[i], if there is one.
func escaped(s string, i int) (hi, lo byte, ok bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return 0, 0, false
	}
	hi, ok1 := unhex(s[i+1])
	lo, ok2 := unhex(s[i+2])
	return hi, lo, ok1 && ok2
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

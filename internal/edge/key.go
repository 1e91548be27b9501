package edge

import (
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// appendKey appends what tells an object of the cache from all others.
func (v *visit) appendKey(dst []byte) []byte {
	b, r := v.b, v.r
	dst = append(dst, v.d.ID...)
	dst = append(dst, 0)
	if r.Method == http.MethodOptions {
		dst = append(dst, "OPTIONS"...)
	}
	dst = append(dst, v.path...)
	dst = append(dst, 0)
	dst = append(dst, v.query...)
	dst = append(dst, 0)
	if b.Key.Headers.Mode == Only {
		for _, name := range b.Key.Headers.Names {
			if name == "Host" {
				dst = append(append(dst, r.Host...), 0)
				continue
			}
			for _, value := range v.headerValues(name) {
				dst = append(append(dst, value...), 0)
			}
			dst = append(dst, 1)
		}
	}
	if b.Key.Cookies.Mode != None {
		dst = append(dst, selectCookies(r.Header, b.Key.Cookies, true)...)
		dst = append(dst, 0)
	}
	return append(dst, v.encoding...)
}

// headerValues are the values of a header of the viewer's, or of one that
// CloudFront makes.
func (v *visit) headerValues(name string) []string {
	if value, ok := v.generated(name); ok {
		return []string{value}
	}
	return v.r.Header[name]
}

// selectQuery returns the parameters of a raw query that are selected, in
// their order.
func selectQuery(raw string, n Names) string {
	switch {
	case raw == "" || n.Mode == None:
		return ""
	case n.Mode == All:
		return raw
	}
	var b strings.Builder
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if part == "" || !n.has(name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(part)
	}
	return b.String()
}

// selectCookies returns the cookies that are selected; sorted, for the key,
// since their order says nothing.
func selectCookies(h http.Header, n Names, sorted bool) string {
	if n.Mode == None {
		return ""
	}
	var list []string
	for _, line := range h["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			part = textproto.TrimString(part)
			name, _, _ := strings.Cut(part, "=")
			if part != "" && n.has(name) {
				list = append(list, part)
			}
		}
	}
	if sorted {
		slices.Sort(list)
	}
	return strings.Join(list, "; ")
}

// acceptEncoding reduces what a viewer accepts to what matters to a behavior.
func (b *Behavior) acceptEncoding(h http.Header) string {
	if !b.Gzip && !b.Brotli {
		return ""
	}
	gzip, brotli := false, false
	for _, line := range h["Accept-Encoding"] {
		for part := range strings.SplitSeq(line, ",") {
			name, q, _ := strings.Cut(part, ";")
			q = strings.ReplaceAll(q, " ", "")
			refused := strings.HasPrefix(q, "q=0") && strings.Trim(q[3:], ".0") == ""
			switch strings.ToLower(textproto.TrimString(name)) {
			case "gzip", "x-gzip":
				gzip = b.Gzip && !refused
			case "br":
				brotli = b.Brotli && !refused
			case "*":
				gzip = gzip || b.Gzip && !refused
			}
		}
	}
	switch {
	case gzip && brotli:
		return "br,gzip"
	case brotli:
		return "br"
	case gzip:
		return "gzip"
	}
	return ""
}

// normalPath removes what different spellings of one path differ in: escapes
// of characters that need none, and dot segments. A behavior that wants
// signatures cannot be gone around by spelling its path differently.
func normalPath(escaped string) string {
	if !strings.Contains(escaped, "%") && !strings.Contains(escaped, "/.") {
		return escaped
	}
	b := make([]byte, 0, len(escaped))
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '%' && i+2 < len(escaped) {
			c, err := url.PathUnescape(escaped[i : i+3])
			if err == nil && isUnreserved(c[0]) {
				b = append(b, c[0])
				i += 2
				continue
			}
		}
		b = append(b, escaped[i])
	}
	var out []string
	parts := strings.Split(string(b), "/")
	for i, p := range parts {
		last := i == len(parts)-1
		switch p {
		case ".":
		case "..":
			if len(out) > 1 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, p)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return strings.Join(out, "/")
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

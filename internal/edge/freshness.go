package edge

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// directives are those of a Cache-Control header that a shared cache follows.
type directives struct {
	noStore, noCache, private, noTransform bool

	maxAge, sharedMaxAge               time.Duration // -1 where absent
	staleWhileRevalidate, staleIfError time.Duration // -1 where absent
}

// maxSeconds bounds times in headers, which may be any number: about 68 years,
// as RFC 9111 has it.
const maxSeconds = 1<<31 - 1

// parseCacheControl reads the directives of all Cache-Control headers. What it
// does not understand, it passes over.
func parseCacheControl(headers []string) directives {
	d := directives{maxAge: -1, sharedMaxAge: -1, staleWhileRevalidate: -1, staleIfError: -1}
	for _, h := range headers {
		for part := range splitQuoted(h) {
			name, value, _ := strings.Cut(part, "=")
			name = strings.ToLower(strings.TrimSpace(name))
			value = strings.Trim(strings.TrimSpace(value), `"`)
			switch name {
			case "no-store":
				d.noStore = true
			case "no-cache":
				d.noCache = d.noCache || value == "" // no-cache="Set-Cookie" is about that header only
			case "private":
				d.private = d.private || value == ""
			case "no-transform":
				d.noTransform = true
			case "max-age":
				seconds(&d.maxAge, value)
			case "s-maxage":
				seconds(&d.sharedMaxAge, value)
			case "stale-while-revalidate":
				seconds(&d.staleWhileRevalidate, value)
			case "stale-if-error":
				seconds(&d.staleIfError, value)
			}
		}
	}
	return d
}

// splitQuoted yields the parts between commas that are not in quotes.
func splitQuoted(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case s[i] == ',' && !quoted:
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}

// seconds reads a number of seconds. The first of several counts; one that is
// no number means at once, as RFC 9111 advises.
func seconds(d *time.Duration, value string) {
	if *d >= 0 {
		return
	}
	if value == "" || strings.Trim(value, "0123456789") != "" {
		*d = 0
		return
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n > maxSeconds {
		n = maxSeconds
	}
	*d = time.Duration(n) * time.Second
}

// said is the time to live that the origin gives, and whether it gives one.
func (d *directives) said(h http.Header, now time.Time) (time.Duration, bool) {
	switch {
	case d.sharedMaxAge >= 0:
		return d.sharedMaxAge, true
	case d.maxAge >= 0:
		return d.maxAge, true
	}
	expires := h.Get("Expires")
	if expires == "" {
		return 0, false
	}
	at, err := http.ParseTime(expires)
	if err != nil {
		return 0, true // "0" and the like mean that it has expired
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		date = now
	}
	return max(0, at.Sub(date)), true
}

// forbids reports whether the origin wants the response not to be kept.
func (d *directives) forbids() bool { return d.noStore || d.noCache || d.private }

// lifetime is how long a response may be served, and whether it is kept at
// all.
func (b *Behavior) lifetime(d *directives, h http.Header, now time.Time) (ttl time.Duration, keep bool) {
	if b.Max <= 0 {
		return 0, false
	}
	if d.forbids() {
		return b.Min, b.Min > 0
	}
	ttl, ok := d.said(h, now)
	if !ok {
		return max(b.Default, b.Min), true
	}
	return min(max(ttl, b.Min), max(b.Max, b.Min)), true
}

// errorTTL is the time for which an error is remembered unless the
// distribution says otherwise.
const errorTTL = 10 * time.Second

// errorLifetime is how long an error of the origin is remembered. Some errors
// always are, others only if the origin or the distribution says so.
func (v *visit) errorLifetime(status int, d *directives, h http.Header, now time.Time) (time.Duration, bool) {
	custom, configured := v.d.Errors[status]
	ttl := errorTTL
	if configured {
		ttl = custom.TTL
	}
	said, ok := d.said(h, now)
	switch status {
	case 404, 414, 500, 501, 502, 503, 504:
	case 400, 403, 405, 412, 415:
		if !configured && !ok {
			return 0, false
		}
	default:
		return 0, false
	}
	if ok && !d.forbids() {
		ttl = max(ttl, min(said, v.b.Max))
	}
	return ttl, ttl > 0
}

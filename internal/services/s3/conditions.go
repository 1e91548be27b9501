package s3

import (
	"net/http"
	"strings"
	"time"
)

// conditions are those of a request that reads.
type conditions struct {
	match, noneMatch     string
	modified, unmodified string
	copying              bool // of a copy's source: a miss is always 412
}

// check reports the condition that v fails, if any.
func (q conditions) check(v *version, now time.Time) error {
	modified := v.Modified.Truncate(time.Second)
	if q.match != "" {
		if !matchETag(q.match, v.ETag) {
			return q.failed("If-Match")
		}
	} else if t, ok := parseDate(q.unmodified); ok && modified.After(t) {
		return q.failed("If-Unmodified-Since")
	}
	if q.noneMatch != "" {
		if matchETag(q.noneMatch, v.ETag) {
			return q.unchanged(v, "If-None-Match")
		}
	} else if t, ok := parseDate(q.modified); ok && !modified.After(t) && !(q.copying && t.After(now)) {
		return q.unchanged(v, "If-Modified-Since")
	}
	return nil
}

func (q conditions) failed(name string) error {
	if q.copying {
		name = "x-amz-copy-source-" + name
	}
	return errPrecondition(name)
}

func (q conditions) unchanged(v *version, name string) error {
	if q.copying {
		return q.failed(name)
	}
	return errNotModified(v)
}

// parseDate reads an HTTP date; one that is not well formed counts as absent.
func parseDate(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	t, err := http.ParseTime(s)
	return t, err == nil
}

// matchETag reports whether a list of entity tags, quoted or not, has etag.
func matchETag(list, etag string) bool {
	for e := range strings.SplitSeq(list, ",") {
		e = strings.TrimPrefix(strings.TrimSpace(e), "W/")
		if e == "*" || unquote(e) == etag {
			return true
		}
	}
	return false
}

func quote(etag string) string { return `"` + etag + `"` }

func unquote(etag string) string { return strings.Trim(etag, `"`) }

// writeConditions are those of a request that writes a key.
type writeConditions struct{ match, noneMatch string }

// check refuses conditions that S3 does not know.
func (w writeConditions) check() error {
	if w.match != "" && w.noneMatch != "" {
		return errNotImplementedHeader("If-Match,If-None-Match", "Multiple conditional request headers present in the request")
	}
	if w.noneMatch != "" && w.noneMatch != "*" {
		return errNotImplementedHeader("If-None-Match", "We don't accept the provided value of If-None-Match header for this API")
	}
	return nil
}

// hold decides on the object that is about to be replaced, nil if there is none.
func (w writeConditions) hold(live *version, key string) error {
	switch {
	case w.noneMatch != "" && live != nil:
		return errPrecondition("If-None-Match")
	case w.match != "" && live == nil:
		return errNoSuchKey(key)
	case w.match != "" && !matchETag(w.match, live.ETag):
		return errPrecondition("If-Match")
	}
	return nil
}

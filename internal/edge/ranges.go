package edge

import (
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// span is a part of an object.
type span struct{ start, length int64 }

func (s span) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", s.start, s.start+s.length-1, size)
}

// maxSpans bounds the parts of one request: a client could ask for the same
// byte a thousand times.
const maxSpans = 16

// parseRange reads the value of a Range header for an object of size bytes. It
// returns none if the whole object is to be sent: without a range, or with one
// that is no good. ok is false if no byte of the object was asked for.
func parseRange(header string, size int64) (spans []span, ok bool) {
	list, found := strings.CutPrefix(header, "bytes=")
	if !found {
		return nil, true
	}
	beyond := false
	for spec := range strings.SplitSeq(list, ",") {
		first, last, found := strings.Cut(textproto.TrimString(spec), "-")
		if !found || len(spans) == maxSpans {
			return nil, true
		}
		s, good, reached := cutSpan(textproto.TrimString(first), textproto.TrimString(last), size)
		if !good {
			return nil, true
		}
		if !reached {
			beyond = true
			continue
		}
		if n := len(spans); n > 0 && s.start < spans[n-1].start+spans[n-1].length {
			return nil, true // only ascending ranges that do not overlap
		}
		spans = append(spans, s)
	}
	return spans, len(spans) > 0 || !beyond
}

func cutSpan(first, last string, size int64) (s span, good, reached bool) {
	a, aOK := number(first)
	b, bOK := number(last)
	switch {
	case first == "" && bOK: // the last b bytes
		b = min(b, size)
		return span{size - b, b}, true, b > 0
	case !aOK || last != "" && !bOK || bOK && b < a:
		return span{}, false, false
	case a >= size:
		return span{}, true, false
	case last == "":
		b = size - 1
	}
	b = min(b, size-1)
	return span{a, b - a + 1}, true, true
}

// number reads digits, and nothing but digits.
func number(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 1<<63 - 1, true
	}
	return n, true
}

// rangeOf is the Range header that counts: not if If-Range names another
// version of the object.
func rangeOf(r *http.Request, h http.Header) string {
	value := r.Header.Get("Range")
	if value == "" {
		return ""
	}
	condition := r.Header.Get("If-Range")
	if condition == "" {
		return value
	}
	if strings.HasPrefix(condition, `"`) {
		if condition == h.Get("Etag") {
			return value
		}
		return ""
	}
	at, err := http.ParseTime(condition)
	modified, err2 := http.ParseTime(h.Get("Last-Modified"))
	if err == nil && err2 == nil && at.Equal(modified) {
		return value
	}
	return ""
}

// notModified reports whether a viewer already has this version.
func notModified(r *http.Request, h http.Header) bool {
	if match := r.Header.Get("If-None-Match"); match != "" {
		etag := strings.TrimPrefix(h.Get("Etag"), "W/")
		if etag == "" {
			return false
		}
		for m := range strings.SplitSeq(match, ",") {
			m = textproto.TrimString(m)
			if m == "*" || strings.TrimPrefix(m, "W/") == etag {
				return true
			}
		}
		return false
	}
	if r.Header["If-Modified-Since"] == nil {
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	modified, err2 := http.ParseTime(h.Get("Last-Modified"))
	return err == nil && err2 == nil && !modified.After(since)
}

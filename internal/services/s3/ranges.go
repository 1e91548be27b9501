package s3

import (
	"fmt"
	"strconv"
	"strings"
)

// byteRange is n bytes from off.
type byteRange struct{ off, n int64 }

func (r byteRange) header(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", r.off, r.off+r.n-1, size)
}

// parseRange reads a Range header for an object of size bytes. ok is false
// when the whole object is to be sent: no header, several ranges, or one that
// does not parse.
func parseRange(h string, size int64) (r byteRange, ok bool, err error) {
	spec, isBytes := strings.CutPrefix(lower(h), "bytes=")
	if !isBytes || strings.Contains(spec, ",") {
		return r, false, nil
	}
	first, last, dash := strings.Cut(spec, "-")
	if !dash || first == "" && last == "" {
		return r, false, nil
	}
	if first == "" {
		n, okN := parseOffset(last)
		if !okN {
			return r, false, nil
		}
		if n == 0 || size == 0 {
			return r, false, errRange(h, size)
		}
		n = min(n, size)
		return byteRange{size - n, n}, true, nil
	}
	from, okFrom := parseOffset(first)
	to, okTo := size-1, true
	if last != "" {
		to, okTo = parseOffset(last)
	}
	if !okFrom || !okTo || last != "" && to < from {
		return r, false, nil
	}
	if from >= size {
		return r, false, errRange(h, size)
	}
	return byteRange{from, min(to, size-1) - from + 1}, true, nil
}

// parseOffset reads digits; more than an int64 holds is the largest offset.
func parseOffset(s string) (int64, bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if s == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		n = 1<<63 - 1
	}
	return n, true
}

// parseCopyRange reads x-amz-copy-source-range, which is stricter.
func parseCopyRange(h string, size int64) (byteRange, error) {
	spec, ok := strings.CutPrefix(h, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	from, ok1 := parseOffset(first)
	to, ok2 := parseOffset(last)
	if !ok || !dash || !ok1 || !ok2 || to < from {
		return byteRange{}, errCopyRange(h)
	}
	if to >= size {
		return byteRange{}, errCopyRangeTooFar(h, size)
	}
	return byteRange{from, to - from + 1}, nil
}

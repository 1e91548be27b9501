package kms

import "encoding/base64"

// page is where a listing begins and how much of it is asked for.
type page struct {
	limit int
	after []string // the last key of the page before
}

func newPage(limit, standard int, mark string) (page, error) {
	if limit == 0 {
		limit = standard
	}
	p := page{limit: limit}
	if mark != "" {
		b, err := base64.RawURLEncoding.DecodeString(mark)
		if err != nil {
			return page{}, errInvalidMarker()
		}
		p.after = []string{string(b)}
	}
	return p, nil
}

func (p page) full(n int) bool { return n == p.limit }

// from is the last key of the page before, or "".
func (p page) from() string {
	if len(p.after) == 0 {
		return ""
	}
	return p.after[0]
}

// marker is the opaque form of the last key on a page.
func marker(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

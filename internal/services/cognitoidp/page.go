package cognitoidp

import "encoding/base64"

// maxPage is how much a listing answers when it is not told, and at most.
const maxPage = 60

// page is where a listing begins and how much of it is asked for.
type page struct {
	limit int
	after []string // the last key of the page before, with its prefix
}

func newPage(limit int, token string, prefix ...string) (page, error) {
	if limit == 0 {
		limit = maxPage
	}
	p := page{limit: limit, after: prefix}
	if token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return page{}, errPageToken()
		}
		p.after = append(p.after, string(last))
	}
	return p, nil
}

// pageToken is the opaque form of the last key on a page.
func pageToken(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

// wanted is a limit that may be left out; zero stands for that too.
func wanted(limit *int) int {
	if limit == nil {
		return 0
	}
	return *limit
}

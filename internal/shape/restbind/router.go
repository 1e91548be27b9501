package restbind

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// Operation is one row of a router's table.
type Operation struct {
	Name    string
	Input   *shape.Type
	Payload *shape.Field // the member that is the whole body, or nil
	Streams bool         // the payload is read as it arrives

	method   string
	segments []segment
	literals []literal
	demands  []*shape.Field // required members of query string and headers
}

type segment struct {
	text   string // a literal, or a label's name
	label  bool
	greedy bool
}

// literal is a query parameter that names the operation: ?acl, ?list-type=2.
type literal struct{ name, value string }

// Router finds the operation of a request. Add its rows before its first use.
type Router struct{ ops []*Operation }

// Add adds an operation, whose input's blank field has its method and URI. It
// panics if that is missing: no request could reach the operation.
func (rt *Router) Add(name string, input *shape.Type) *Operation {
	path, query, _ := strings.Cut(input.URI, "?")
	if input.Method == "" || !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("restbind: %s: the input %v has no http tag", name, input.Go))
	}
	op := &Operation{Name: name, Input: input, Payload: input.Payload(), method: input.Method, segments: segments(path)}
	if op.Payload != nil {
		op.Streams = op.Payload.Type.Kind == shape.Stream
	}
	for p := range strings.SplitSeq(query, "&") {
		if n, v, _ := strings.Cut(p, "="); n != "" {
			op.literals = append(op.literals, literal{n, v})
		}
	}
	for i := range input.Fields {
		f := &input.Fields[i]
		if f.Required && (f.Location == shape.Query || f.Location == shape.Header) {
			op.demands = append(op.demands, f)
		}
	}
	rt.ops = append(rt.ops, op)
	return op
}

func segments(path string) (s []segment) {
	if path == "/" {
		return nil
	}
	for p := range strings.SplitSeq(path[1:], "/") {
		name, label := strings.CutPrefix(p, "{")
		name = strings.TrimSuffix(name, "}")
		name, greedy := strings.CutSuffix(name, "+")
		if !label {
			name, greedy = p, false
		}
		s = append(s, segment{name, label, greedy})
	}
	return s
}

// The errors of Match.
var (
	ErrNoRoute = errors.New("no operation has this path")
	ErrMethod  = errors.New("operations with this path have other methods")
	ErrPath    = errors.New("the path is not well encoded")
)

// Match finds the most specific operation for a request, and its labels.
func (rt *Router) Match(r *http.Request, query url.Values) (*Operation, shape.Params, error) {
	path := r.URL.EscapedPath()
	var best *Operation
	for _, op := range rt.ops {
		if op.method == r.Method && op.takes(path, query) && (best == nil || op.beats(best, r, query)) {
			best = op
		}
	}
	if best == nil {
		return nil, nil, rt.why(path, query)
	}
	params := make(shape.Params, 0, len(best.segments))
	best.walk(path, func(s segment, part string) { params = append(params, shape.Param{Name: s.text, Value: part}) })
	if err := decode(params); err != nil {
		return nil, nil, err
	}
	return best, params, nil
}

// why is the error of a request that no operation takes.
func (rt *Router) why(path string, query url.Values) error {
	for _, op := range rt.ops {
		if op.takes(path, query) {
			return ErrMethod
		}
	}
	return ErrNoRoute
}

// takes reports whether path and query, whatever the method, are op's.
func (op *Operation) takes(path string, query url.Values) bool {
	return op.literalsIn(query) && op.walk(path, nil)
}

func (op *Operation) literalsIn(query url.Values) bool {
	for _, l := range op.literals {
		v, ok := query[l.name]
		if !ok || l.value != "" && v[0] != l.value {
			return false
		}
	}
	return true
}

// walk reports whether an encoded path matches, and calls label, if that is
// not nil, with each label's part, still encoded.
func (op *Operation) walk(path string, label func(s segment, part string)) bool {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return false
	}
	for i, s := range op.segments {
		var part string
		if s.greedy {
			part, rest, ok = greedy(rest, len(op.segments)-i-1)
		} else {
			part, rest, ok = next(rest, i == len(op.segments)-1)
		}
		switch {
		case !ok || part == "" || !s.label && s.text != part:
			return false
		case s.label && label != nil:
			label(s, part)
		}
	}
	return rest == ""
}

// next takes one segment. One slash may follow the last.
func next(path string, last bool) (part, rest string, ok bool) {
	part, rest, more := strings.Cut(path, "/")
	return part, rest, more || last
}

// greedy takes all but the last n segments.
func greedy(path string, n int) (part, rest string, ok bool) {
	end := len(path)
	for range n {
		if end = strings.LastIndexByte(path[:end], '/'); end < 0 {
			return "", "", false
		}
	}
	return path[:end], strings.TrimPrefix(path[end:], "/"), true
}

// beats reports whether op is a better match than other, both matching.
func (op *Operation) beats(other *Operation, r *http.Request, query url.Values) bool {
	if c := slices.CompareFunc(op.segments, other.segments, moreSpecific); c != 0 {
		return c > 0
	}
	if c := cmp.Compare(len(op.literals), len(other.literals)); c != 0 {
		return c > 0
	}
	missing, otherMissing := op.missing(r, query), other.missing(r, query)
	if missing != otherMissing {
		return missing < otherMissing
	}
	return len(op.demands) > len(other.demands)
}

// moreSpecific orders segments: a literal before a label before a greedy one.
func moreSpecific(a, b segment) int {
	rank := func(s segment) int {
		switch {
		case s.greedy:
			return 0
		case s.label:
			return 1
		}
		return 2
	}
	return cmp.Compare(rank(a), rank(b))
}

// missing counts the required query members and headers a request lacks.
func (op *Operation) missing(r *http.Request, query url.Values) (n int) {
	for _, f := range op.demands {
		ok := false
		if f.Location == shape.Query {
			_, ok = query[f.Wire]
		} else {
			_, ok = r.Header[f.Header]
		}
		if !ok {
			n++
		}
	}
	return n
}

func decode(params shape.Params) error {
	for i := range params {
		s, err := url.PathUnescape(params[i].Value)
		if err != nil || !utf8.ValidString(s) {
			return ErrPath
		}
		params[i].Value = s
	}
	return nil
}

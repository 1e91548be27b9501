package cloudwatch

import (
	"slices"
	"strings"
	"unicode"

	"github.com/niebla-cloud/niebla/internal/lang/metricmath"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// maxFound is how many series a search gives.
const maxFound = 500

// search finds the metrics of an expression SEARCH.
func (p *plan) search(query, stat string, seconds int64) ([]metricmath.Series, error) {
	q, err := parseSearch(query)
	if err != nil {
		return nil, err
	}
	if _, err := parseStatistic(stat); err != nil {
		return nil, err
	}
	if _, err := period(int(seconds)); err != nil {
		return nil, err
	}
	var found []meter.Series
	err = p.Meter.List(p.scope, q.namespace, p.end.Add(-listedFor), func(x meter.Series) bool {
		same := func(y meter.Series) bool { y.Unit = x.Unit; return y == x }
		if q.matches(x) && !slices.ContainsFunc(found, same) {
			found = append(found, x)
		}
		return len(found) < maxFound
	})
	if err != nil {
		return nil, err
	}
	var list []metricmath.Series
	for _, x := range found {
		x.Unit = ""
		one, err := p.read(x, stat, seconds)
		if err != nil {
			return nil, err
		}
		if one.Label = x.Metric; len(x.Dims()) > 0 {
			one.Label = strings.Join(values(x), " ") + " " + x.Metric
		}
		list = append(list, one)
	}
	return list, nil
}

func values(x meter.Series) (list []string) {
	flat := x.Dims()
	for i := 1; i < len(flat); i += 2 {
		list = append(list, flat[i])
	}
	return list
}

// searchQuery is the text of a SEARCH: a schema of namespace and dimensions,
// and terms.
type searchQuery struct {
	namespace string
	names     []string // of dimensions, if the schema gives any
	terms     searchNode
}

// searchNode is a term, or several with an operator.
type searchNode struct {
	op       string // "", AND, OR, NOT
	of       []searchNode
	property string // "" is any
	value    string
	exact    bool
}

func parseSearch(query string) (q searchQuery, err error) {
	r := &searchReader{rest: query}
	if r.take("{") {
		schema, after, ok := strings.Cut(r.rest, "}")
		if !ok {
			return q, errValidation("Error in SEARCH: the schema does not end with }.")
		}
		r.rest = after
		parts := strings.Split(schema, ",")
		q.namespace = unquote(parts[0])
		for _, d := range parts[1:] {
			q.names = append(q.names, unquote(d))
		}
		slices.Sort(q.names)
	}
	q.terms, err = r.any()
	if err == nil && strings.TrimSpace(r.rest) != "" {
		err = errValidation("Error in SEARCH: unexpected text at '%s'.", r.rest)
	}
	return q, err
}

func unquote(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }

type searchReader struct {
	rest  string
	depth int
}

func (r *searchReader) take(text string) bool {
	r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace)
	rest, ok := strings.CutPrefix(r.rest, text)
	if ok && unicode.IsLetter(rune(text[0])) && rest != "" && !strings.ContainsAny(rest[:1], " (\"") {
		return false // the beginning of a longer word
	}
	if ok {
		r.rest = rest
	}
	return ok
}

func (r *searchReader) any() (searchNode, error) {
	n := searchNode{op: "OR"}
	for {
		x, err := r.all()
		if err != nil {
			return x, err
		}
		if n.of = append(n.of, x); !r.take("OR") {
			return n, nil
		}
	}
}

func (r *searchReader) all() (searchNode, error) {
	n := searchNode{op: "AND"}
	for {
		r.take("AND")
		if r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace); r.rest == "" || r.rest[0] == ')' || strings.HasPrefix(r.rest, "OR ") {
			return n, nil
		}
		x, err := r.one()
		if err != nil {
			return x, err
		}
		n.of = append(n.of, x)
	}
}

func (r *searchReader) one() (searchNode, error) {
	if r.depth++; r.depth > 50 {
		return searchNode{}, errValidation("Error in SEARCH: it is nested too deeply.")
	}
	defer func() { r.depth-- }()
	if r.take("NOT") {
		x, err := r.one()
		return searchNode{op: "NOT", of: []searchNode{x}}, err
	}
	if r.take("(") {
		x, err := r.any()
		if err == nil && !r.take(")") {
			err = errValidation("Error in SEARCH: a bracket is not closed.")
		}
		return x, err
	}
	first, quoted, err := r.word()
	if err != nil || !r.take("=") {
		return searchNode{value: first, exact: quoted}, err
	}
	if r.take("(") { // Dimension=("a" OR "b")
		x, err := r.any()
		if err == nil && !r.take(")") {
			err = errValidation("Error in SEARCH: a bracket is not closed.")
		}
		return x.of0(first), err
	}
	value, quoted, err := r.word()
	return searchNode{property: first, value: value, exact: quoted}, err
}

// of0 gives the property to all terms below.
func (n searchNode) of0(property string) searchNode {
	if n.op == "" {
		n.property = property
	}
	for i := range n.of {
		n.of[i] = n.of[i].of0(property)
	}
	return n
}

func (r *searchReader) word() (word string, quoted bool, err error) {
	r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace)
	if rest, ok := strings.CutPrefix(r.rest, `"`); ok {
		word, after, ok := strings.Cut(rest, `"`)
		if !ok {
			return "", false, errValidation("Error in SEARCH: a quote is not closed.")
		}
		r.rest = after
		return word, true, nil
	}
	n := strings.IndexFunc(r.rest, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(`=()"`, c) })
	if n < 0 {
		n = len(r.rest)
	}
	if n == 0 {
		return "", false, errValidation("Error in SEARCH: unexpected text at '%s'.", r.rest)
	}
	word, r.rest = r.rest[:n], r.rest[n:]
	return word, false, nil
}

func (q *searchQuery) matches(x meter.Series) bool {
	pairs := x.Pairs()
	if len(q.names) > 0 || q.namespace != "" && len(pairs) == 0 {
		if len(q.names) != len(pairs) {
			return false
		}
		for _, name := range q.names {
			if _, ok := pairs[name]; !ok {
				return false
			}
		}
	}
	return q.terms.matches(x, pairs)
}

func (n *searchNode) matches(x meter.Series, pairs map[string]string) bool {
	holds := func(m searchNode) bool { return m.matches(x, pairs) }
	switch n.op {
	case "AND":
		return !slices.ContainsFunc(n.of, func(m searchNode) bool { return !holds(m) })
	case "OR":
		return slices.ContainsFunc(n.of, holds)
	case "NOT":
		return !holds(n.of[0])
	}
	var texts []string
	switch n.property {
	case "":
		texts = append(texts, x.Namespace, x.Metric)
		for name, value := range pairs {
			texts = append(texts, name, value)
		}
	case "Namespace":
		texts = []string{x.Namespace}
	case "MetricName":
		texts = []string{x.Metric}
	default:
		if v, ok := pairs[n.property]; ok {
			texts = []string{v}
		}
	}
	return slices.ContainsFunc(texts, func(t string) bool {
		if n.exact {
			return t == n.value
		}
		return strings.Contains(strings.ToLower(t), strings.ToLower(n.value))
	})
}

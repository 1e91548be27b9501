package dynamodb

import (
	"bytes"
	"slices"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
)

// A SELECT is split into queries: one for each partition key, and range of sort
// keys, that its condition leaves. If it leaves any other partition it is a
// scan, and the whole condition a filter.

const (
	maxQueries  = 50
	maxBranches = 1000 // beyond them a condition is not looked through
)

// query is one of the reads that a SELECT is split into.
type query struct {
	partition []byte // its place among partitions
	hash      map[string]ddbexpr.Value
	lo, hi    []byte
	key       ddbexpr.Item // when it is one item of the table
	filter    ddbexpr.Test
	filtered  []string // attributes that the filter reads
}

// wrongKey is what DynamoDB says of a condition on a key that has no such type.
// Inside transactions it says something else.
type wrongKey string

func (e wrongKey) Error() string { return string(e) }

const errIncompleteKey = wrongKey("Where clause does not contain a mandatory equality on all key attributes")

// branch is one way for a condition to hold.
type branch struct {
	keys    []*where // tests of key attributes, which it all meets
	filters []*where
}

// planner splits the condition of a read by a key.
type planner struct {
	r      *read
	schema keySchema
	many   bool
}

// plan splits the condition of a SELECT. Without queries it is a scan.
func (r *read) plan(w *where) ([]*query, error) {
	p := &planner{r: r, schema: r.schema()}
	if w == nil {
		return nil, nil
	}
	for _, a := range p.schema.Hash {
		if !p.pins(w, a.Name) {
			return nil, nil
		}
	}
	branches := p.branches(w)
	if p.many || len(branches) > maxQueries {
		return nil, errValidation("Too many decomposed read operations for a given query.")
	}
	var queries []*query
	for _, b := range branches {
		q, err := p.query(b)
		if err != nil {
			return nil, err
		}
		if q == nil { // two partitions at once
			return nil, nil
		}
		queries = append(queries, q)
	}
	return queries, overlap(queries)
}

// pins reports whether the condition can hold only with certain values of a
// partition key.
func (p *planner) pins(w *where, name string) bool {
	pinned := func(kid *where) bool { return p.pins(kid, name) }
	switch w.op {
	case "":
		return w.name == name && (w.sign == "=" || w.sign == "IN")
	case "and":
		return slices.ContainsFunc(w.kids, pinned)
	case "or":
		return pinned(w.kids[0]) && pinned(w.kids[1])
	}
	return false
}

// onKey reports whether a test is one that a query can make by itself.
func (p *planner) onKey(w *where) bool {
	if w.op != "" || w.name == "" {
		return false
	}
	is := func(a attribute) bool { return a.Name == w.name }
	if slices.ContainsFunc(p.schema.Hash, is) {
		return w.sign == "=" || w.sign == "IN"
	}
	return len(p.schema.Range) > 0 && is(p.schema.Range[0])
}

func (p *planner) namesKey(w *where) bool {
	return p.onKey(w) || (w.op == "and" || w.op == "or") && slices.ContainsFunc(w.kids, p.namesKey)
}

// branches are the ways for a condition to hold, told apart by what they ask of
// the key only.
func (p *planner) branches(w *where) []branch {
	switch {
	case p.many: // the rest does not matter
	case p.onKey(w) && w.sign == "IN":
		var all []branch
		for _, v := range w.values {
			all = append(all, branch{keys: []*where{{name: w.name, sign: "=", values: []ddbexpr.Value{v}}}})
		}
		return all
	case p.onKey(w):
		return []branch{{keys: []*where{w}}}
	case w.op == "or" && p.namesKey(w):
		return p.cap(append(p.branches(w.kids[0]), p.branches(w.kids[1])...))
	case w.op == "and":
		var all []branch
		right := p.branches(w.kids[1])
		for _, a := range p.branches(w.kids[0]) {
			for _, b := range right {
				all = append(all, branch{slices.Concat(a.keys, b.keys), slices.Concat(a.filters, b.filters)})
			}
			if all = p.cap(all); p.many {
				break
			}
		}
		return all
	}
	return []branch{{filters: []*where{w}}}
}

func (p *planner) cap(all []branch) []branch {
	if len(all) > maxBranches {
		p.many = true
		return all[:1]
	}
	return all
}

// query is the query that a branch is, nil if no partition can meet it.
func (p *planner) query(b branch) (*query, error) {
	q := &query{hash: map[string]ddbexpr.Value{}}
	var ranges []*where
	for _, k := range b.keys {
		a, hash := p.attribute(k.name)
		if err := checkAsked(a, k, hash); err != nil {
			return nil, err
		}
		if !hash {
			ranges = append(ranges, k)
			continue
		}
		if v, ok := q.hash[k.name]; ok && !v.Equal(k.values[0]) {
			return nil, nil
		}
		q.hash[k.name] = k.values[0]
	}
	for _, f := range b.filters {
		q.filter = q.filter.And(f.whole())
	}
	condition, err := q.filter.Condition()
	if err != nil {
		return nil, visible(err)
	}
	q.filtered = condition.Names()
	p.bound(q, ranges)
	return q, nil
}

func (p *planner) attribute(name string) (a attribute, hash bool) {
	_ = p.schema.each(func(x attribute, h bool) error {
		if x.Name == name {
			a, hash = x, h
		}
		return nil
	})
	return a, hash
}

// checkAsked checks the values that a key attribute is asked for.
func checkAsked(a attribute, k *where, hash bool) error {
	for _, v := range k.values {
		switch t := v.Type(); {
		case t != ddbexpr.String && t != ddbexpr.NumberType && t != ddbexpr.Binary:
			return wrongKey("Key value must be of type S, N, or B. Key name: " + a.Name + ", Key type: " + t.String())
		case t != a.Type:
			return wrongKey("Key attribute's data type should match its data type in table's schema: Key " + a.Name)
		case k.sign == "begins_with":
			if t == ddbexpr.NumberType {
				return errValidation("Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
			}
		default:
			if err := checkKeyValue(a, v, hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// bound finds the range of the store that a query reads.
func (p *planner) bound(q *query, ranges []*where) {
	number := uint32(0)
	if p.r.x != nil {
		number = p.r.x.Number
	}
	hash := itemOf(q.hash)
	space := p.r.t.appendSpace(nil, number)
	prefix := p.schema.appendHashed(space, hash)
	q.partition = prefix[len(space)+hashLen:]
	q.lo, q.hi = prefix, prefixEnd(prefix)
	fixed := map[string]ddbexpr.Value{}
	for _, k := range ranges {
		lo, hi := k.rangeOf(prefix)
		if bytes.Compare(lo, q.lo) > 0 {
			q.lo = lo
		}
		if bytes.Compare(hi, q.hi) < 0 {
			q.hi = hi
		}
		if k.sign == "=" {
			fixed[k.name] = k.values[0]
		}
	}
	if p.r.x != nil || len(fixed) < len(p.schema.Range) {
		return
	}
	for name, v := range q.hash {
		fixed[name] = v
	}
	q.key = itemOf(fixed)
}

// rangeOf is the range of keys with a prefix that meet a test of the next part.
func (w *where) rangeOf(prefix []byte) (lo, hi []byte) {
	if w.sign == "=" {
		lo = appendPart(bytes.Clone(prefix), w.values[0])
		return lo, prefixEnd(lo)
	}
	t := &ddbexpr.KeyTerm{Sign: w.sign, Value: w.values[0]}
	if len(w.values) > 1 {
		t.Upper = w.values[1]
	}
	return rangeOf(prefix, t)
}

// overlap refuses queries that read an item twice.
func overlap(queries []*query) error {
	sorted := slices.Clone(queries)
	slices.SortFunc(sorted, func(a, b *query) int { return bytes.Compare(a.lo, b.lo) })
	var reach []byte
	for _, q := range sorted {
		if bytes.Compare(q.lo, q.hi) >= 0 { // nothing meets it
			continue
		}
		if bytes.Compare(q.lo, reach) < 0 {
			return errValidation("Overlapping conditions with range keys are not supported in where clause")
		}
		reach = q.hi
	}
	return nil
}

// order puts queries in order, and tells whether each is to be read backward.
func (r *read) order(w *where, queries []*query, terms []partiql.Ordering) (backward bool, err error) {
	schema := r.schema()
	direction := map[string]bool{}
	for _, t := range terms {
		if !schema.has(t.Attribute) {
			return false, errValidation("Attribute %s in ORDER BY clause must be part of the primary key", t.Attribute)
		}
		direction[t.Attribute] = t.Desc
	}
	if len(terms) > 0 {
		if err := checkOrder(w, queries, schema, direction); err != nil {
			return false, err
		}
	}
	if len(schema.Range) > 0 {
		// Once anything is ordered, what is not named comes backward.
		var named bool
		if backward, named = direction[schema.Range[0].Name]; !named {
			backward = len(terms) > 0
		}
	}
	turned := direction[schema.Hash[0].Name]
	slices.SortStableFunc(queries, func(a, b *query) int {
		c := bytes.Compare(a.partition, b.partition)
		if turned {
			c = -c
		}
		if c == 0 {
			if c = bytes.Compare(a.lo, b.lo); backward {
				c = -c
			}
		}
		return c
	})
	return backward, nil
}

func checkOrder(w *where, queries []*query, schema keySchema, direction map[string]bool) error {
	switch {
	case w == nil:
		return errValidation("Must have WHERE clause in the statement when using ORDER BY clause.")
	case len(queries) == 0:
		return errValidation("Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.")
	}
	if _, ok := direction[schema.Hash[0].Name]; ok {
		return nil
	}
	for _, q := range queries[1:] {
		if !bytes.Equal(q.partition, queries[0].partition) {
			return errValidation("Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.")
		}
	}
	return nil
}

package dynamodb

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
)

func (in *QueryInput) parse(c *aws.Call) (*read, error) {
	if in.read != nil {
		return in.read, nil
	}
	e := expressions{
		keyCondition: in.KeyConditionExpression, filter: in.FilterExpression, projection: in.ProjectionExpression,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		legacy: legacy{attributesToGet: in.AttributesToGet, filterName: "QueryFilter", filters: in.QueryFilter,
			keyConditions: in.KeyConditions, operator: in.ConditionalOperator},
	}
	r, err := newRead(c, readOptions{in.TableName, in.IndexName, in.Select, in.Limit, in.ConsistentRead, in.ExclusiveStartKey, e},
		"FilterExpression", "KeyConditionExpression")
	if err != nil {
		return nil, err
	}
	if in.KeyConditionExpression == nil && in.KeyConditions == nil {
		return nil, errValidation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	if err := e.compileTexts(&r.compiled); err != nil {
		return nil, err
	}
	if err := r.checkSelect(in.ProjectionExpression != nil, in.AttributesToGet != nil); err != nil {
		return nil, err
	}
	r.filterTitle = "Filter Expression"
	if in.QueryFilter != nil {
		r.filterTitle = "QueryFilter"
	}
	r.backward = in.ScanIndexForward != nil && !*in.ScanIndexForward
	in.read = r
	return r, nil
}

func (s *Service) onQuery(_ context.Context, c *aws.Call, in *QueryInput) ([]service.Access, error) {
	r, err := in.parse(c)
	if err != nil {
		return nil, err
	}
	t, err := s.table(c.Scope, r.tableName)
	if err != nil {
		return nil, err
	}
	return s.onRead(c, r, in.ReturnConsumedCapacity, r.leading(t))
}

// leading are the values that the query gives the partition key.
func (r *read) leading(t *table) []string {
	if t == nil {
		return nil
	}
	schema := t.Key
	if x := t.index(r.indexName); x != nil {
		schema = x.Key
	}
	var values []string
	for _, a := range schema.Hash {
		for _, term := range r.key {
			if term.Name == a.Name && term.Value.Type() == a.Type {
				values = append(values, keyText(term.Value))
			}
		}
	}
	return values
}

func (s *Service) query(_ context.Context, c *aws.Call, in *QueryInput) (*PageOutput, error) {
	r, err := in.parse(c)
	if err != nil {
		return nil, err
	}
	if err := s.placeRead(c.Scope, r); err != nil {
		return nil, err
	}
	if err := r.bound(); err != nil {
		return nil, err
	}
	return s.page(c, r, in.ReturnConsumedCapacity)
}

// bound turns the key condition and the start key into a range of the store.
func (r *read) bound() error {
	schema := r.schema()
	if err := r.checkStartCount(badStart); err != nil {
		return err
	}
	fixed, last, err := r.match(schema)
	if err != nil {
		return err
	}
	if err := r.checkStartKey(); err != nil {
		return err
	}
	number := uint32(0)
	if r.x != nil {
		number = r.x.Number
	}
	prefix := schema.appendHashed(r.t.appendSpace(nil, number), fixed)
	for _, a := range schema.Range {
		v := fixed.Get(a.Name)
		if v == nil {
			break
		}
		prefix = appendPart(prefix, v)
	}
	r.lo, r.hi = rangeOf(prefix, last)
	if err := r.checkStartWithin(schema, fixed); err != nil {
		return err
	}
	if err := r.checkFilter(schema); err != nil {
		return err
	}
	if err := r.checkPaths(); err != nil {
		return err
	}
	r.goOn()
	return nil
}

// match sorts the terms of a key condition: those that fix an attribute, as an
// item, and the one, if any, that leaves a range.
func (r *read) match(schema keySchema) (fixed ddbexpr.Item, last *ddbexpr.KeyTerm, err error) {
	if schema.len() == 1 && len(r.key) > 1 {
		return nil, nil, errValidation("Query key condition not supported")
	}
	values := map[string]ddbexpr.Value{}
	used := 0
	err = schema.each(func(a attribute, hash bool) error {
		if err := r.checkStartPart(a, hash); err != nil {
			return err
		}
		i := slices.IndexFunc(r.key, func(t ddbexpr.KeyTerm) bool { return t.Name == a.Name })
		if i < 0 {
			if hash || used < len(r.key) {
				return errValidation("Query condition missed key schema element: %s", a.Name)
			}
			return nil
		}
		t := &r.key[i]
		if err := checkTerm(a, t, hash); err != nil {
			return err
		}
		used++
		switch {
		case last != nil: // only the last attribute may have a range
			return errValidation("Query key condition not supported")
		case t.Sign == "=":
			values[a.Name] = t.Value
		case hash:
			return errValidation("Query key condition not supported")
		default:
			last = t
		}
		return nil
	})
	if err == nil && used < len(r.key) {
		err = errValidation("Query key condition not supported")
	}
	return itemOf(values), last, err
}

func checkTerm(a attribute, t *ddbexpr.KeyTerm, hash bool) error {
	if t.Sign == "" {
		return errValidation("Attempted conditional constraint is not an indexable operation")
	}
	for _, v := range []ddbexpr.Value{t.Value, t.Upper} {
		if v == nil {
			continue
		}
		if v.Type() != a.Type {
			return errValidation(invalidValues + "Condition parameter type does not match schema type")
		}
		if len(v.Bytes()) == 0 && t.Sign != "begins_with" {
			return checkKeyValue(a, v, hash)
		}
	}
	if t.Sign == "begins_with" && a.Type == ddbexpr.NumberType {
		return errValidation("Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
	}
	return nil
}

// rangeOf is the range of keys that begin with prefix and satisfy the term.
func rangeOf(prefix []byte, t *ddbexpr.KeyTerm) (lo, hi []byte) {
	lo, hi = prefix, prefixEnd(prefix)
	if t == nil {
		return lo, hi
	}
	at := appendPart(bytes.Clone(prefix), t.Value)
	switch t.Sign {
	case "<":
		hi = at
	case "<=":
		hi = prefixEnd(at)
	case ">":
		lo = prefixEnd(at)
	case ">=":
		lo = at
	case "BETWEEN":
		lo, hi = at, prefixEnd(appendPart(bytes.Clone(prefix), t.Upper))
	case "begins_with":
		lo = appendEscaped(bytes.Clone(prefix), t.Value.Bytes())
		hi = prefixEnd(lo)
	}
	return lo, hi
}

// checkFilter refuses a filter on the key that is queried.
func (r *read) checkFilter(schema keySchema) error {
	for _, n := range r.condition.Names() {
		if schema.has(n) {
			return errValidation("%s can only contain non-primary key attributes: Primary key attribute: %s", r.filterTitle, n)
		}
	}
	return nil
}

// checkStartWithin refuses a start key that the key condition does not allow.
func (r *read) checkStartWithin(schema keySchema, fixed ddbexpr.Item) error {
	if r.start == nil {
		return nil
	}
	elsewhere := "The provided starting key is outside query boundaries based on provided conditions"
	if len(r.key) > len(schema.Hash) {
		elsewhere = "The query can return at most one row and cannot be restarted"
		// The range is judged first, in the partition that is asked for.
		here := r.lo[:len(schema.appendHashed(r.t.appendSpace(nil, 0), fixed))]
		key := schema.appendRange(bytes.Clone(here), r.start)
		if bytes.Compare(key, r.lo) < 0 || bytes.Compare(key, r.hi) >= 0 {
			return errValidation("The provided starting key does not match the range key predicate")
		}
	}
	for _, a := range schema.Hash {
		if !r.start.Get(a.Name).Equal(fixed.Get(a.Name)) {
			return errValidation("%s", elsewhere)
		}
	}
	return nil
}

// itemOf makes an item of a few attributes.
func itemOf(values map[string]ddbexpr.Value) ddbexpr.Item {
	var it ddbexpr.Item
	for _, n := range slices.Sorted(maps.Keys(values)) {
		it = it.AppendAttr(n, values[n])
	}
	return it
}

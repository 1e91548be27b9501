package dynamodb

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
)

const (
	maxBatchGet = 100
	maxResponse = 16 << 20
)

// batchGet is what a BatchGetItem reads: by table, in order of name.
type batchGet struct{ tables []*tableGets }

type tableGets struct {
	requested  string // the table as the request names it
	name       string
	consistent bool
	gets       []*get
	refused    *refusal // what had no capacity for the rest
}

func (in *BatchGetItemInput) read(c *aws.Call) (*batchGet, error) {
	if in.batch != nil {
		return in.batch, nil
	}
	if len(in.RequestItems) == 0 {
		return nil, errValidation("The requestItems parameter is required for BatchGetItem")
	}
	b, total := &batchGet{}, 0
	for _, requested := range slices.Sorted(maps.Keys(in.RequestItems)) {
		r := in.RequestItems[requested]
		if len(r.Keys) > maxBatchGet {
			return nil, errValidation("1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100", requested)
		}
		if total += len(r.Keys); total > maxBatchGet {
			return nil, errValidation("Too many items requested for the BatchGetItem call")
		}
		t, err := newTableGets(c, requested, &r)
		if err != nil {
			return nil, err
		}
		b.tables = append(b.tables, t)
	}
	in.batch = b
	return b, nil
}

func newTableGets(c *aws.Call, requested string, r *KeysAndAttributes) (*tableGets, error) {
	e := expressions{projection: r.ProjectionExpression, names: r.ExpressionAttributeNames,
		legacy: legacy{attributesToGet: r.AttributesToGet}}
	t := &tableGets{requested: requested, consistent: r.ConsistentRead != nil && *r.ConsistentRead}
	var err error
	if t.name, err = resolveTable(c, requested); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	x, err := e.compile()
	if err != nil {
		return nil, err
	}
	for _, key := range r.Keys {
		g := &get{tableName: t.name, projection: x.projection}
		if g.key, err = parseItem(key); err != nil {
			return nil, err
		}
		for j, other := range t.gets {
			if bytes.Equal(g.key, other.key) && sameSpelling(g.key, key, r.Keys[j]) {
				return nil, errValidation("Provided list of item keys contains duplicates")
			}
		}
		t.gets = append(t.gets, g)
	}
	return t, nil
}

// sameSpelling reports whether two ways to write a key count as one: like
// DynamoDB's, this batch takes two spellings of one number for two keys.
func sameSpelling(key ddbexpr.Item, a, b shape.Raw) bool {
	for _, v := range key.All() {
		if v.Type() == ddbexpr.NumberType {
			return bytes.Equal(a, b)
		}
	}
	return true
}

func (s *Service) onBatchGetItem(_ context.Context, c *aws.Call, in *BatchGetItemInput) ([]service.Access, error) {
	b, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, tg := range b.tables {
		a, err := s.access(c, tg.name, "")
		if err != nil {
			return nil, err
		}
		if !unconditional(c) {
			t, err := s.table(c.Scope, tg.name)
			if err != nil {
				return nil, err
			}
			k := keyed{}
			for _, g := range tg.gets {
				k.leading(t, g.key)
				k.attributes(g.key)
				k.selected(g.projection)
			}
			k.set("ReturnConsumedCapacity", in.ReturnConsumedCapacity)
			a.Keys = k
		}
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) batchGetItem(_ context.Context, c *aws.Call, in *BatchGetItemInput) (*BatchGetItemOutput, error) {
	b, err := in.read(c)
	if err != nil {
		return nil, err
	}
	for _, t := range b.tables {
		for _, g := range t.gets {
			if err := s.placeGet(c.Scope, g); err != nil {
				return nil, err
			}
		}
	}
	out := &BatchGetItemOutput{Responses: map[string]shape.Raw{}, UnprocessedKeys: map[string]KeysAndAttributes{}}
	size := 0
	var refused *refusal
	for _, t := range b.tables {
		if err := s.readAll(t.gets); err != nil {
			return nil, err
		}
		out.Responses[t.requested] = t.respond(c, in.RequestItems[t.requested], &size, out.UnprocessedKeys)
		if t.refused != nil {
			refused = t.refused
		}
		if size <= maxResponse {
			if c := t.cost(); c != nil {
				out.costs = append(out.costs, c)
				out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, c, in.ReturnConsumedCapacity)
			}
		}
	}
	if refused != nil && len(out.costs) == 0 {
		return nil, refused.err()
	}
	return out, nil
}

// respond lists what was found, as far as the response may grow and the table
// has capacity; the keys of the rest are left unprocessed.
func (t *tableGets) respond(c *aws.Call, r KeysAndAttributes, size *int, left map[string]KeysAndAttributes) shape.Raw {
	found := []byte{'['}
	for i, g := range t.gets {
		t.refused = g.t.limiter.admit(g.t, nil, true, c.Time)
		full := *size+g.size > maxResponse
		if full {
			*size = maxResponse + 1
		}
		if full || t.refused != nil {
			rest := r
			rest.Keys = r.Keys[i:]
			left[t.requested] = rest
			t.gets = t.gets[:i]
			break
		}
		*size += g.size
		if g.t.limiter != nil {
			g.t.limiter.take(&cost{t: g.t, table: readUnits(g.size, t.consistent), reads: true}, c.Time)
		}
		if g.item == nil {
			continue
		}
		if len(found) > 1 {
			found = append(found, ',')
		}
		found = append(found, g.item...)
	}
	return append(found, ']')
}

func (t *tableGets) cost() *cost {
	if len(t.gets) == 0 {
		return nil
	}
	c := &cost{t: t.gets[0].t, reads: true}
	for _, g := range t.gets {
		c.table += readUnits(g.size, t.consistent)
	}
	return c
}

func appendConsumed(list []ConsumedCapacity, c *cost, mode string) []ConsumedCapacity {
	if one := c.consumed(mode); one != nil {
		list = append(list, *one)
	}
	return list
}

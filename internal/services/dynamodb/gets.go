package dynamodb

import (
	"bytes"
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// get is one read of one item: what was asked and what was found.
type get struct {
	tableName  string
	key        ddbexpr.Item
	projection *ddbexpr.Projection
	columns    *ddbexpr.Columns // of PartiQL: what of the projection is called what

	t        *table
	storeKey []byte

	item    shape.Raw // nil if there is none
	size    int
	refused *refusal // what had no capacity for the read
}

func newGet(c *aws.Call, name string, key shape.Raw, e expressions) (*get, error) {
	g := &get{}
	var err error
	if g.tableName, err = resolveTable(c, name); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	if g.key, err = parseItem(key); err != nil {
		return nil, err
	}
	x, err := e.compile()
	if err != nil {
		return nil, err
	}
	g.projection = x.projection
	return g, nil
}

func (in *GetItemInput) read(c *aws.Call) (_ *get, err error) {
	if in.get == nil {
		in.get, err = newGet(c, in.TableName, in.Key, expressions{
			projection: in.ProjectionExpression, names: in.ExpressionAttributeNames,
			legacy: legacy{attributesToGet: in.AttributesToGet},
		})
	}
	return in.get, err
}

func (s *Service) onGetItem(_ context.Context, c *aws.Call, in *GetItemInput) ([]service.Access, error) {
	g, err := in.read(c)
	if err != nil {
		return nil, err
	}
	a, err := s.access(c, g.tableName, "")
	if err != nil {
		return nil, err
	}
	if unconditional(c) {
		return []service.Access{a}, nil
	}
	k, err := s.getKeys(c, g)
	if err != nil {
		return nil, err
	}
	k.set("ReturnConsumedCapacity", in.ReturnConsumedCapacity)
	a.Keys = k
	return []service.Access{a}, nil
}

func (s *Service) getItem(_ context.Context, c *aws.Call, in *GetItemInput) (*GetItemOutput, error) {
	g, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if err := s.placeGet(c.Scope, g); err != nil {
		return nil, err
	}
	if err := g.admit(c.Time); err != nil {
		return nil, err
	}
	err = s.DB.Read(g.storeKey, func(v []byte, ok bool) error {
		g.take(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &GetItemOutput{Item: g.item}
	if in.ReturnConsumedCapacity != "" || g.t.limiter != nil {
		cost := &cost{t: g.t, table: readUnits(g.size, in.ConsistentRead), reads: true}
		g.t.limiter.take(cost, c.Time)
		out.ConsumedCapacity = cost.consumed(in.ReturnConsumedCapacity)
	}
	return out, nil
}

// placeGet finds the table of a read and the item's place in it.
func (s *Service) placeGet(scope aws.Scope, g *get) error {
	t, err := s.usable(scope, g.tableName)
	if err != nil {
		return err
	}
	if err := t.checkKey(g.key); err != nil {
		return err
	}
	if err := t.checkNested(g.projection); err != nil {
		return err
	}
	g.t = t
	g.storeKey = t.itemKey(make([]byte, 0, len(t.prefix)+64), g.key)
	return nil
}

// pathed is what has paths into an item: a projection or a condition.
type pathed interface{ Nested(name string) bool }

// checkNested refuses paths that go inside a key attribute.
func (t *table) checkNested(p pathed) error {
	const inside = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: %s"
	err := t.Key.each(func(a attribute, _ bool) error {
		if p.Nested(a.Name) {
			return errValidation(inside, "Key", a.Name)
		}
		return nil
	})
	for _, x := range t.Indexes {
		if err != nil {
			break
		}
		err = x.Key.each(func(a attribute, _ bool) error {
			if p.Nested(a.Name) {
				return errValidation(inside, "IndexKey", a.Name)
			}
			return nil
		})
	}
	return err
}

// take renders the stored item, which is not kept.
func (g *get) take(stored []byte) {
	size, it := openStored(stored)
	g.size = size
	if it == nil {
		return
	}
	switch {
	case g.columns != nil:
		it = g.columns.Append(make([]byte, 0, len(it)), it)
	case g.projection != nil:
		it = g.projection.Append(make([]byte, 0, len(it)), it)
	}
	if it == nil {
		it = ddbexpr.Item{}
	}
	g.item = rawItem(it)
}

// readAll reads several items, from one snapshot.
func (s *Service) readAll(gets []*get) error {
	return s.DB.View(func(tx *store.Tx) error {
		for _, g := range gets {
			v, _ := tx.Get(g.storeKey)
			g.take(v)
		}
		return nil
	})
}

// duplicateKeys reports whether two reads are of one item.
func duplicateKeys(gets []*get) bool {
	for i, g := range gets {
		for _, h := range gets[:i] {
			if bytes.Equal(g.storeKey, h.storeKey) {
				return true
			}
		}
	}
	return false
}

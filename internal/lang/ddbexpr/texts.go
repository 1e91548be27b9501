package ddbexpr

import (
	"encoding/binary"
	"slices"
	"sync"
)

// Texts are the expressions of one request, nil where it has none.
type Texts struct{ Update, Condition, Key, Filter, Projection *string }

// Expressions are what Texts say.
type Expressions struct {
	Update     *Update
	Condition  *Condition
	Key        *Condition
	Filter     *Condition
	Projection *Projection
}

// Compile compiles the expressions of a request, in DynamoDB's order, and checks
// that each of its names and values is used; see NewParams for those.
func (t Texts) Compile(names map[string]string, values []byte) (x Expressions, err error) {
	p, err := NewParams(names, values)
	if err != nil {
		return x, err
	}
	if t.Update != nil {
		if x.Update, err = p.Update(*t.Update); err != nil {
			return x, err
		}
	}
	for _, c := range []struct {
		param string
		text  *string
		into  **Condition
	}{
		{"ConditionExpression", t.Condition, &x.Condition},
		{"KeyConditionExpression", t.Key, &x.Key},
		{"FilterExpression", t.Filter, &x.Filter},
	} {
		if c.text == nil {
			continue
		}
		if *c.into, err = p.Condition(c.param, *c.text); err != nil {
			return x, err
		}
	}
	if t.Projection != nil {
		if x.Projection, err = p.Projection(*t.Projection); err != nil {
			return x, err
		}
	}
	return x, p.Unused()
}

// A Cache compiles like Texts.Compile, and keeps what it compiled without the
// values: programs send few texts, and each many times. What it returns is shared.
type Cache struct {
	mu    sync.RWMutex
	known map[string]Expressions
}

// What is kept: some 20 MB at most, if all texts are as long and as dense as they can be.
const (
	maxKnown    = 512
	maxKnownKey = 1024 // bytes: the texts, the names, and which values there are
	maxSorted   = 16   // names
)

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{known: map[string]Expressions{}} }

// Compile is Texts.Compile.
func (c *Cache) Compile(t Texts, names map[string]string, values []byte) (Expressions, error) {
	var room [256]byte
	key, bound, ok := appendIdentity(room[:0], t, names, values)
	if !ok {
		return t.Compile(names, values)
	}
	c.mu.RLock()
	x, ok := c.known[string(key)]
	c.mu.RUnlock()
	if ok {
		b := binder{values: bound}
		if x = b.expressions(x); !b.doubtful {
			return x, nil
		}
	}
	x, err := t.Compile(names, values)
	if err == nil && !ok {
		c.keep(string(key), x)
	}
	return x, err
}

func (c *Cache) keep(key string, x Expressions) {
	b := binder{} // binds to nothing, so that no request's values are kept
	x = b.expressions(x)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown {
		clear(c.known) // rare, and starting over is cheap
	}
	c.known[key] = x
}

// appendIdentity appends what decides how a request's expressions compile: all but
// what the values are, since only their types are looked at then (see
// binder.doubtful). It returns the values; not ok for a request that is better
// compiled anew.
func appendIdentity(b []byte, t Texts, names map[string]string, values []byte) (_ []byte, bound Item, ok bool) {
	if names != nil && len(names) == 0 || len(names) > maxSorted {
		return b, nil, false
	}
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	for _, s := range [...]*string{t.Update, t.Condition, t.Key, t.Filter, t.Projection} {
		if s == nil {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		text(*s)
	}
	var room [maxSorted]string
	sorted := room[:0]
	for k := range names {
		sorted = append(sorted, k)
	}
	slices.Sort(sorted)
	b = append(b, byte(len(sorted)))
	for _, k := range sorted {
		text(k)
		text(names[k])
	}
	if values != nil {
		var err error
		if bound, err = parseValues(values); err != nil || len(bound) == 0 {
			return b, nil, false
		}
		for name, v := range bound.All() {
			b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
			b = append(b, byte(v.Type()))
		}
	}
	return b, bound, len(b) <= maxKnownKey
}

// binder makes expressions of others that differ in the values only. What has none
// is shared.
type binder struct {
	values   Item
	doubtful bool // a value itself, not only its type, is wrong where it stands
}

func (b *binder) expressions(x Expressions) Expressions {
	return Expressions{b.update(x.Update), b.condition(x.Condition), b.condition(x.Key), b.condition(x.Filter), x.Projection}
}

func (b *binder) update(u *Update) *Update {
	if u == nil || !slices.ContainsFunc(u.actions, func(a action) bool { return a.value.bindable() || a.second.bindable() }) {
		return u
	}
	n := *u
	n.actions = slices.Clone(u.actions)
	for i := range n.actions {
		b.operand(&n.actions[i].value)
		b.operand(&n.actions[i].second)
	}
	return &n
}

func (b *binder) condition(c *Condition) *Condition {
	if c == nil {
		return nil
	}
	root := b.cond(c.root)
	if root == c.root {
		return c
	}
	return &Condition{root, c.heads, c.nested}
}

func (b *binder) cond(c *cond) *cond {
	if c == nil {
		return nil
	}
	left, right := b.cond(c.left), b.cond(c.right)
	bindable := slices.ContainsFunc(c.args, func(o operand) bool { return o.bindable() })
	if left == c.left && right == c.right && !bindable {
		return c
	}
	n := *c
	n.left, n.right = left, right
	if !bindable {
		return &n
	}
	n.args = b.operands(c.args)
	b.doubtful = b.doubtful || checkCond(&n) != nil
	return &n
}

func (b *binder) operands(args []operand) []operand {
	n := slices.Clone(args)
	for i := range n {
		b.operand(&n[i])
	}
	return n
}

func (b *binder) operand(o *operand) {
	if o.ref != "" {
		o.value = b.values.Get(o.ref)
	} else if o.bindable() {
		o.args = b.operands(o.args)
	}
}

// bindable reports whether there are placeholders of values in the operand.
func (o *operand) bindable() bool {
	return o.ref != "" || slices.ContainsFunc(o.args, func(o operand) bool { return o.bindable() })
}

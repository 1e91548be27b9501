package vtl

import (
	"math/big"
	"slices"
)

// Values of the language are nil, bool, string, int64, *big.Int, float64,
// *List, *Map, and within templates the entries of maps. Java's int and long
// are one type here; integers widen to *big.Int where Java's long overflows.

// Lazy is a value of a Map that is made when it is first looked at.
type Lazy func() any

// List is Java's ArrayList: it is shared, not copied, when it is assigned.
type List struct {
	items []any
}

// NewList returns a list that keeps items.
func NewList(items ...any) *List { return &List{items: items} }

// Len is the number of items.
func (l *List) Len() int { return len(l.items) }

// At returns the item at i, which must exist.
func (l *List) At(i int) any { return l.items[i] }

// Items are the items themselves: changes show in the list.
func (l *List) Items() []any { return l.items }

// Add appends v.
func (l *List) Add(v any) { l.items = append(l.items, v) }

func (l *List) clone() *List { return &List{items: slices.Clone(l.items)} }

// Map is Java's LinkedHashMap: keys are in the order of their first insertion,
// and it is shared, not copied, when it is assigned. The zero Map is empty.
type Map struct {
	entries []*Entry
	index   map[any]int // of entries, once there are many
}

// Entry is one pair of a Map, java.util.Map.Entry to templates.
type Entry struct {
	Key, Value any
}

// indexFrom is the size from which a map keeps an index.
const indexFrom = 24

// NewMap returns an empty map.
func NewMap() *Map { return &Map{} }

// Len is the number of entries.
func (m *Map) Len() int { return len(m.entries) }

// Get returns the value at key, and whether there is one.
func (m *Map) Get(key any) (any, bool) {
	i := m.find(key)
	if i < 0 {
		return nil, false
	}
	return m.entries[i].value(), true
}

// Put sets the value at key and returns the value it replaced.
func (m *Map) Put(key, value any) any {
	if i := m.find(key); i >= 0 {
		old := m.entries[i].value()
		m.entries[i].Value = value
		return old
	}
	m.entries = append(m.entries, &Entry{Key: key, Value: value})
	if m.index != nil {
		m.index[hashable(key)] = len(m.entries) - 1
	} else if len(m.entries) >= indexFrom {
		m.reindex()
	}
	return nil
}

// Delete takes key out and returns the value it had.
func (m *Map) Delete(key any) any {
	i := m.find(key)
	if i < 0 {
		return nil
	}
	old := m.entries[i].value()
	m.entries = slices.Delete(m.entries, i, i+1)
	if m.index != nil {
		m.reindex()
	}
	return old
}

// Each calls f with each key and value, in order, until it returns false.
func (m *Map) Each(f func(key, value any) bool) {
	for _, e := range m.entries {
		if !f(e.Key, e.value()) {
			return
		}
	}
}

// EachLazy is Each, but gives values that are yet to be made as Lazy.
func (m *Map) EachLazy(f func(key, value any) bool) {
	for _, e := range m.entries {
		if !f(e.Key, e.Value) {
			return
		}
	}
}

func (m *Map) clear() { m.entries, m.index = nil, nil }

func (m *Map) reindex() {
	m.index = make(map[any]int, 2*len(m.entries))
	for i, e := range m.entries {
		m.index[hashable(e.Key)] = i
	}
}

func (m *Map) find(key any) int {
	if m.index != nil {
		if i, ok := m.index[hashable(key)]; ok {
			return i
		}
		return -1
	}
	if s, ok := key.(string); ok { // nearly always
		for i, e := range m.entries {
			if k, ok := e.Key.(string); ok && k == s {
				return i
			}
		}
		return -1
	}
	key = hashable(key)
	for i, e := range m.entries {
		if hashable(e.Key) == key {
			return i
		}
	}
	return -1
}

func (e *Entry) value() any {
	if f, ok := e.Value.(Lazy); ok {
		e.Value = f()
	}
	return e.Value
}

// hashable makes keys comparable in Go. Lists and maps are keys by identity.
func hashable(key any) any {
	if n, ok := key.(*big.Int); ok {
		return [1]string{n.String()}
	}
	return key
}

// From converts a plain Go value - of maps, slices, strings, numbers, bools -
// to one of the language. Keys of Go maps come in order of the alphabet.
func From(v any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		m := &Map{entries: make([]*Entry, 0, len(v))}
		for _, k := range keys {
			m.Put(k, From(v[k]))
		}
		return m
	case map[string]string:
		plain := make(map[string]any, len(v))
		for k, s := range v {
			plain[k] = s
		}
		return From(plain)
	case []any:
		l := &List{items: make([]any, len(v))}
		for i, item := range v {
			l.items[i] = From(item)
		}
		return l
	case []string:
		l := &List{items: make([]any, len(v))}
		for i, item := range v {
			l.items[i] = item
		}
		return l
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	}
	return v
}

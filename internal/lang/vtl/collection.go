package vtl

import "math/big"

// iterator is Java's Iterator over what a collection was when it was made.
type iterator struct {
	items []any
	next  int
}

func (it *iterator) rest() []any { return it.items[it.next:] }

func (it *iterator) method(name string) (any, error) {
	switch name {
	case "hasNext":
		return it.next < len(it.items), nil
	case "next":
		if it.next == len(it.items) {
			return nil, faultf("The iterator has no next element")
		}
		it.next++
		return it.items[it.next-1], nil
	}
	return nil, nil
}

// toIndex is v as an index: whole numbers only.
func toIndex(v any) (int, bool) {
	n, ok := v.(int64)
	if !ok || n != int64(int32(n)) {
		return 0, false
	}
	return int(n), true
}

func outOfBounds(i, size int) error {
	return faultf("Index %d out of bounds for length %d", i, size)
}

// listGet is $list[index]; a negative index counts from the end.
func listGet(l *List, index any) (any, error) {
	i, ok := toIndex(index)
	if !ok {
		return nil, nil
	}
	if i < 0 {
		i += len(l.items)
	}
	if i < 0 || i >= len(l.items) {
		return nil, outOfBounds(i, len(l.items))
	}
	return l.items[i], nil
}

func listSet(l *List, index, v any) (old any, err error) {
	i, ok := toIndex(index)
	if !ok {
		return nil, nil
	}
	if i < 0 {
		i += len(l.items)
	}
	if i < 0 || i >= len(l.items) {
		return nil, outOfBounds(i, len(l.items))
	}
	old, l.items[i] = l.items[i], v
	return old, nil
}

// position is where v is in the list, or -1.
func (r *run) position(l *List, v any, from, by int) (int, error) {
	for i := from; i >= 0 && i < len(l.items); i += by {
		if same, err := r.equal(l.items[i], v, 0); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// itemsOf are the items of a list, or of the values of a map.
func itemsOf(v any) (*List, bool) {
	switch v := v.(type) {
	case *List:
		return v, true
	case *Map:
		return values(v), true
	}
	return nil, false
}

func (r *run) listMethod(l *List, name string, args []any) (any, error) {
	switch len(args) {
	case 0:
		return r.listAsks(l, name)
	case 1:
		return r.listWith(l, name, args[0])
	case 2:
		return r.listWithTwo(l, name, args[0], args[1])
	}
	return nil, nil
}

// listAsks are the methods without arguments.
func (r *run) listAsks(l *List, name string) (any, error) {
	switch name {
	case "size", "length":
		return int64(len(l.items)), nil
	case "isEmpty":
		return len(l.items) == 0, nil
	case "iterator":
		return &iterator{items: l.items}, nil
	case "clear":
		l.items = nil
		return "", nil // what methods without a result give
	case "toArray":
		return l.clone(), r.grow(16 * len(l.items))
	}
	return r.anyMethod(l, name, nil)
}

func (r *run) listWith(l *List, name string, arg any) (any, error) {
	switch name {
	case "get":
		i, ok := toIndex(arg)
		if !ok {
			return nil, nil
		}
		if i < 0 || i >= len(l.items) {
			return nil, outOfBounds(i, len(l.items))
		}
		return l.items[i], nil
	case "add":
		l.Add(arg)
		return true, r.grow(16)
	case "addAll":
		other, ok := itemsOf(arg)
		if !ok {
			return nil, nil
		}
		if err := r.grow(16 * len(other.items)); err != nil {
			return nil, err
		}
		l.items = append(l.items, other.items...)
		return len(other.items) > 0, nil
	case "remove":
		return r.listRemove(l, arg)
	case "contains", "indexOf":
		i, err := r.position(l, arg, 0, 1)
		if name == "contains" {
			return i >= 0, err
		}
		return int64(i), err
	case "lastIndexOf":
		i, err := r.position(l, arg, len(l.items)-1, -1)
		return int64(i), err
	case "containsAll", "removeAll", "retainAll":
		other, ok := itemsOf(arg)
		if !ok {
			return nil, nil
		}
		return r.listWithAll(l, name, other)
	}
	return r.anyMethod(l, name, []any{arg})
}

// listRemove takes out by index, or by value where it is no whole number.
func (r *run) listRemove(l *List, arg any) (any, error) {
	i, byIndex := toIndex(arg)
	if !byIndex {
		var err error
		if i, err = r.position(l, arg, 0, 1); err != nil || i < 0 {
			return false, err
		}
	} else if i < 0 || i >= len(l.items) {
		return nil, outOfBounds(i, len(l.items))
	}
	old := l.items[i]
	rest := make([]any, 0, len(l.items)-1) // a loop may be going over the items
	l.items = append(append(rest, l.items[:i]...), l.items[i+1:]...)
	if err := r.step(len(l.items) >> 4); err != nil {
		return nil, err
	}
	if byIndex {
		return old, nil
	}
	return true, nil
}

func (r *run) listWithAll(l *List, name string, other *List) (any, error) {
	if name == "containsAll" {
		for _, v := range other.items {
			if i, err := r.position(l, v, 0, 1); i < 0 || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	kept, err := r.filtered(l, other, name == "retainAll")
	if err != nil {
		return nil, err
	}
	changed := len(kept.items) != len(l.items)
	l.items = kept.items
	return changed, nil
}

// filtered are the items of l that are in other, or that are not.
func (r *run) filtered(l, other *List, retain bool) (*List, error) {
	kept := &List{}
	for _, v := range l.items {
		i, err := r.position(other, v, 0, 1)
		if err != nil {
			return nil, err
		}
		if (i >= 0) == retain {
			kept.Add(v)
		}
	}
	return kept, r.grow(16 * len(kept.items))
}

func (r *run) listWithTwo(l *List, name string, a, b any) (any, error) {
	i, ok := toIndex(a)
	if !ok {
		return nil, nil
	}
	n := len(l.items)
	switch name {
	case "set":
		if i < 0 || i >= n {
			return nil, outOfBounds(i, n)
		}
		return listSet(l, a, b)
	case "add":
		if i < 0 || i > n {
			return nil, outOfBounds(i, n)
		}
		items := make([]any, 0, n+1)
		items = append(append(items, l.items[:i]...), b)
		l.items = append(items, l.items[i:]...)
		return "", r.grow(16 + n)
	case "subList":
		j, ok := toIndex(b)
		if !ok {
			return nil, nil
		}
		if i < 0 || j > n || i > j {
			return nil, faultf("The sub-list from %d to %d is out of bounds for length %d", i, j, n)
		}
		return (&List{items: l.items[i:j]}).clone(), r.grow(16 * (j - i))
	}
	return nil, nil
}

func keys(m *Map) *List {
	l := &List{items: make([]any, len(m.entries))}
	for i, e := range m.entries {
		l.items[i] = e.Key
	}
	return l
}

func values(m *Map) *List {
	l := &List{items: make([]any, len(m.entries))}
	for i, e := range m.entries {
		l.items[i] = e.value()
	}
	return l
}

func entries(m *Map) *List {
	l := &List{items: make([]any, len(m.entries))}
	for i, e := range m.entries {
		l.items[i] = e
	}
	return l
}

func (r *run) mapMethod(m *Map, name string, args []any) (any, error) {
	switch len(args) {
	case 0:
		return r.mapAsks(m, name)
	case 1:
		return r.mapWith(m, name, args[0])
	case 2:
		return r.mapWithTwo(m, name, args[0], args[1])
	}
	return nil, nil
}

// mapAsks are the methods without arguments.
func (r *run) mapAsks(m *Map, name string) (any, error) {
	switch name {
	case "keySet":
		return keys(m), r.grow(16 * m.Len())
	case "values":
		return values(m), r.grow(16 * m.Len())
	case "entrySet":
		return entries(m), r.grow(16 * m.Len())
	case "size":
		return int64(m.Len()), nil
	case "isEmpty":
		return m.Len() == 0, nil
	case "clear":
		m.clear()
		return "", nil
	}
	return r.anyMethod(m, name, nil)
}

func (r *run) mapWith(m *Map, name string, arg any) (any, error) {
	switch name {
	case "get":
		v, _ := m.Get(arg)
		return v, nil
	case "containsKey":
		_, ok := m.Get(arg)
		return ok, nil
	case "containsValue":
		i, err := r.position(values(m), arg, 0, 1)
		return i >= 0, err
	case "remove":
		if err := r.step(m.Len() >> 2); err != nil {
			return nil, err
		}
		return m.Delete(arg), nil
	case "putAll":
		other, ok := arg.(*Map)
		if !ok {
			return nil, nil
		}
		if err := r.grow(64 * other.Len()); err != nil {
			return nil, err
		}
		other.Each(func(k, v any) bool { m.Put(k, v); return true })
		return "", nil
	}
	return r.anyMethod(m, name, []any{arg})
}

func (r *run) mapWithTwo(m *Map, name string, key, v any) (any, error) {
	old, ok := m.Get(key)
	switch name {
	case "put":
		m.Put(key, v)
		return old, r.grow(64)
	case "getOrDefault":
		if ok {
			return old, nil
		}
		return v, nil
	case "putIfAbsent":
		if old == nil {
			m.Put(key, v)
			return nil, r.grow(64)
		}
		return old, nil
	case "replace":
		if !ok {
			return nil, nil
		}
		return m.Put(key, v), nil
	case "remove":
		same, err := r.equal(old, v, 0)
		if ok && same {
			m.Delete(key)
		}
		return ok && same, err
	}
	return nil, nil
}

func (r *run) entryMethod(e *Entry, name string, args []any) (any, error) {
	switch {
	case len(args) == 0 && name == "getKey":
		return e.Key, nil
	case len(args) == 0 && name == "getValue":
		return e.value(), nil
	case len(args) == 1 && name == "setValue":
		old := e.value()
		e.Value = args[0]
		return old, nil
	}
	return r.anyMethod(e, name, args)
}

// anyMethod are the methods of java.lang.Object.
func (r *run) anyMethod(v any, name string, args []any) (any, error) {
	switch {
	case name == "toString" && len(args) == 0:
		return r.text(v)
	case name == "hashCode" && len(args) == 0:
		h, err := r.hash(v, 0)
		return int64(h), err
	case name == "equals" && len(args) == 1:
		return r.equal(v, args[0], 0)
	}
	return nil, nil
}

// scalarMethod are the methods of numbers and booleans.
func (r *run) scalarMethod(v any, name string, args []any) (any, error) {
	if len(args) == 0 {
		if b, ok := v.(bool); ok && name == "booleanValue" {
			return b, nil
		}
		if isNumber(v) {
			if n, ok := converted(v, name); ok {
				return n, nil
			}
		}
		return r.anyMethod(v, name, nil)
	}
	if len(args) == 1 && isNumber(v) {
		switch name {
		case "compareTo":
			if c, ok := compareNumbers(v, args[0]); ok {
				return int64(c), nil
			}
		case "parseInt", "parseLong", "valueOf": // static, so callable on any number
			return parseNumber(args[0], false)
		case "parseDouble", "parseFloat":
			return parseNumber(args[0], true)
		}
	}
	return r.anyMethod(v, name, args)
}

func parseNumber(v any, isFloat bool) (any, error) {
	s, ok := v.(string)
	if !ok {
		return nil, nil
	}
	n, ok := number(s, isFloat)
	if !ok {
		return nil, faultf("For input string: %q", s)
	}
	return n, nil
}

// converted is a number as the type that a method such as intValue names.
func converted(v any, name string) (any, bool) {
	whole := func(bits uint) any {
		var n int64
		switch v := v.(type) {
		case int64:
			n = v
		case *big.Int:
			n = new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Int64()
		case float64:
			n = saturated(v, bits)
		}
		shift := 64 - bits
		return n << shift >> shift
	}
	switch name {
	case "intValue":
		return whole(32), true
	case "longValue":
		return whole(64), true
	case "shortValue":
		return whole(16), true
	case "byteValue":
		return whole(8), true
	case "doubleValue":
		return float(v), true
	case "floatValue":
		return float64(float32(float(v))), true
	}
	return nil, false
}

// saturated is how Java makes an int or long of a double.
func saturated(f float64, bits uint) int64 {
	top := uint(63)
	if bits <= 32 {
		top = 31
	}
	limit := float64(uint64(1) << top)
	switch {
	case f != f:
		return 0
	case f >= limit:
		return int64(uint64(1)<<top - 1)
	case f < -limit:
		return -1 << top
	}
	return int64(f)
}

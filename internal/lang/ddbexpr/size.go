package ddbexpr

// MaxItemSize is the most an item may measure.
const MaxItemSize = 400 << 10

// Size measures the item as DynamoDB does.
func (it Item) Size() int {
	n := 0
	for b := []byte(it); len(b) > 0; {
		var name []byte
		var v Value
		name, v, b = cutAttr(b)
		n += len(name) + v.size()
	}
	return n
}

func (v Value) size() int {
	switch v.Type() {
	case String, NumberType, Binary:
		return len(v.Bytes())
	case Bool, Null:
		return 1
	case List:
		n := 3
		for e := range v.Elems() {
			n += 1 + e.size()
		}
		return n
	case Map:
		n := 3
		for name, e := range v.Item().All() {
			n += 1 + len(name) + e.size()
		}
		return n
	default:
		n := 0
		for m := range v.Members() {
			n += len(m)
		}
		return n
	}
}

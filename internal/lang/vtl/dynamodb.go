package vtl

import (
	"math/big"
	"strings"
)

// dynamoDBMethod are the methods of $util.dynamodb. Each has a twin whose name
// ends with Json, which gives the same as a text.
func (r *run) dynamoDBMethod(name string, args arguments) (any, error) {
	if err := r.step(4); err != nil {
		return nil, err
	}
	if name == "fromS3ObjectJson" {
		return r.fromS3Object(args)
	}
	plain, asText := strings.CutSuffix(name, "Json")
	v, ok, err := r.attribute(plain, args)
	if err != nil || !ok {
		return nil, err
	}
	if asText {
		return r.toJSON(v)
	}
	return v, nil
}

// tagged is {"S": v} and its like.
func tagged(tag string, v any) *Map {
	return &Map{entries: []*Entry{{Key: tag, Value: v}}}
}

// attribute calls the method of a name without Json; ok is false if there is
// none, or not for such a value.
func (r *run) attribute(name string, args arguments) (v any, ok bool, err error) {
	if err := r.grow(128); err != nil {
		return nil, false, err
	}
	arg := args.value(0)
	switch name {
	case "toDynamoDB":
		v, err := r.toDynamoDB(arg, 0)
		return v, err == nil, err
	case "toNull":
		return tagged("NULL", nil), true, nil
	case "toS3Object":
		return r.toS3Object(args)
	}
	if arg == nil {
		return tagged("NULL", nil), strings.HasPrefix(name, "to"), nil
	}
	switch name {
	case "toString":
		s, err := r.text(arg)
		return tagged("S", s), err == nil, err
	case "toBinary":
		s, err := r.text(arg)
		return tagged("B", s), err == nil, err
	case "toNumber":
		return tagged("N", arg), isNumber(arg), nil
	case "toBoolean":
		b, isBool := arg.(bool)
		return tagged("BOOL", b), isBool, nil
	case "toStringSet", "toNumberSet", "toBinarySet":
		l, isList := itemsOf(arg)
		if !isList {
			return nil, false, nil
		}
		tag := map[string]string{"toStringSet": "SS", "toNumberSet": "NS", "toBinarySet": "BS"}[name]
		return tagged(tag, l.clone()), true, r.grow(16 * len(l.items))
	case "toList":
		if _, isList := arg.(*List); !isList {
			return nil, false, nil
		}
		v, err := r.toDynamoDB(arg, 0)
		return v, err == nil, err
	case "toMap":
		if _, isMap := arg.(*Map); !isMap {
			return nil, false, nil
		}
		v, err := r.toDynamoDB(arg, 0)
		return v, err == nil, err
	case "toMapValues":
		m, isMap := arg.(*Map)
		if !isMap {
			return nil, false, nil
		}
		v, err := r.toDynamoDBMap(m, 0)
		return v, err == nil, err
	}
	return nil, false, nil
}

// toDynamoDB tags a value by its type. Lists never become sets, and numbers
// stay numbers, as AppSync has it.
func (r *run) toDynamoDB(v any, depth int) (any, error) {
	if err := r.written(0, depth); err != nil {
		return nil, err
	}
	if err := r.grow(64); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return tagged("NULL", nil), nil
	case string:
		return tagged("S", v), nil
	case bool:
		return tagged("BOOL", v), nil
	case int64, float64, *big.Int:
		return tagged("N", v), nil
	case *List:
		l := &List{items: make([]any, len(v.items))}
		for i, item := range v.items {
			x, err := r.toDynamoDB(item, depth+1)
			if err != nil {
				return nil, err
			}
			l.items[i] = x
		}
		return tagged("L", l), nil
	case *Map:
		m, err := r.toDynamoDBMap(v, depth)
		if err != nil {
			return nil, err
		}
		return tagged("M", m), nil
	}
	s, err := r.text(v)
	return tagged("S", s), err
}

func (r *run) toDynamoDBMap(m *Map, depth int) (*Map, error) {
	out := &Map{entries: make([]*Entry, 0, len(m.entries))}
	for _, e := range m.entries {
		k, err := r.text(e.Key)
		if err != nil {
			return nil, err
		}
		v, err := r.toDynamoDB(e.value(), depth+1)
		if err != nil {
			return nil, err
		}
		out.Put(k, v)
	}
	return out, nil
}

// toS3Object reads (key, bucket, region[, version]) and gives a string that
// holds a JSON document.
func (r *run) toS3Object(args arguments) (any, bool, error) {
	if len(args) != 3 && len(args) != 4 {
		return nil, false, nil
	}
	inner := NewMap()
	for i, name := range []string{"key", "bucket", "region", "version"}[:len(args)] {
		inner.Put(name, args[i])
	}
	s, err := r.toJSON(tagged("s3", inner))
	return tagged("S", s), err == nil, err
}

// fromS3Object reads what toS3Object wrote.
func (r *run) fromS3Object(args arguments) (any, error) {
	s, ok := args.text(0)
	if !ok {
		return nil, nil
	}
	if err := r.grow(32 * len(s)); err != nil {
		return nil, err
	}
	v, err := ParseJSON(s)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*Map)
	if !ok {
		return nil, nil
	}
	inner, ok := m.Get("s3")
	if !ok {
		return m, nil
	}
	return inner, nil
}

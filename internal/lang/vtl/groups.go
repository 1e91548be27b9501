package vtl

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// maxSorted is the longest list that sortList sorts.
const maxSorted = 1000

// utilList are the methods of $util.list.
func (r *run) utilList(name string, args arguments) (any, error) {
	l, ok := args.value(0).(*List)
	if !ok {
		return nil, nil
	}
	switch name {
	case "copyAndRetainAll", "copyAndRemoveAll":
		other, ok := itemsOf(args.value(1))
		if !ok {
			return nil, nil
		}
		return r.filtered(l, other, name == "copyAndRetainAll")
	case "sortList":
		return r.sortList(l, args.value(1) == true, args.value(2))
	}
	return nil, nil
}

// sortList sorts a copy by the values themselves, or by a property of maps.
// Longer lists and those of mixed types come back in their order.
func (r *run) sortList(l *List, descending bool, property any) (any, error) {
	sorted := l.clone()
	if err := r.step(16 * len(l.items)); err != nil || len(l.items) > maxSorted {
		return sorted, err
	}
	by := func(v any) any {
		if m, ok := v.(*Map); ok {
			v, _ = m.Get(property)
		}
		return v
	}
	for _, v := range l.items {
		if k := kindOf(by(v)); k != kindOf(by(l.items[0])) || k != kindString && k != kindNumber {
			return sorted, nil
		}
	}
	slices.SortStableFunc(sorted.items, func(a, b any) int {
		a, b = by(a), by(b)
		c, ok := compareNumbers(a, b)
		if !ok {
			c = strings.Compare(a.(string), b.(string))
		}
		if descending {
			return -c
		}
		return c
	})
	return sorted, nil
}

// utilMap are the methods of $util.map.
func (r *run) utilMap(name string, args arguments) (any, error) {
	m, ok := args.value(0).(*Map)
	list, ok2 := itemsOf(args.value(1))
	if !ok || !ok2 || name != "copyAndRetainAllKeys" && name != "copyAndRemoveAllKeys" {
		return nil, nil
	}
	out := NewMap()
	for _, e := range m.entries {
		i, err := r.position(list, e.Key, 0, 1)
		if err != nil {
			return nil, err
		}
		if (i >= 0) == (name == "copyAndRetainAllKeys") {
			out.Put(e.Key, e.value())
		}
	}
	return out, r.grow(64 * out.Len())
}

// utilStr are the methods of $util.str.
func (r *run) utilStr(name string, args arguments) (any, error) {
	s, ok := args.text(0)
	if !ok {
		return nil, nil
	}
	if err := r.grow(len(s)); err != nil {
		return nil, err
	}
	switch name {
	case "toUpper":
		return upper(s), nil
	case "toLower":
		return strings.ToLower(s), nil
	case "toReplace":
		from, ok := args.text(1)
		to, ok2 := args.text(2)
		if !ok || !ok2 {
			return nil, nil
		}
		return r.replace(s, from, to)
	case "normalize":
		if ascii(s) {
			return s, nil
		}
		return nil, faultf("$util.str.normalize is available for ASCII only")
	}
	return nil, nil
}

// utilMath are the methods of $util.math.
func (r *run) utilMath(name string, args arguments) (any, error) {
	a, b := args.value(0), args.value(1)
	switch name {
	case "roundNum":
		switch v := a.(type) {
		case int64:
			return v, nil
		case float64:
			return saturated(math.Floor(v+0.5), 64), nil
		}
	case "minVal", "maxVal":
		if c, ok := compareNumbers(a, b); ok {
			return either((c < 0) == (name == "minVal"), a, b), nil
		}
	case "randomDouble":
		return r.fraction()
	case "randomWithinRange":
		from, ok := toIndex(a)
		to, ok2 := toIndex(b)
		if !ok || !ok2 {
			return nil, nil
		}
		if from >= to {
			return nil, faultf("The range from %d to %d is empty", from, to)
		}
		f, err := r.fraction()
		return int64(from) + int64(f*float64(to-from)), err
	}
	return nil, nil
}

// fraction is a number from 0 up to 1.
func (r *run) fraction() (float64, error) {
	b, err := r.random(8)
	if err != nil {
		return 0, err
	}
	return float64(binary.BigEndian.Uint64(b)>>11) / (1 << 53), nil
}

// hidden are the headers that copyHeaders leaves out: those between the client
// and AppSync alone.
var hidden = map[string]bool{
	"transfer-encoding": true, "connection": true, "host": true, "expect": true, "keep-alive": true, "upgrade": true,
	"proxy-authenticate": true, "proxy-authorization": true, "te": true, "content-length": true,
}

// utilHTTP are the methods of $util.http.
func (r *run) utilHTTP(name string, args arguments) (any, error) {
	switch name {
	case "copyHeaders":
		m, ok := args.value(0).(*Map)
		if !ok {
			return nil, nil
		}
		out := NewMap()
		m.Each(func(k, v any) bool {
			if s, ok := k.(string); !ok || !hidden[strings.ToLower(s)] {
				out.Put(k, v)
			}
			return true
		})
		return out, r.grow(64 * out.Len())
	case "addResponseHeader":
		return r.addHeader(args.value(0), args.value(1))
	case "addResponseHeaders":
		m, ok := args.value(0).(*Map)
		if !ok {
			return nil, nil
		}
		for _, e := range m.entries {
			if _, err := r.addHeader(e.Key, e.value()); err != nil {
				return nil, err
			}
		}
		return "", nil
	}
	return nil, nil
}

func (r *run) addHeader(name, value any) (any, error) {
	n, ok := name.(string)
	if !ok || n == "" {
		return nil, faultf("The name of a header must be a string")
	}
	v, err := r.text(value)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(n+v, "\r\n\x00") {
		return nil, faultf("The header %s has characters that headers cannot have", quote(n))
	}
	r.result.Headers = append(r.result.Headers, Header{Name: n, Value: v})
	return "", r.grow(64)
}

// utilLog are the methods of $util.log. Placeholders {} take the values of a
// list that follows.
func (r *run) utilLog(name string, args arguments) (any, error) {
	if name != "info" && name != "error" && name != "debug" || len(args) == 0 {
		return nil, nil
	}
	var b strings.Builder
	message, err := r.text(args[0])
	if err != nil {
		return nil, err
	}
	rest := args[1:]
	if l, ok := args.value(1).(*List); ok && len(rest) == 1 {
		rest = l.items
	}
	for _, v := range rest {
		before, after, ok := strings.Cut(message, "{}")
		if !ok {
			break
		}
		s, err := r.text(v)
		if err != nil {
			return nil, err
		}
		b.WriteString(before + s)
		message = after
	}
	b.WriteString(message)
	r.result.Logs = append(r.result.Logs, Log{Level: strings.ToUpper(name), Message: b.String()})
	return "", r.grow(64 + b.Len())
}

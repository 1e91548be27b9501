package appsync

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// item is a value on its way into the answer.
type item struct {
	value  any
	path   *path
	failed bool // there is an error about it already
}

// complete makes values what the answer has: checked against a type, and with
// the fields that were selected of them. parent is the type that the field is of.
func (x *execution) complete(f *field, parent *ast.Definition, t *ast.Type, items []item) []any {
	var out []any
	switch {
	case t.Elem != nil:
		out = x.lists(f, parent, t, items)
	case f.sub != nil:
		out = x.composites(f, items)
	default:
		out = x.leaves(f, t, items)
	}
	if !t.NonNull {
		return out
	}
	for i, v := range out {
		switch v {
		case nil:
			x.fail(&fieldError{path: items[i].path, plain: true, message: fmt.Sprintf(
				"Cannot return null for non-nullable type: '%s' within parent '%s' (%s)", t.Name(), parent.Name, items[i].path)})
			out[i] = failed
		case nulled:
			out[i] = failed
		}
	}
	return out
}

// settled reports values that need no more work, and what they are.
func (x *execution) settled(it *item) (any, bool) {
	switch {
	case it.failed:
		return nulled, true
	case it.value == nil:
		return nil, true
	case x.values.Add(1) > maxValues:
		if x.values.Load() == maxValues+1 {
			x.fail(&fieldError{path: it.path, plain: true, message: fmt.Sprintf("The answer has more than %d values.", maxValues)})
		}
		return nulled, true
	}
	return nil, false
}

func (x *execution) lists(f *field, parent *ast.Definition, t *ast.Type, items []item) []any {
	out := make([]any, len(items))
	var flat []item
	counts := make([]int, len(items))
	for i := range items {
		it := &items[i]
		v, done := x.settled(it)
		if done {
			out[i], counts[i] = v, -1
			continue
		}
		l, ok := it.value.(*vtl.List)
		if !ok {
			x.fail(&fieldError{path: it.path, plain: true, message: fmt.Sprintf("Can't resolve value (%s) : type mismatch error, expected type LIST", it.path)})
			out[i], counts[i] = nulled, -1
			continue
		}
		counts[i] = l.Len()
		for j := range l.Len() {
			flat = append(flat, item{value: l.At(j), path: &path{up: it.path, index: j}})
		}
	}
	var done []any
	if len(flat) > 0 {
		done = x.complete(f, parent, t.Elem, flat)
	}
	for i, n := range counts {
		if n < 0 {
			continue
		}
		list := done[:n:n]
		done = done[n:]
		out[i] = list
		for _, v := range list {
			if v == failed {
				out[i] = nulled
				break
			}
		}
	}
	return out
}

// composites finishes objects, all those of one type together.
func (x *execution) composites(f *field, items []item) []any {
	out := make([]any, len(items))
	var types []*ast.Definition
	groups := map[*ast.Definition][]int{}
	if f.named.Kind == ast.Object {
		types = []*ast.Definition{f.named}
	}
	for i := range items {
		it := &items[i]
		v, done := x.settled(it)
		if done {
			out[i] = v
			continue
		}
		def := f.named
		if def.Kind != ast.Object {
			if def = x.concreteType(f, it); def == nil {
				out[i] = nulled
				continue
			}
			if groups[def] == nil {
				types = append(types, def)
			}
		}
		groups[def] = append(groups[def], i)
	}
	for _, def := range types {
		members := groups[def]
		if len(members) == 0 {
			continue
		}
		parents := make([]parent, len(members))
		for j, i := range members {
			parents[j] = parent{value: items[i].value, path: items[i].path}
		}
		for j, o := range x.objects(f.sub, def, parents, false) {
			out[members[j]] = o
		}
	}
	return out
}

// concreteType is the type of a value of an interface or union, which says so
// itself.
func (x *execution) concreteType(f *field, it *item) *ast.Definition {
	name, _ := property(it.value, "__typename").(string)
	for _, p := range x.api.schema.PossibleTypes[f.named.Name] {
		if p.Name == name {
			return p
		}
	}
	x.fail(&fieldError{path: it.path, plain: true, message: fmt.Sprintf(
		"Abstract type '%s' must resolve to an Object type at runtime for field '%s.%s'. Could not determine the exact type of '%s'", f.named.Name, f.node.ObjectDefinition.Name, f.def.Name, f.named.Name)})
	return nil
}

func (x *execution) leaves(f *field, t *ast.Type, items []item) []any {
	out := make([]any, len(items))
	for i := range items {
		it := &items[i]
		v, done := x.settled(it)
		if done {
			out[i] = v
			continue
		}
		v, err := it.value, error(nil)
		if x.event == nil { // else it was in an answer already
			v, err = serialize(f.named, v)
		}
		if err != nil {
			x.fail(&fieldError{path: it.path, plain: true, message: fmt.Sprintf("Can't serialize value (%s) : %s", it.path, err)})
			v = nulled
		}
		out[i] = v
	}
	return out
}

// serialize makes a value what the answer has for a scalar or an enum.
func serialize(def *ast.Definition, v any) (any, error) {
	if def.Kind == ast.Enum {
		name, ok := v.(string)
		if !ok || def.EnumValues.ForName(name) == nil {
			return nil, fmt.Errorf("Invalid input for Enum '%s'. No value found for name '%v'", def.Name, text(v))
		}
		return name, nil
	}
	mismatch := fmt.Errorf("Expected type '%s' but was '%s'.", def.Name, javaType(v))
	switch def.Name {
	case "Int":
		if n, ok := integer(v); ok && n >= math.MinInt32 && n <= math.MaxInt32 {
			return n, nil
		}
		return nil, mismatch
	case "AWSTimestamp":
		if n, ok := integer(v); ok {
			return n, nil
		}
		return nil, mismatch
	case "Float":
		if n, ok := number(v); ok {
			return n, nil
		}
		return nil, mismatch
	case "Boolean":
		switch v := v.(type) {
		case bool:
			return v, nil
		case string:
			if v == "true" || v == "false" {
				return v == "true", nil
			}
		case int64:
			return v != 0, nil
		}
		return nil, mismatch
	case "AWSJSON":
		b, err := vtl.AppendJSON(nil, v)
		return string(b), err
	case "String", "ID":
		return text(v), nil
	}
	s, ok := v.(string)
	if !ok {
		return nil, mismatch
	}
	if !graphql.ValidText(def.Name, s) {
		return nil, fmt.Errorf("Unable to serialize `%s` as a valid %s.", s, graphql.ScalarNoun(def.Name))
	}
	return s, nil
}

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<63
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// number keeps integers as they are written.
func number(v any) (any, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case *big.Int:
		return v, true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return nil, false
}

// text is a value as a string has it.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := vtl.AppendJSON(nil, v)
	if err != nil {
		return ""
	}
	return string(b)
}

// javaType is how AppSync calls the type of a value.
func javaType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "String"
	case bool:
		return "Boolean"
	case int64:
		return "Integer"
	case *big.Int:
		return "BigInteger"
	case float64:
		return "Double"
	case *vtl.List:
		return "ArrayList"
	case *vtl.Map:
		return "LinkedHashMap"
	}
	return "Object"
}

// String writes the path as messages have it: /getPost/tags[0].
func (p *path) String() string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	p.write(&b)
	return b.String()
}

func (p *path) write(b *strings.Builder) {
	if p.up != nil {
		p.up.write(b)
	}
	if p.key == "" {
		fmt.Fprintf(b, "[%d]", p.index)
		return
	}
	b.WriteByte('/')
	b.WriteString(p.key)
}

// list is the path as answers have it.
func (p *path) list() *vtl.List {
	l := vtl.NewList()
	var add func(*path)
	add = func(p *path) {
		if p == nil {
			return
		}
		add(p.up)
		if p.key == "" {
			l.Add(int64(p.index))
		} else {
			l.Add(p.key)
		}
	}
	add(p)
	return l
}

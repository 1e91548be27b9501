package dynamodb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// binder turns the expressions of a PartiQL statement into those of an item's
// language, with the values of its parameters.
type binder struct{ params []ddbexpr.Value }

// newBinder reads parameters. They are judged before the statement is.
func newBinder(parameters []shape.Raw) (*binder, error) {
	b := &binder{}
	for _, p := range parameters {
		v, err := ddbexpr.AppendValue(nil, p)
		if err != nil {
			return nil, visible(err)
		}
		b.params = append(b.params, v)
	}
	return b, nil
}

// root is what messages call the value that a literal is in.
const root = "root"

// value is the value of a literal or a parameter.
func (b *binder) value(e partiql.Expr) (ddbexpr.Value, error) {
	if p, ok := e.(*partiql.Param); ok {
		return b.params[p.Index], nil
	}
	// A literal becomes the JSON of a value, so that what values may be is said
	// in one place.
	json, err := appendLiteral(nil, e, root, 0)
	if err != nil {
		return nil, err
	}
	v, err := ddbexpr.AppendValue(nil, json)
	return v, visible(err)
}

// isValue reports whether an expression is a literal or a parameter.
func isValue(e partiql.Expr) bool {
	switch e.(type) {
	case *partiql.Param, *partiql.Literal, *partiql.List, *partiql.Bag, *partiql.Struct:
		return true
	}
	return false
}

const maxLiteralDepth = 32

// appendLiteral appends a literal as the JSON of an attribute value. path says
// where in the whole literal it is.
func appendLiteral(dst []byte, e partiql.Expr, path string, depth int) ([]byte, error) {
	if depth >= maxLiteralDepth {
		return nil, errValidation("Nesting Levels have exceeded supported limits under %s", path)
	}
	switch e := e.(type) {
	case *partiql.Literal:
		return appendScalarLiteral(dst, e, path)
	case *partiql.List:
		dst = append(dst, `{"L":[`...)
		for i, x := range e.Elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendLiteral(dst, x, path+"["+strconv.Itoa(i)+"]", depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, "]}"...), nil
	case *partiql.Struct:
		return appendStruct(dst, e, path, depth)
	case *partiql.Bag:
		return appendBag(dst, e, path)
	case *partiql.Call:
		return nil, errValidation("Unsupported data type: %s under key %s at %s", e.Name, path, e.Pos)
	}
	return nil, errValidation("Unsupported data type: %s under key %s at %s", partiql.Kind(e), path, e.At())
}

func appendScalarLiteral(dst []byte, e *partiql.Literal, path string) ([]byte, error) {
	switch e.Type {
	case partiql.Null:
		return append(dst, `{"NULL":true}`...), nil
	case partiql.Bool:
		return append(append(append(dst, `{"BOOL":`...), e.Text...), '}'), nil
	case partiql.Number:
		if _, err := ddbexpr.AppendNumber(nil, []byte(e.Text)); err != nil {
			return nil, errValidation("%s under %s", err, path)
		}
		return append(append(append(dst, `{"N":"`...), e.Text...), `"}`...), nil
	case partiql.String:
		dst = append(dst, `{"S":`...)
		dst, err := jsontext.AppendQuote(dst, e.Text)
		return append(dst, '}'), err
	case partiql.Ion:
		return nil, errValidation("Ion Literals are not supported: %s under key %s", e.Text, path)
	}
	return nil, errValidation("MISSING must be compared using IS operator")
}

func appendStruct(dst []byte, e *partiql.Struct, path string, depth int) ([]byte, error) {
	dst = append(dst, `{"M":{`...)
	names := map[string]bool{}
	for i, f := range e.Fields {
		name, err := fieldName(f, names, path)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = jsontext.AppendQuote(dst, name); err != nil {
			return nil, err
		}
		if dst, err = appendLiteral(append(dst, ':'), f.Value, path+"."+name, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, "}}"...), nil
}

// fieldName is the name of an entry of a map, which no other entry has.
func fieldName(f partiql.Field, names map[string]bool, path string) (string, error) {
	key, ok := f.Key.(*partiql.Literal)
	if !ok || key.Type != partiql.String {
		return "", errValidation("Tuple keys must be of type String. Actual type: %s under %s", partiql.Kind(f.Key), path)
	}
	if names[key.Text] {
		return "", errValidation("Duplicate keys in tuple. Key: %s under %s", key.Text, path)
	}
	names[key.Text] = true
	return key.Text, nil
}

// appendBag appends a set of strings or of numbers.
func appendBag(dst []byte, e *partiql.Bag, path string) ([]byte, error) {
	if len(e.Elems) == 0 {
		return nil, errValidation("Empty bags are not supported")
	}
	var texts []string
	var numbers []string // in their stored form
	of := partiql.Null
	for _, x := range e.Elems {
		l, ok := x.(*partiql.Literal)
		if ok && of == partiql.Null {
			of = l.Type
		}
		if !ok || l.Type != of || of != partiql.Number && of != partiql.String {
			return nil, errValidation("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
		}
		texts = append(texts, l.Text)
		if of == partiql.Number {
			n, err := ddbexpr.AppendNumber(nil, []byte(l.Text))
			if err != nil {
				return nil, errValidation("%s under %s", err, path)
			}
			numbers = append(numbers, string(n))
		}
	}
	slices.Sort(numbers)
	if len(slices.Compact(numbers)) < len(numbers) {
		return nil, errValidation(invalidValues+"Input collection [%s] contains duplicates! under %s", strings.Join(texts, ", "), path)
	}
	set := `{"SS":[`
	if of == partiql.Number {
		set = `{"NS":[`
	}
	dst = append(dst, set...)
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, text); err != nil {
			return nil, err
		}
	}
	return append(dst, "]}"...), nil
}

// item is the item that an INSERT puts.
func (b *binder) item(e partiql.Expr) (ddbexpr.Item, error) {
	const notItem = "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement."
	s, ok := e.(*partiql.Struct)
	if !ok {
		if _, ok := e.(*partiql.Param); ok {
			if v, err := b.value(e); err == nil && v.Type() == ddbexpr.Map {
				return v.Item(), nil
			}
		}
		return nil, errValidation(notItem)
	}
	names, values := map[string]bool{}, map[string]ddbexpr.Value{}
	for _, f := range s.Fields {
		name, err := fieldName(f, names, root)
		if err != nil {
			return nil, err
		}
		if values[name], err = b.value(f.Value); err != nil {
			return nil, err
		}
	}
	return itemOf(values), nil
}

package appsync

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// maxNesting bounds values that come from clients.
const maxNesting = 100

// variables makes the values of an operation's variables what their types ask for.
func (a *api) variables(op *ast.OperationDefinition, given *vtl.Map) (map[string]any, error) {
	if len(op.VariableDefinitions) == 0 {
		return nil, nil
	}
	vars := make(map[string]any, len(op.VariableDefinitions))
	for _, def := range op.VariableDefinitions {
		v, ok := any(nil), false
		if given != nil {
			v, ok = given.Get(def.Variable)
		}
		if !ok && def.DefaultValue != nil {
			lit, err := a.literal(def.DefaultValue, def.Type, nil, 0)
			if err != nil {
				return nil, fmt.Errorf("Variable '%s' has an invalid value. %w", def.Variable, err)
			}
			vars[def.Variable] = lit
			continue
		}
		if v == nil && def.Type.NonNull {
			return nil, fmt.Errorf("Variable '%s' has coerced Null value for NonNull type '%s'", def.Variable, def.Type)
		}
		if !ok {
			continue
		}
		c := coercion{a: a, variable: def.Variable}
		v, err := c.value(v, def.Type, 0)
		if err != nil {
			return nil, err
		}
		vars[def.Variable] = v
	}
	return vars, nil
}

// coercion makes a JSON value what a type asks for.
type coercion struct {
	a        *api
	variable string
}

func (c *coercion) errorf(format string, args ...any) error {
	return fmt.Errorf("Variable '%s' has an invalid value. %s", c.variable, fmt.Sprintf(format, args...))
}

func (c *coercion) value(v any, t *ast.Type, depth int) (any, error) {
	switch {
	case depth > maxNesting:
		return nil, c.errorf("It nests deeper than %d levels.", maxNesting)
	case v == nil && t.NonNull:
		return nil, fmt.Errorf("Variable '%s' has coerced Null value for NonNull type '%s'", c.variable, t)
	case v == nil:
		return nil, nil
	case t.Elem != nil:
		l, ok := v.(*vtl.List)
		if !ok { // one value stands for a list of it
			item, err := c.value(v, t.Elem, depth+1)
			return vtl.NewList(item), err
		}
		out := vtl.NewList()
		for i := range l.Len() {
			item, err := c.value(l.At(i), t.Elem, depth+1)
			if err != nil {
				return nil, err
			}
			out.Add(item)
		}
		return out, nil
	}
	def := c.a.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		name, ok := v.(string)
		if !ok || def.EnumValues.ForName(name) == nil {
			return nil, c.errorf("Invalid input for Enum '%s'. No value found for name '%s'", def.Name, text(v))
		}
		return name, nil
	case ast.InputObject:
		return c.object(v, def, depth)
	}
	v, err := scalar(def.Name, v)
	if err != nil {
		return nil, c.errorf("%s", err)
	}
	return v, nil
}

func (c *coercion) object(v any, def *ast.Definition, depth int) (any, error) {
	m, ok := v.(*vtl.Map)
	if !ok {
		return nil, c.errorf("Expected type 'Map' but was '%s'. Variables for input objects must be an instance of type 'Map'.", javaType(v))
	}
	var unknown string
	m.Each(func(key, _ any) bool {
		name, _ := key.(string)
		if def.Fields.ForName(name) == nil {
			unknown = name
		}
		return unknown == ""
	})
	if unknown != "" {
		return nil, fmt.Errorf("The variables input contains a field name '%s' that is not defined for input object type '%s' ", unknown, def.Name)
	}
	out := vtl.NewMap()
	for _, f := range def.Fields {
		v, ok := m.Get(f.Name)
		switch {
		case !ok && f.DefaultValue != nil:
			lit, err := c.a.literal(f.DefaultValue, f.Type, nil, 0)
			if err != nil {
				return nil, c.errorf("%s", err)
			}
			out.Put(f.Name, lit)
		case v == nil && f.Type.NonNull:
			return nil, fmt.Errorf("Variable '%s' has coerced Null value for NonNull type '%s'", f.Name, f.Type)
		case ok:
			v, err := c.value(v, f.Type, depth+1)
			if err != nil {
				return nil, err
			}
			out.Put(f.Name, v)
		}
	}
	return out, nil
}

// scalar makes a JSON value that of a scalar.
func scalar(name string, v any) (any, error) {
	mismatch := fmt.Errorf("Expected type '%s' but was '%s'.", name, javaType(v))
	switch name {
	case "Int", "AWSTimestamp":
		n, ok := v.(int64)
		if f, isFloat := v.(float64); isFloat && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			n, ok = int64(f), true
		}
		if !ok {
			return nil, mismatch
		}
		if name == "Int" && (n < math.MinInt32 || n > math.MaxInt32) {
			return nil, fmt.Errorf("Expected value to be in the Integer range but it was '%d'", n)
		}
		return n, nil
	case "Float":
		switch v := v.(type) {
		case int64:
			return float64(v), nil
		case *big.Int:
			f, _ := new(big.Float).SetInt(v).Float64()
			return f, nil
		case float64:
			return v, nil
		}
		return nil, mismatch
	case "Boolean":
		if _, ok := v.(bool); !ok {
			return nil, mismatch
		}
		return v, nil
	case "ID":
		switch v := v.(type) {
		case string:
			return v, nil
		case int64:
			return strconv.FormatInt(v, 10), nil
		case *big.Int:
			return v.String(), nil
		}
		return nil, mismatch
	}
	s, ok := v.(string)
	if !ok {
		return nil, mismatch
	}
	if name == "AWSJSON" {
		parsed, err := vtl.ParseJSON(s)
		if err != nil {
			return nil, fmt.Errorf("Unable to parse `%s` as valid JSON.", s)
		}
		return parsed, nil
	}
	if !graphql.ValidText(name, s) {
		return nil, fmt.Errorf("Unable to parse `%s` as a valid %s.", s, graphql.ScalarNoun(name))
	}
	return s, nil
}

// literal is the value of a literal of a document, in which variables have values.
func (a *api) literal(v *ast.Value, t *ast.Type, vars map[string]any, depth int) (any, error) {
	switch {
	case v.Kind == ast.Variable:
		value := vars[v.Raw]
		if value == nil && t.NonNull {
			return nil, fmt.Errorf("Variable '%s' has coerced Null value for NonNull type '%s'", v.Raw, t)
		}
		return clone(value), nil // it may be used again, and templates may change it
	case v.Kind == ast.NullValue:
		return nil, nil
	case depth > maxNesting:
		return nil, fmt.Errorf("The value nests deeper than %d levels.", maxNesting)
	case t.Elem != nil && v.Kind != ast.ListValue:
		item, err := a.literal(v, t.Elem, vars, depth+1)
		return vtl.NewList(item), err
	case t.Elem != nil:
		out := vtl.NewList()
		for _, c := range v.Children {
			item, err := a.literal(c.Value, t.Elem, vars, depth+1)
			if err != nil {
				return nil, err
			}
			out.Add(item)
		}
		return out, nil
	}
	def := a.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return v.Raw, nil
	case ast.InputObject:
		return a.literalObject(v, def, vars, depth)
	}
	value, err := plainLiteral(v)
	if err != nil {
		return nil, err
	}
	return scalar(def.Name, value)
}

func (a *api) literalObject(v *ast.Value, def *ast.Definition, vars map[string]any, depth int) (any, error) {
	out := vtl.NewMap()
	for _, f := range def.Fields {
		c := v.Children.ForName(f.Name)
		if c != nil && c.Kind == ast.Variable {
			if _, given := vars[c.Raw]; !given {
				c = nil
			}
		}
		if c == nil {
			c = f.DefaultValue
		}
		if c == nil {
			continue
		}
		value, err := a.literal(c, f.Type, vars, depth+1)
		if err != nil {
			return nil, err
		}
		out.Put(f.Name, value)
	}
	return out, nil
}

// plainLiteral is a literal as JSON would have it.
func plainLiteral(v *ast.Value) (any, error) {
	switch v.Kind {
	case ast.IntValue:
		if n, err := strconv.ParseInt(v.Raw, 10, 64); err == nil {
			return n, nil
		}
		n, ok := new(big.Int).SetString(v.Raw, 10)
		if !ok {
			return nil, fmt.Errorf("'%s' is not a number", v.Raw)
		}
		return n, nil
	case ast.FloatValue:
		return strconv.ParseFloat(v.Raw, 64)
	case ast.BooleanValue:
		return v.Raw == "true", nil
	case ast.StringValue, ast.BlockValue:
		return v.Raw, nil
	}
	return nil, fmt.Errorf("'%s' is not a value of this type", v.String())
}

// arguments are the values of a field's arguments, in the order of its definition.
func (x *execution) arguments(f *field) (*vtl.Map, error) {
	args := vtl.NewMap()
	for _, def := range f.def.Arguments {
		var v *ast.Value
		if arg := f.node.Arguments.ForName(def.Name); arg != nil {
			v = arg.Value
			if v.Kind == ast.Variable {
				if _, given := x.vars[v.Raw]; !given {
					v = nil
				}
			}
		}
		if v == nil {
			v = def.DefaultValue
		}
		if v == nil {
			continue
		}
		value, err := x.api.literal(v, def.Type, x.vars, 0)
		if err != nil {
			return nil, err
		}
		args.Put(def.Name, value)
	}
	return args, nil
}

// clone copies lists and maps, which templates may change.
func clone(v any) any {
	switch v := v.(type) {
	case *vtl.List:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = clone(v.At(i))
		}
		return vtl.NewList(out...)
	case *vtl.Map:
		out := vtl.NewMap()
		v.Each(func(key, value any) bool {
			out.Put(key, clone(value))
			return true
		})
		return out
	}
	return v
}

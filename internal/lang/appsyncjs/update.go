package appsyncjs

import (
	"fmt"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// operation makes the objects of operations.*, which update knows by their type.
func operation(name string, args []any) (any, error) {
	types := map[string]string{
		"add": "ADD", "remove": "REMOVE", "replace": "REPLACE", "increment": "INCREMENT", "decrement": "DECREMENT",
		"append": "APPEND", "prepend": "PREPEND", "updateListItem": "UPDATE_LIST_ITEM",
	}
	var first, second any
	if len(args) > 0 {
		first = args[0]
	}
	if len(args) > 1 {
		second = args[1]
	}
	m := vtl.NewMap()
	m.Put("type", "OPERATION_"+types[name])
	switch name {
	case "remove":
	case "increment", "decrement":
		if first == nil {
			first = int64(1)
		}
		m.Put("by", first)
	case "append", "prepend":
		if _, ok := first.(*vtl.List); !ok {
			return nil, fmt.Errorf("operations.%s expects a list", name)
		}
		m.Put("items", first)
	case "updateListItem":
		if _, ok := second.(int64); !ok {
			return nil, fmt.Errorf("operations.updateListItem expects an index")
		}
		m.Put("value", first)
		m.Put("index", second)
	default:
		m.Put("value", first)
	}
	return m, nil
}

// change is an update expression while it is written.
type change struct {
	h       *helper
	names   *names
	sets    []string
	removes []string
}

// update writes what is to change: values replace attributes, objects without
// an operation change the attributes within, and operations do what they say.
func (h *helper) update(out *vtl.Map, v any) error {
	m, ok := v.(*vtl.Map)
	if !ok {
		return fmt.Errorf("update must be an object")
	}
	c := &change{h: h, names: newNames()}
	if err := c.object(nil, m); err != nil {
		return err
	}
	var clauses []string
	if len(c.sets) > 0 {
		clauses = append(clauses, "SET "+strings.Join(c.sets, ", "))
	}
	if len(c.removes) > 0 {
		clauses = append(clauses, "REMOVE "+strings.Join(c.removes, ", "))
	}
	made := vtl.NewMap()
	made.Put("expression", strings.Join(clauses, " "))
	made.Put("expressionNames", c.names.names)
	if c.names.values.Len() > 0 {
		made.Put("expressionValues", c.names.values)
	}
	out.Put("update", made)
	return nil
}

func (c *change) object(at []string, m *vtl.Map) (err error) {
	m.Each(func(k, v any) bool {
		err = c.attribute(append(at[:len(at):len(at)], fmt.Sprint(k)), v)
		return err == nil
	})
	return err
}

func (c *change) attribute(at []string, v any) error {
	switch v := v.(type) {
	case *vtl.Map:
		if kind := operationOf(v); kind != "" {
			return c.operation(at, kind, v)
		}
		if v.Len() > 0 {
			return c.object(at, v)
		}
	case *vtl.List:
		if v.Len() > 0 && operationOf(v.At(0)) == "UPDATE_LIST_ITEM" {
			for _, item := range v.Items() {
				m, ok := item.(*vtl.Map)
				if !ok || operationOf(m) != "UPDATE_LIST_ITEM" {
					return fmt.Errorf("%s mixes operations.updateListItem with values", at[len(at)-1])
				}
				if err := c.operation(at, "UPDATE_LIST_ITEM", m); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return c.set(at, "%[1]s = %[2]s", v)
}

// operationOf is the kind of an object that operations made.
func operationOf(v any) string {
	m, ok := v.(*vtl.Map)
	if !ok {
		return ""
	}
	t, _ := m.Get("type")
	s, _ := t.(string)
	kind, ok := strings.CutPrefix(s, "OPERATION_")
	if !ok {
		return ""
	}
	return kind
}

func (c *change) operation(at []string, kind string, m *vtl.Map) error {
	value, _ := m.Get("value")
	switch kind {
	case "ADD", "REPLACE":
		return c.set(at, "%[1]s = %[2]s", value)
	case "REMOVE":
		c.removes = append(c.removes, c.names.path(at))
		return nil
	case "INCREMENT", "DECREMENT":
		by, _ := m.Get("by")
		sign := map[string]string{"INCREMENT": "+", "DECREMENT": "-"}[kind]
		return c.set(at, "%[1]s = %[1]s "+sign+" %[2]s", by)
	case "APPEND", "PREPEND":
		items, _ := m.Get("items")
		if kind == "APPEND" {
			return c.set(at, "%[1]s = list_append(%[1]s, %[2]s)", items)
		}
		return c.set(at, "%[1]s = list_append(%[2]s, %[1]s)", items)
	case "UPDATE_LIST_ITEM":
		index, _ := m.Get("index")
		return c.set(at, fmt.Sprintf("%%[1]s[%v] = %%[2]s", index), value)
	}
	return fmt.Errorf("the operation %s is unknown", kind)
}

func (c *change) set(at []string, format string, v any) error {
	tagged, err := c.h.util.Call("util.dynamodb", "toDynamoDB", v)
	if err != nil {
		return err
	}
	c.sets = append(c.sets, fmt.Sprintf(format, c.names.path(at), c.names.value(tagged)))
	return nil
}

package appsyncjs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// helper makes the requests of @aws-appsync/utils/dynamodb.
type helper struct{ util *vtl.Util }

// operations of the data source by the helper that makes their request.
var requests = map[string]string{
	"get": "GetItem", "put": "PutItem", "update": "UpdateItem", "remove": "DeleteItem", "query": "Query", "scan": "Scan", "sync": "Sync",
	"batchGet": "BatchGetItem", "batchPut": "BatchPutItem", "batchDelete": "BatchDeleteItem",
	"transactGet": "TransactGetItems", "transactWrite": "TransactWriteItems",
}

func (h *helper) call(name string, args []any) (any, error) {
	operation := requests[name]
	if operation == "" { // toStringSet and its like
		return h.util.Call("util.dynamodb", name, args...)
	}
	in := &vtl.Map{}
	if len(args) > 0 {
		m, ok := args[0].(*vtl.Map)
		if !ok {
			return nil, fmt.Errorf("%s expects an object", name)
		}
		in = m
	}
	out := vtl.NewMap()
	out.Put("operation", operation)
	var err error
	switch name {
	case "batchGet", "batchPut", "batchDelete":
		err = h.batch(out, in, name)
	case "transactGet", "transactWrite":
		err = h.transact(out, in, name)
	default:
		err = h.single(out, in)
	}
	return out, err
}

// single writes what requests on one table are made of, each as it is in the request.
func (h *helper) single(out, in *vtl.Map) (err error) {
	in.Each(func(k, v any) bool {
		if v == nil { // as though it were not there
			return true
		}
		switch name, _ := k.(string); name {
		case "key":
			err = h.values(out, "key", v)
		case "item":
			err = h.values(out, "attributeValues", v)
		case "condition", "filter", "query":
			err = h.condition(out, name, v)
		case "update":
			err = h.update(out, v)
		case "projection":
			err = projection(out, v)
		default:
			out.Put(k, v)
		}
		return err == nil
	})
	return err
}

// values writes an object whose values are tagged with their types.
func (h *helper) values(out *vtl.Map, name string, v any) error {
	tagged, err := h.util.Call("util.dynamodb", "toMapValues", v)
	if err == nil && tagged == nil {
		err = fmt.Errorf("%s must be an object", name)
	}
	out.Put(name, tagged)
	return err
}

func (h *helper) condition(out *vtl.Map, name string, v any) error {
	text, err := h.util.Call("util.transform", "toDynamoDBConditionExpression", v)
	if err != nil {
		return err
	}
	s, ok := text.(string)
	if !ok {
		return fmt.Errorf("%s must be an object", name)
	}
	parsed, err := vtl.ParseJSON(s)
	if err != nil {
		return err
	}
	m := parsed.(*vtl.Map)
	if expression, _ := m.Get("expression"); expression == "" {
		return nil
	}
	if values, _ := m.Get("expressionValues"); values.(*vtl.Map).Len() == 0 {
		m.Delete("expressionValues") // which DynamoDB refuses
	}
	out.Put(name, m)
	return nil
}

// projection writes a list of paths as an expression.
func projection(out *vtl.Map, v any) error {
	list, ok := v.(*vtl.List)
	if !ok {
		return errors.New("projection must be a list of paths")
	}
	e := newNames()
	var paths []string
	for _, item := range list.Items() {
		path, ok := item.(string)
		if !ok {
			return errors.New("projection must be a list of paths")
		}
		paths = append(paths, e.path(strings.Split(path, ".")))
	}
	if len(paths) == 0 {
		return nil
	}
	p := vtl.NewMap()
	p.Put("expression", strings.Join(paths, ", "))
	p.Put("expressionNames", e.names)
	out.Put("projection", p)
	return nil
}

// names are the placeholders of an expression, numbered as they come.
type names struct {
	names, values *vtl.Map
	of            map[string]string
}

func newNames() *names {
	return &names{names: vtl.NewMap(), values: vtl.NewMap(), of: map[string]string{}}
}

// path writes a path of attributes; an index in brackets stays with its list.
func (n *names) path(parts []string) string {
	out := make([]string, len(parts))
	for i, part := range parts {
		name, index, hasIndex := strings.Cut(part, "[")
		placeholder, ok := n.of[name]
		if !ok {
			placeholder = fmt.Sprintf("#expName_%d", n.names.Len()+1)
			n.of[name] = placeholder
			n.names.Put(placeholder, name)
		}
		out[i] = placeholder
		if hasIndex {
			out[i] += "[" + index
		}
	}
	return strings.Join(out, ".")
}

func (n *names) value(tagged any) string {
	placeholder := fmt.Sprintf(":expValue_%d", n.values.Len()+1)
	n.values.Put(placeholder, tagged)
	return placeholder
}

func (h *helper) batch(out, in *vtl.Map, name string) error {
	v, _ := in.Get("tables")
	tables, ok := v.(*vtl.Map)
	if !ok {
		return fmt.Errorf("%s expects tables", name)
	}
	made := vtl.NewMap()
	var err error
	tables.Each(func(table, v any) bool {
		if name == "batchGet" {
			request, ok := v.(*vtl.Map)
			if !ok {
				err = fmt.Errorf("batchGet expects the keys of the table %v", table)
				return false
			}
			one := vtl.NewMap()
			keys, _ := request.Get("keys")
			request.Delete("keys")
			if err = h.list(one, "keys", keys); err == nil {
				err = h.single(one, request)
			}
			made.Put(table, one)
			return err == nil
		}
		err = h.list(made, table, v)
		return err == nil
	})
	out.Put("tables", made)
	return err
}

// list writes a list of objects, of each the values.
func (h *helper) list(out *vtl.Map, name, v any) error {
	list, ok := v.(*vtl.List)
	if !ok {
		return fmt.Errorf("%v must be a list", name)
	}
	made := vtl.NewList()
	for _, item := range list.Items() {
		tagged, err := h.util.Call("util.dynamodb", "toMapValues", item)
		if err != nil {
			return err
		}
		if tagged == nil {
			return fmt.Errorf("%v must be a list of objects", name)
		}
		made.Add(tagged)
	}
	out.Put(name, made)
	return nil
}

func (h *helper) transact(out, in *vtl.Map, name string) error {
	v, _ := in.Get("items")
	list, ok := v.(*vtl.List)
	if !ok {
		return fmt.Errorf("%s expects items", name)
	}
	made := vtl.NewList()
	for _, item := range list.Items() {
		m, ok := item.(*vtl.Map)
		if !ok {
			return fmt.Errorf("%s expects objects as items", name)
		}
		one := vtl.NewMap()
		if name == "transactWrite" {
			var err error
			if m, err = writeOf(one, m); err != nil {
				return err
			}
		}
		if err := h.single(one, m); err != nil {
			return err
		}
		made.Add(one)
	}
	out.Put("transactItems", made)
	return nil
}

// writeOf opens {putItem: {…}} and its like.
func writeOf(out, item *vtl.Map) (*vtl.Map, error) {
	for _, kind := range [...][2]string{{"putItem", "PutItem"}, {"updateItem", "UpdateItem"}, {"deleteItem", "DeleteItem"}, {"conditionCheck", "ConditionCheck"}} {
		v, ok := item.Get(kind[0])
		if !ok {
			continue
		}
		m, ok := v.(*vtl.Map)
		if !ok {
			return nil, fmt.Errorf("%s must be an object", kind[0])
		}
		out.Put("operation", kind[1])
		return m, nil
	}
	return nil, errors.New("transactWrite expects putItem, updateItem, deleteItem or conditionCheck in each item")
}

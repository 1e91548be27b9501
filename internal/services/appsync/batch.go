package appsync

import (
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// tables are the tables of a batch request.
func (t *tableRequest) tables() (*vtl.Map, *failure) {
	tables, f := member(t.doc, "tables", "$")
	if f == nil && tables.Len() == 0 {
		f = fatal(kindTemplate, "Value for field '$[tables]' is empty.")
	}
	return tables, f
}

func (t *tableRequest) batchGetItem() (any, *failure) {
	tables, f := t.tables()
	if f != nil {
		return nil, f
	}
	requests, wanted := vtl.NewMap(), vtl.NewMap()
	tables.Each(func(name, v any) bool {
		spec, ok := v.(*vtl.Map)
		if !ok { // a list of keys says it too
			spec = build("keys", v)
		}
		keys, ok := property(spec, "keys").(*vtl.List)
		if !ok {
			f = fatal(kindTemplate, "Value for field '$[tables]["+text(name)+"][keys]' not found.")
			return false
		}
		plain := vtl.NewList()
		for _, k := range keys.Items() {
			plain.Add(plainItem(attribute2(k)))
		}
		wanted.Put(name, plain)
		r := build("Keys", keys)
		copies(r, spec, "consistentRead", "ConsistentRead")
		expression(r, spec, "projection", "ProjectionExpression")
		requests.Put(name, r)
		return true
	})
	if f != nil {
		return nil, f
	}
	out, f := t.do("BatchGetItem", build("RequestItems", requests))
	if f != nil {
		return nil, f
	}
	data, left := vtl.NewMap(), vtl.NewMap()
	wanted.Each(func(name, keys any) bool {
		found, _ := property(property(out, "Responses"), text(name)).(*vtl.List)
		rows := vtl.NewList()
		for _, key := range keys.(*vtl.List).Items() {
			rows.Add(rowOf(found, key))
		}
		data.Put(name, rows)
		left.Put(name, plainItems(property(property(property(out, "UnprocessedKeys"), text(name)), "Keys")))
		return true
	})
	return build("data", data, "unprocessedKeys", left), nil
}

// attribute2 normalises the attributes of a key or an item in place.
func attribute2(v any) any {
	if m, ok := v.(*vtl.Map); ok {
		return attributes(m)
	}
	return v
}

// rowOf finds the item with a key among items of DynamoDB's API.
func rowOf(items *vtl.List, key any) any {
	k, ok := key.(*vtl.Map)
	if items == nil || !ok {
		return nil
	}
	for _, it := range items.Items() {
		item := plainItem(it)
		match := true
		k.Each(func(name, v any) bool {
			match = equal(property(item, text(name)), v)
			return match
		})
		if match {
			return item
		}
	}
	return nil
}

func plainItems(v any) *vtl.List {
	out := vtl.NewList()
	if l, ok := v.(*vtl.List); ok {
		for _, item := range l.Items() {
			out.Add(plainItem(item))
		}
	}
	return out
}

func (t *tableRequest) batchWriteItem(put bool) (any, *failure) {
	tables, f := t.tables()
	if f != nil {
		return nil, f
	}
	requests, data := vtl.NewMap(), vtl.NewMap()
	tables.Each(func(name, v any) bool {
		items, ok := v.(*vtl.List)
		if !ok {
			f = fatal(kindTemplate, "Unable to parse value for field '$[tables]["+text(name)+"]'.")
			return false
		}
		list, plain := vtl.NewList(), vtl.NewList()
		for _, it := range items.Items() {
			it = attribute2(it)
			plain.Add(plainItem(it))
			if put {
				list.Add(build("PutRequest", build("Item", it)))
			} else {
				list.Add(build("DeleteRequest", build("Key", it)))
			}
		}
		requests.Put(name, list)
		data.Put(name, plain)
		return true
	})
	if f != nil {
		return nil, f
	}
	out, f := t.do("BatchWriteItem", build("RequestItems", requests))
	if f != nil {
		return nil, f
	}
	left := vtl.NewMap()
	data.Each(func(name, _ any) bool {
		rest := vtl.NewList()
		if l, ok := property(property(out, "UnprocessedItems"), text(name)).(*vtl.List); ok {
			for _, r := range l.Items() {
				if put {
					rest.Add(plainItem(property(property(r, "PutRequest"), "Item")))
				} else {
					rest.Add(plainItem(property(property(r, "DeleteRequest"), "Key")))
				}
			}
		}
		left.Put(name, rest)
		return true
	})
	if put {
		return build("data", data, "unprocessedItems", left), nil
	}
	return build("data", data, "unprocessedKeys", left), nil
}

// transactItems are the parts of a transaction.
func (t *tableRequest) transactItems() (*vtl.List, *failure) {
	l, ok := property(t.doc, "transactItems").(*vtl.List)
	if !ok {
		return nil, fatal(kindTemplate, "Value for field '$[transactItems]' not found.")
	}
	return l, nil
}

func (t *tableRequest) transactGetItems() (any, *failure) {
	parts, f := t.transactItems()
	if f != nil {
		return nil, f
	}
	list := vtl.NewList()
	for _, p := range parts.Items() {
		get := build("TableName", property(p, "table"), "Key", attribute2(property(p, "key")))
		if m, ok := p.(*vtl.Map); ok {
			expression(get, m, "projection", "ProjectionExpression")
		}
		list.Add(build("Get", get))
	}
	out, f := t.transact("TransactGetItems", list)
	if f != nil {
		return t.cancelled(f, "items")
	}
	items := vtl.NewList()
	if l, ok := property(out, "Responses").(*vtl.List); ok {
		for _, r := range l.Items() {
			items.Add(plainItem(property(r, "Item")))
		}
	}
	return build("items", items, "cancellationReasons", nil), nil
}

func (t *tableRequest) transactWriteItems() (any, *failure) {
	parts, f := t.transactItems()
	if f != nil {
		return nil, f
	}
	list, keys := vtl.NewList(), vtl.NewList()
	for i, v := range parts.Items() {
		p, ok := v.(*vtl.Map)
		if !ok {
			return nil, fatal(kindTemplate, sprintf("Unable to parse value for field '$[transactItems][%d]'.", i))
		}
		part, key, f := transactPart(p)
		if f != nil {
			return nil, f
		}
		list.Add(part)
		keys.Add(key)
	}
	if _, f := t.transact("TransactWriteItems", list); f != nil {
		return t.cancelled(f, "keys")
	}
	return build("keys", keys, "cancellationReasons", nil), nil
}

func transactPart(p *vtl.Map) (part *vtl.Map, key any, f *failure) {
	k, f := member(p, "key", "$[transactItems]")
	if f != nil {
		return nil, nil, f
	}
	attributes(k)
	in := build("TableName", property(p, "table"))
	operation, _ := property(p, "operation").(string)
	switch operation {
	case "PutItem":
		item := vtl.NewMap()
		for _, v := range []any{k, attribute2(property(p, "attributeValues"))} {
			if m, ok := v.(*vtl.Map); ok {
				m.Each(func(name, value any) bool {
					item.Put(name, value)
					return true
				})
			}
		}
		in.Put("Item", item)
		part = build("Put", in)
	case "UpdateItem":
		in.Put("Key", k)
		expression(in, p, "update", "UpdateExpression")
		part = build("Update", in)
	case "DeleteItem":
		in.Put("Key", k)
		part = build("Delete", in)
	case "ConditionCheck":
		in.Put("Key", k)
		part = build("ConditionCheck", in)
	default:
		return nil, nil, fatal(kindTemplate, "Unsupported operation '"+operation+"'.")
	}
	expression(in, p, "condition", "ConditionExpression")
	if show, ok := property(property(p, "condition"), "returnValuesOnConditionCheckFailure").(bool); (show || !ok) && property(p, "condition") != nil {
		in.Put("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
	}
	return part, plainItem(k), nil
}

// transact runs a transaction, and keeps the error for its reasons.
func (t *tableRequest) transact(operation string, parts *vtl.List) (*vtl.Map, *failure) {
	return t.do(operation, build("TransactItems", parts))
}

// cancelled is the result of a transaction that was not done.
func (t *tableRequest) cancelled(f *failure, what string) (any, *failure) {
	if f.kind != "DynamoDB:TransactionCanceledException" {
		return nil, f
	}
	list := vtl.NewList()
	if e, ok := errors.AsType[*aws.Error](f.cause); ok {
		if l := reasons(e); l != nil {
			for _, r := range l.Items() {
				list.Add(build("type", property(r, "Code"), "message", property(r, "Message"), "item", plainItem(property(r, "Item"))))
			}
		}
	}
	return build(what, nil, "cancellationReasons", list), f
}

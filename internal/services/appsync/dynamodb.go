package appsync

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/shape/jsondoc"
)

// tableRequest is a request to DynamoDB on its way from the document of a
// resolver to DynamoDB's own API.
type tableRequest struct {
	x      *execution
	source *source
	call   *aws.Call
	doc    *vtl.Map
}

// askDynamoDB does what a document asks of a table.
func (x *execution) askDynamoDB(d *source, doc any) (any, *failure) {
	m, ok := doc.(*vtl.Map)
	if !ok {
		return nil, fatal(kindTemplate, "Unable to convert "+text(doc)+" to class com.amazonaws.deepdish.transform.model.DynamoDBRequest.")
	}
	operation, _ := property(m, "operation").(string)
	if operation == "" {
		return nil, fatal(kindTemplate, "Value for field '$[operation]' not found.")
	}
	c, err := x.s.actAs(x.ctx, x.call, x.api, d.role, aws.Region(d.DynamodbConfig.AwsRegion))
	if err != nil {
		return nil, serviceFailure("DynamoDB", "DynamoDb", x.call, err)
	}
	t := &tableRequest{x: x, source: d, call: c, doc: m}
	switch operation {
	case "GetItem":
		return t.getItem()
	case "PutItem":
		return t.putItem()
	case "UpdateItem":
		return t.updateItem()
	case "DeleteItem":
		return t.deleteItem()
	case "Query":
		return t.query()
	case "Scan":
		return t.scan()
	case "BatchGetItem":
		return t.batchGetItem()
	case "BatchPutItem":
		return t.batchWriteItem(true)
	case "BatchDeleteItem":
		return t.batchWriteItem(false)
	case "TransactGetItems":
		return t.transactGetItems()
	case "TransactWriteItems":
		return t.transactWriteItems()
	}
	return nil, fatal(kindTemplate, fmt.Sprintf("Unsupported operation '%s'.", operation))
}

// do runs an operation of DynamoDB.
func (t *tableRequest) do(operation string, in *vtl.Map) (*vtl.Map, *failure) {
	body, err := vtl.AppendJSON(nil, in)
	if err != nil {
		return nil, fatal(kindTemplate, err.Error())
	}
	answer, err := t.x.s.Caller.Call(t.x.ctx, t.call, "dynamodb", operation, body)
	if err != nil {
		return nil, t.failure(err)
	}
	v, err := vtl.ParseJSON(string(answer))
	if err != nil {
		return nil, fatal("InternalFailure", "An internal failure occurred while resolving this field.")
	}
	m, _ := v.(*vtl.Map)
	return m, nil
}

// modelled are the errors that DynamoDB's clients have classes for. All others
// come under the name of their base class.
var modelled = []string{
	"ConditionalCheckFailedException", "ProvisionedThroughputExceededException", "ResourceNotFoundException",
	"ItemCollectionSizeLimitExceededException", "TransactionConflictException", "TransactionCanceledException",
	"TransactionInProgressException", "IdempotentParameterMismatchException", "LimitExceededException", "ThrottlingException",
}

func (t *tableRequest) failure(err error) *failure {
	f := serviceFailure("DynamoDB", "DynamoDb", t.call, err)
	if code, ok := strings.CutPrefix(f.kind, "DynamoDB:"); ok && !slices.Contains(modelled, code) {
		f.kind = "DynamoDB:DynamoDbException"
	}
	return f
}

// member returns a member that must be there.
func member(m *vtl.Map, name, at string) (*vtl.Map, *failure) {
	v, ok := m.Get(name)
	if !ok || v == nil {
		return nil, fatal(kindTemplate, "Value for field '"+at+"["+name+"]' not found.")
	}
	sub, ok := v.(*vtl.Map)
	if !ok {
		return nil, fatal(kindTemplate, "Unable to parse value for field '"+at+"["+name+"]'.")
	}
	return sub, nil
}

// tableInput begins a request about the data source's table.
func (t *tableRequest) tableInput() *vtl.Map {
	in := vtl.NewMap()
	in.Put("TableName", t.source.DynamodbConfig.TableName)
	return in
}

// key puts the key that the document gives.
func (t *tableRequest) key(in *vtl.Map) *failure {
	key, f := member(t.doc, "key", "$")
	if f != nil {
		return f
	}
	in.Put("Key", attributes(key))
	return nil
}

// copies puts members of the document under DynamoDB's names.
func copies(in, doc *vtl.Map, names ...string) {
	for i := 0; i < len(names); i += 2 {
		if v, ok := doc.Get(names[i]); ok && v != nil {
			in.Put(names[i+1], v)
		}
	}
}

// expression puts an expression of the document, with its names and values.
func expression(in, doc *vtl.Map, member, name string) {
	e, ok := property(doc, member).(*vtl.Map)
	if !ok {
		return
	}
	if text, _ := property(e, "expression").(string); strings.TrimSpace(text) != "" {
		in.Put(name, text)
	}
	merge(in, "ExpressionAttributeNames", property(e, "expressionNames"))
	if values, ok := property(e, "expressionValues").(*vtl.Map); ok {
		merge(in, "ExpressionAttributeValues", attributes(values))
	}
}

func merge(in *vtl.Map, name string, more any) {
	m, ok := more.(*vtl.Map)
	if !ok || m.Len() == 0 {
		return
	}
	into, ok := property(in, name).(*vtl.Map)
	if !ok {
		into = vtl.NewMap()
		in.Put(name, into)
	}
	m.Each(func(key, value any) bool {
		into.Put(key, value)
		return true
	})
}

func (t *tableRequest) getItem() (any, *failure) {
	in := t.tableInput()
	if f := t.key(in); f != nil {
		return nil, f
	}
	copies(in, t.doc, "consistentRead", "ConsistentRead")
	expression(in, t.doc, "projection", "ProjectionExpression")
	out, f := t.do("GetItem", in)
	return plainItem(property(out, "Item")), f
}

func (t *tableRequest) putItem() (any, *failure) {
	key, f := member(t.doc, "key", "$")
	if f != nil {
		return nil, f
	}
	values, _ := property(t.doc, "attributeValues").(*vtl.Map)
	item := vtl.NewMap()
	for _, part := range []*vtl.Map{key, values} {
		if part == nil {
			continue
		}
		attributes(part).Each(func(name, value any) bool {
			item.Put(name, value)
			return true
		})
	}
	in := t.tableInput()
	in.Put("Item", item)
	if f := t.condition(in); f != nil {
		return nil, f
	}
	plain := plainItem(item)
	if _, f := t.do("PutItem", in); f != nil {
		return t.rejected(f, func(current any) (any, bool) { return current, current != nil && t.same(plain, current) })
	}
	return plain, nil
}

func (t *tableRequest) updateItem() (any, *failure) {
	in := t.tableInput()
	if f := t.key(in); f != nil {
		return nil, f
	}
	if _, f := member(t.doc, "update", "$"); f != nil {
		return nil, f
	}
	expression(in, t.doc, "update", "UpdateExpression")
	if f := t.condition(in); f != nil {
		return nil, f
	}
	in.Put("ReturnValues", "ALL_NEW")
	out, f := t.do("UpdateItem", in)
	if f != nil {
		return t.rejected(f, func(any) (any, bool) { return nil, false })
	}
	return plainItem(property(out, "Attributes")), nil
}

func (t *tableRequest) deleteItem() (any, *failure) {
	in := t.tableInput()
	if f := t.key(in); f != nil {
		return nil, f
	}
	if f := t.condition(in); f != nil {
		return nil, f
	}
	in.Put("ReturnValues", "ALL_OLD")
	out, f := t.do("DeleteItem", in)
	if f != nil {
		return t.rejected(f, func(current any) (any, bool) { return nil, current == nil })
	}
	return plainItem(property(out, "Attributes")), nil
}

func (t *tableRequest) condition(in *vtl.Map) *failure {
	c, ok := property(t.doc, "condition").(*vtl.Map)
	if !ok {
		return nil
	}
	if _, ok := c.Get("returnValuesOnConditionCheckFailure"); ok {
		return fatal(kindTemplate, "Unsupported element '$[condition][returnValuesOnConditionCheckFailure]'.")
	}
	if strategy, _ := property(property(c, "conditionalCheckFailedHandler"), "strategy").(string); strategy == "Custom" {
		return fatal("UnsupportedOperation", "Niebla's AppSync does not have the strategy Custom for failed conditions.")
	}
	expression(in, t.doc, "condition", "ConditionExpression")
	return nil
}

// rejected looks at the item that a condition failed on. settled says whether
// what was asked for is so already.
func (t *tableRequest) rejected(f *failure, settled func(current any) (any, bool)) (any, *failure) {
	if f.kind != "DynamoDB:ConditionalCheckFailedException" {
		return nil, f
	}
	in := t.tableInput()
	if f := t.key(in); f != nil {
		return nil, f
	}
	consistent, ok := property(property(t.doc, "condition"), "consistentRead").(bool)
	in.Put("ConsistentRead", consistent || !ok)
	out, readFailure := t.do("GetItem", in)
	if readFailure != nil {
		return nil, f
	}
	current := plainItem(property(out, "Item"))
	if v, ok := settled(current); ok {
		return v, nil
	}
	f.data = clone(current)
	return current, f
}

// same compares what was to be written with what is there.
func (t *tableRequest) same(wanted, current any) bool {
	ignored, _ := property(property(t.doc, "condition"), "equalsIgnore").(*vtl.List)
	strip := func(v any) any {
		m, ok := clone(v).(*vtl.Map)
		if !ok || ignored == nil {
			return v
		}
		for _, name := range ignored.Items() {
			m.Delete(name)
		}
		return m
	}
	return equal(strip(wanted), strip(current))
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case *vtl.Map:
		m, ok := b.(*vtl.Map)
		if !ok || a.Len() != m.Len() {
			return false
		}
		same := true
		a.Each(func(key, v any) bool {
			other, has := m.Get(key)
			same = has && equal(v, other)
			return same
		})
		return same
	case *vtl.List:
		l, ok := b.(*vtl.List)
		if !ok || a.Len() != l.Len() {
			return false
		}
		for i := range a.Len() {
			if !equal(a.At(i), l.At(i)) {
				return false
			}
		}
		return true
	case *big.Int:
		n, ok := b.(*big.Int)
		return ok && a.Cmp(n) == 0
	}
	return a == b
}

func (t *tableRequest) query() (any, *failure) {
	in := t.tableInput()
	if _, f := member(t.doc, "query", "$"); f != nil {
		return nil, f
	}
	expression(in, t.doc, "query", "KeyConditionExpression")
	copies(in, t.doc, "scanIndexForward", "ScanIndexForward")
	return t.pages("Query", in)
}

func (t *tableRequest) scan() (any, *failure) {
	in := t.tableInput()
	copies(in, t.doc, "totalSegments", "TotalSegments", "segment", "Segment")
	return t.pages("Scan", in)
}

// pages does what Query and Scan share.
func (t *tableRequest) pages(operation string, in *vtl.Map) (any, *failure) {
	expression(in, t.doc, "filter", "FilterExpression")
	expression(in, t.doc, "projection", "ProjectionExpression")
	copies(in, t.doc, "index", "IndexName", "limit", "Limit", "consistentRead", "ConsistentRead", "select", "Select")
	place := t.x.api.id + "\x00" + t.source.name + "\x00" + text(property(t.doc, "index"))
	switch token := property(t.doc, "nextToken").(type) {
	case nil:
	case string:
		start, err := t.x.s.openToken(place, token)
		if err != nil {
			return nil, fatal("DynamoDB:DynamoDbException", "Invalid pagination token given.")
		}
		in.Put("ExclusiveStartKey", start)
	default:
		return nil, fatal(kindTemplate, "Unable to parse value for field '$[nextToken]'.")
	}
	out, f := t.do(operation, in)
	if f != nil {
		return nil, f
	}
	items := vtl.NewList()
	if l, ok := property(out, "Items").(*vtl.List); ok {
		for i := range l.Len() {
			items.Add(plainItem(l.At(i)))
		}
	}
	result := vtl.NewMap()
	result.Put("items", items)
	result.Put("nextToken", nil)
	if last := property(out, "LastEvaluatedKey"); last != nil {
		token, err := t.x.s.sealToken(place, last)
		if err != nil {
			return nil, fatal("InternalFailure", "An internal failure occurred while resolving this field.")
		}
		result.Put("nextToken", token)
	}
	result.Put("scannedCount", property(out, "ScannedCount"))
	return result, nil
}

// attributes makes attribute values as templates write them those of
// DynamoDB's API: a number may be one, and NULL may be null.
func attributes(item *vtl.Map) *vtl.Map {
	item.Each(func(key, v any) bool {
		item.Put(key, attribute(v))
		return true
	})
	return item
}

func attribute(v any) any {
	m, ok := v.(*vtl.Map)
	if !ok || m.Len() != 1 {
		return v
	}
	m.Each(func(key, v any) bool {
		switch key {
		case "N":
			if _, ok := v.(string); !ok && v != nil {
				m.Put(key, text(v))
			}
		case "NULL":
			m.Put(key, true)
		case "NS":
			if l, ok := v.(*vtl.List); ok {
				for i, n := range l.Items() {
					l.Items()[i] = text(n)
				}
			}
		case "M":
			if sub, ok := v.(*vtl.Map); ok {
				attributes(sub)
			}
		case "L":
			if l, ok := v.(*vtl.List); ok {
				for i, item := range l.Items() {
					l.Items()[i] = attribute(item)
				}
			}
		}
		return true
	})
	return m
}

// plainItem makes an item of DynamoDB's API a plain map, and no item null.
func plainItem(v any) any {
	item, ok := v.(*vtl.Map)
	if !ok {
		return nil
	}
	out := vtl.NewMap()
	item.Each(func(key, v any) bool {
		out.Put(key, plainValue(v))
		return true
	})
	return out
}

func plainValue(v any) (plain any) {
	m, ok := v.(*vtl.Map)
	if !ok {
		return nil
	}
	m.Each(func(key, v any) bool {
		switch key {
		case "N":
			plain = plainNumber(text(v))
		case "NULL":
			plain = nil
		case "NS":
			list := vtl.NewList()
			if l, ok := v.(*vtl.List); ok {
				for _, n := range l.Items() {
					list.Add(plainNumber(text(n)))
				}
			}
			plain = list
		case "M":
			plain = plainItem(v)
		case "L":
			list := vtl.NewList()
			if l, ok := v.(*vtl.List); ok {
				for _, item := range l.Items() {
					list.Add(plainValue(item))
				}
			}
			plain = list
		default:
			plain = clone(v)
		}
		return true
	})
	return plain
}

func plainNumber(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if n, ok := new(big.Int).SetString(s, 10); ok {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return f
}

// reasons are the cancellation reasons of a transaction's error.
func reasons(err *aws.Error) *vtl.List {
	for _, field := range err.Fields {
		if field.Name != "CancellationReasons" {
			continue
		}
		var codec jsondoc.Codec
		v, err := vtl.ParseJSON(string(codec.AppendAny(nil, new(shape.Plans), field.Value)))
		if err != nil {
			return nil
		}
		l, _ := v.(*vtl.List)
		return l
	}
	return nil
}

package vtl

import (
	"strconv"
	"strings"
)

// transformMethod are the methods of $util.transform.
func (r *run) transformMethod(name string, args arguments) (any, error) {
	switch name {
	case "toDynamoDBFilterExpression", "toDynamoDBConditionExpression":
		m, ok := args.value(0).(*Map)
		if !ok {
			return nil, nil
		}
		return r.dynamoDBExpression(m)
	case "toSubscriptionFilter":
		m, ok := args.value(0).(*Map)
		if !ok {
			return nil, nil
		}
		ignored, _ := args.value(1).(*List)
		rules, _ := args.value(2).(*Map)
		return r.subscriptionFilter(m, ignored, rules)
	case "toElasticsearchQueryDSL":
		return nil, faultf("$util.transform.%s is not available", name)
	}
	return nil, nil
}

// expression is a condition of DynamoDB while it is written.
type expression struct {
	r      *run
	names  *Map
	values *Map
}

// dynamoDBExpression turns {"title": {"contains": "x"}} into an expression
// with its names and values, as a JSON text.
func (r *run) dynamoDBExpression(filter *Map) (any, error) {
	e := &expression{r: r, names: NewMap(), values: NewMap()}
	text, err := e.all(filter, "", 0)
	if err != nil {
		return nil, err
	}
	out := NewMap()
	out.Put("expression", text)
	out.Put("expressionNames", e.names)
	out.Put("expressionValues", e.values)
	return r.toJSON(out)
}

// all joins the conditions on all fields of a filter with AND. The prefix
// keeps the values of filters within and, or and not apart.
func (e *expression) all(filter *Map, prefix string, depth int) (string, error) {
	if err := e.r.written(0, depth); err != nil {
		return "", err
	}
	var terms []string
	for _, entry := range filter.entries {
		field, err := e.r.text(entry.Key)
		if err != nil {
			return "", err
		}
		var term string
		switch v := entry.value().(type) {
		case *List:
			if field != "and" && field != "or" {
				return "", faultf("The filter on %s is a list", quote(field))
			}
			term, err = e.joined(v, field, prefix+field+"_", depth)
		case *Map:
			if field == "and" || field == "or" || field == "not" {
				term, err = e.nested(v, field, prefix+field+"_", depth)
			} else {
				term, err = e.field(field, v, prefix)
			}
		default:
			return "", faultf("The filter on %s is no map", quote(field))
		}
		if err != nil {
			return "", err
		}
		if term != "" {
			terms = append(terms, term)
		}
	}
	out := strings.Join(terms, " AND ")
	return out, e.r.grow(len(out))
}

// joined is (a) OR (b): the list of and, or.
func (e *expression) joined(l *List, word, prefix string, depth int) (string, error) {
	var terms []string
	for i, item := range l.items {
		m, ok := item.(*Map)
		if !ok {
			return "", faultf("The filter within %s is no map", quote(word))
		}
		term, err := e.all(m, prefix+strconv.Itoa(i)+"_", depth+1)
		if err != nil {
			return "", err
		}
		if term != "" {
			terms = append(terms, term)
		}
	}
	if len(terms) == 0 {
		return "", nil
	}
	return "(" + strings.Join(terms, " "+strings.ToUpper(word)+" ") + ")", nil
}

func (e *expression) nested(m *Map, word, prefix string, depth int) (string, error) {
	term, err := e.all(m, prefix, depth+1)
	if err != nil || term == "" {
		return "", err
	}
	if word == "not" {
		return "(NOT " + term + ")", nil
	}
	return "(" + term + ")", nil
}

// field writes the conditions on one field, each in parentheses.
func (e *expression) field(field string, conditions *Map, prefix string) (string, error) {
	var terms []string
	name := "#" + field
	for _, c := range conditions.entries {
		op, err := e.r.text(c.Key)
		if err != nil {
			return "", err
		}
		term, err := e.condition(name, op, ":"+prefix+field+"_"+op, c.value())
		if err != nil {
			return "", err
		}
		terms = append(terms, "("+term+")")
	}
	if len(terms) > 0 {
		e.names.Put(name, field)
	}
	return strings.Join(terms, " AND "), nil
}

// comparisons are the operators between a name and a value.
var comparisons = map[string]string{"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

func (e *expression) condition(name, op, value string, v any) (string, error) {
	if symbol, ok := comparisons[op]; ok {
		return name + " " + symbol + " " + value, e.bind(value, v)
	}
	switch op {
	case "contains":
		return "contains(" + name + "," + value + ")", e.bind(value, v)
	case "notContains":
		return "NOT contains(" + name + "," + value + ")", e.bind(value, v)
	case "beginsWith":
		return "begins_with(" + name + "," + value + ")", e.bind(value, v)
	case "attributeExists":
		if truth(v) {
			return "attribute_exists(" + name + ")", nil
		}
		return "attribute_not_exists(" + name + ")", nil
	case "attributeType":
		return "attribute_type(" + name + "," + value + ")", e.bind(value, v)
	case "size":
		m, ok := v.(*Map)
		if !ok {
			return "", faultf("The operand of %s is no map", quote(op))
		}
		return e.size(name, value, m)
	case "between", "in":
		l, ok := v.(*List)
		if !ok || op == "between" && len(l.items) != 2 || len(l.items) == 0 {
			return "", faultf("The operand of %s is no list of such values", quote(op))
		}
		return e.listed(name, op, value, l)
	}
	return "", faultf("The operator %s is unknown", quote(op))
}

// listed writes between and in, whose values are numbered.
func (e *expression) listed(name, op, value string, l *List) (string, error) {
	placeholders := make([]string, len(l.items))
	for i, v := range l.items {
		placeholders[i] = value + "_" + strconv.Itoa(i+1)
		if err := e.bind(placeholders[i], v); err != nil {
			return "", err
		}
	}
	if op == "in" {
		return name + " IN (" + strings.Join(placeholders, ",") + ")", nil
	}
	return name + " BETWEEN " + placeholders[0] + " AND " + placeholders[1], nil
}

func (e *expression) size(name, value string, m *Map) (string, error) {
	var terms []string
	for _, c := range m.entries {
		op, err := e.r.text(c.Key)
		if err != nil {
			return "", err
		}
		if comparisons[op] == "" && op != "between" {
			return "", faultf("The operator %s is not for sizes", quote(op))
		}
		term, err := e.condition("size("+name+")", op, value+"_"+op, c.value())
		if err != nil {
			return "", err
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, " AND "), nil
}

func (e *expression) bind(placeholder string, v any) error {
	tagged, err := e.r.toDynamoDB(v, 0)
	if err != nil {
		return err
	}
	e.values.Put(placeholder, tagged)
	return nil
}

package dynamodb

import (
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// expressions are the parameters of one request that an expression or its older
// form is in; what the request or the operation has not is nil.
type expressions struct {
	update, condition, keyCondition, filter, projection *string

	names  map[string]string
	values shape.Raw

	legacy
}

// compiled are the expressions of a request, made ready.
type compiled struct {
	update     *ddbexpr.Update
	condition  *ddbexpr.Condition // ConditionExpression or FilterExpression
	key        []ddbexpr.KeyTerm
	projection *ddbexpr.Projection
}

// present lists the parameters in the order in which messages name them.
func (e *expressions) present() []string {
	var names []string
	add := func(name string, text *string) {
		if text != nil {
			names = append(names, name)
		}
	}
	add("ProjectionExpression", e.projection)
	add("FilterExpression", e.filter)
	add("UpdateExpression", e.update)
	add("ConditionExpression", e.condition)
	add("KeyConditionExpression", e.keyCondition)
	return names
}

// check finds parameters that do not go together. takers names the parameters
// of the operation that could use values; none means that it takes no values.
func (e *expressions) check(takers ...string) error {
	present := e.present()
	if old := e.legacy.present(e.keyCondition == nil); len(old) > 0 && len(present) > 0 {
		return errValidation("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
			strings.Join(old, ", "), strings.Join(present, ", "))
	}
	if e.names != nil && len(present) == 0 {
		return errValidation("ExpressionAttributeNames can only be specified when using expressions")
	}
	if given(e.values) && !slices.ContainsFunc(present, func(p string) bool { return p != "ProjectionExpression" }) {
		verb := "is"
		if len(takers) > 1 {
			verb = "are"
		}
		return errValidation("ExpressionAttributeValues can only be specified when using expressions: %s %s null", strings.Join(takers, " and "), verb)
	}
	return nil
}

// compile compiles all expressions and checks that every name and value is
// used. Older forms are made ready where the expression is missing.
func (e *expressions) compile() (c compiled, err error) {
	defer func() { err = visible(err) }()
	if err := e.legacy.compile(&c); err != nil {
		return c, err
	}
	if e.update == nil && e.condition == nil && e.keyCondition == nil && e.filter == nil && e.projection == nil {
		return c, nil
	}
	var values ddbexpr.Item
	if given(e.values) {
		if values, err = ddbexpr.AppendValues(make([]byte, 0, len(e.values)), e.values); err != nil {
			return c, err
		}
	}
	p, err := ddbexpr.NewParams(e.names, values)
	if err != nil {
		return c, err
	}
	if e.update != nil {
		if c.update, err = p.Update(*e.update); err != nil {
			return c, err
		}
	}
	if e.condition != nil {
		if c.condition, err = p.Condition("ConditionExpression", *e.condition); err != nil {
			return c, err
		}
	}
	if e.keyCondition != nil {
		if c.key, err = p.KeyCondition(*e.keyCondition); err != nil {
			return c, err
		}
	}
	if e.filter != nil {
		if c.condition, err = p.Condition("FilterExpression", *e.filter); err != nil {
			return c, err
		}
	}
	if e.projection != nil {
		if c.projection, err = p.Projection(*e.projection); err != nil {
			return c, err
		}
	}
	return c, p.Unused()
}

// parseItem reads an item or a key.
func parseItem(raw shape.Raw) (ddbexpr.Item, error) {
	it, err := ddbexpr.ParseItem(raw)
	if err != nil {
		return nil, visible(err)
	}
	return it, nil
}

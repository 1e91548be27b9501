package dynamodb

import (
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// param is a parameter of a request that an expression or its older form is in.
type param struct {
	name string
	text *string   // of an expression parameter
	raw  shape.Raw // of a legacy one
}

// expressions are the expression parameters of one request.
type expressions struct {
	update, condition, keyCondition, filter, projection *string

	legacy []param
	names  map[string]string
	values shape.Raw
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
	for _, p := range []param{
		{name: "ProjectionExpression", text: e.projection}, {name: "FilterExpression", text: e.filter},
		{name: "UpdateExpression", text: e.update}, {name: "ConditionExpression", text: e.condition},
		{name: "KeyConditionExpression", text: e.keyCondition},
	} {
		if p.text != nil {
			names = append(names, p.name)
		}
	}
	return names
}

// check finds parameters that do not go together. takers names the parameters
// of the operation that could use values; none means that it takes no values.
func (e *expressions) check(takers ...string) error {
	present := e.present()
	var old []string
	for _, p := range e.legacy {
		if given(p.raw) {
			old = append(old, p.name)
		}
	}
	if len(old) > 0 && len(present) > 0 {
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
	if len(old) > 0 {
		return errLegacy(old[0])
	}
	return nil
}

// compile compiles all expressions and checks that every name and value is used.
func (e *expressions) compile() (c compiled, err error) {
	defer func() { err = visible(err) }()
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
	if e.filter != nil {
		if c.condition, err = p.Condition("FilterExpression", *e.filter); err != nil {
			return c, err
		}
	}
	if e.keyCondition != nil {
		if c.key, err = p.KeyCondition(*e.keyCondition); err != nil {
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

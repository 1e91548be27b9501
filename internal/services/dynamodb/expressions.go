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
	columns    *ddbexpr.Columns // of PartiQL: what of the projection is called what
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

// compile makes all expressions and their older forms ready.
func (e *expressions) compile() (c compiled, err error) {
	if err := e.legacy.compile(&c); err != nil {
		return c, visible(err)
	}
	return c, e.compileTexts(&c)
}

// compileTexts compiles the expressions and checks that every name and value is
// used. A key condition is taken apart after that, whichever form it has.
func (e *expressions) compileTexts(c *compiled) error {
	if e.update == nil && e.condition == nil && e.keyCondition == nil && e.filter == nil && e.projection == nil {
		return visible(e.compileKeys(c))
	}
	values := e.values
	if !given(values) {
		values = nil
	}
	p, err := ddbexpr.NewParams(e.names, values)
	if err != nil {
		return visible(err)
	}
	key, err := e.compileEach(p, c)
	if err != nil {
		return visible(err)
	}
	if err := p.Unused(); err != nil {
		return visible(err)
	}
	if key == nil {
		return visible(e.compileKeys(c))
	}
	c.key, err = key.KeyTerms()
	return visible(err)
}

// compileEach compiles the expressions that are there, in DynamoDB's order.
func (e *expressions) compileEach(p *ddbexpr.Params, c *compiled) (key *ddbexpr.Condition, err error) {
	if e.update != nil {
		if c.update, err = p.Update(*e.update); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		param string
		text  *string
		into  **ddbexpr.Condition
	}{
		{"ConditionExpression", e.condition, &c.condition},
		{"KeyConditionExpression", e.keyCondition, &key},
		{"FilterExpression", e.filter, &c.condition},
	} {
		if x.text == nil {
			continue
		}
		if *x.into, err = p.Condition(x.param, *x.text); err != nil {
			return nil, err
		}
	}
	if e.projection != nil {
		if c.projection, err = p.Projection(*e.projection); err != nil {
			return nil, err
		}
	}
	return key, nil
}

// parseItem reads an item or a key.
func parseItem(raw shape.Raw) (ddbexpr.Item, error) {
	it, err := ddbexpr.ParseItem(raw)
	if err != nil {
		return nil, visible(err)
	}
	return it, nil
}

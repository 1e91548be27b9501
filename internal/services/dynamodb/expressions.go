package dynamodb

import (
	"cmp"
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

// takesValues reports whether there is an expression that values can stand in.
func (e *expressions) takesValues() bool {
	return e.update != nil || e.condition != nil || e.keyCondition != nil || e.filter != nil
}

// texts reports whether there is an expression.
func (e *expressions) texts() bool { return e.takesValues() || e.projection != nil }

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
	if old := e.legacy.present(e.keyCondition == nil); len(old) > 0 && e.texts() {
		return errValidation("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
			strings.Join(old, ", "), strings.Join(e.present(), ", "))
	}
	if e.names != nil && !e.texts() {
		return errValidation("ExpressionAttributeNames can only be specified when using expressions")
	}
	if given(e.values) && !e.takesValues() {
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
	if !e.texts() {
		return visible(e.compileKeys(c))
	}
	values := e.values
	if !given(values) {
		values = nil
	}
	x, err := prepared.Compile(ddbexpr.Texts{Update: e.update, Condition: e.condition, Key: e.keyCondition, Filter: e.filter, Projection: e.projection}, e.names, values)
	if err != nil {
		return visible(err)
	}
	c.update, c.condition, c.projection = x.Update, cmp.Or(x.Condition, x.Filter), x.Projection
	if x.Key == nil {
		return visible(e.compileKeys(c))
	}
	c.key, err = x.Key.KeyTerms()
	return visible(err)
}

// prepared are the expressions of all requests: what they say depends on nothing else.
var prepared = ddbexpr.NewCache()

// parseItem reads an item or a key.
func parseItem(raw shape.Raw) (ddbexpr.Item, error) {
	it, err := ddbexpr.ParseItem(raw)
	if err != nil {
		return nil, visible(err)
	}
	return it, nil
}

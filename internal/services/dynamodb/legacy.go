package dynamodb

import (
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// legacy are the parameters that came before expressions.
type legacy struct {
	attributesToGet  []string
	attributeUpdates map[string]AttributeValueUpdate
	expected         map[string]ExpectedAttributeValue
	filterName       string // "QueryFilter" or "ScanFilter"
	filters          map[string]Condition
	keyConditions    map[string]Condition
	operator         string // ConditionalOperator
}

// present lists the parameters that are there, in the order in which messages
// name them. KeyConditions goes with expressions other than its own successor.
func (l *legacy) present(keysAllowed bool) (names []string) {
	for _, p := range [...]struct {
		name  string
		there bool
	}{
		{"AttributesToGet", l.attributesToGet != nil},
		{"AttributeUpdates", l.attributeUpdates != nil},
		{"Expected", l.expected != nil},
		{l.filterName, l.filters != nil},
		{"ConditionalOperator", l.operator != ""},
		{"KeyConditions", l.keyConditions != nil && !keysAllowed},
	} {
		if p.there {
			names = append(names, p.name)
		}
	}
	return names
}

// compile puts what the parameters say into c, but for KeyConditions.
func (l *legacy) compile(c *compiled) (err error) {
	if len(l.present(true)) == 0 {
		return nil
	}
	if l.attributeUpdates != nil {
		if c.update, err = newUpdate(l.attributeUpdates); err != nil {
			return err
		}
	}
	parts := []func(*compiled) error{l.compileProjection, l.compileConditions}
	if l.filterName == "QueryFilter" { // a Query looks at them in the other order
		slices.Reverse(parts)
	}
	for _, part := range parts {
		if err := part(c); err != nil {
			return err
		}
	}
	return nil
}

func (l *legacy) compileProjection(c *compiled) error {
	if l.attributesToGet == nil {
		return nil
	}
	for _, name := range l.attributesToGet {
		if err := ddbexpr.CheckName(name); err != nil {
			return err
		}
	}
	paths, twice := ddbexpr.TopLevel(l.attributesToGet)
	if twice != "" {
		return errValidation(invalidValues+"Duplicate value in attribute name: %s", twice)
	}
	c.projection = ddbexpr.NewProjection(paths)
	return nil
}

// compileKeys is compile for KeyConditions, which are looked at last.
func (l *legacy) compileKeys(c *compiled) error {
	if l.keyConditions == nil {
		return nil
	}
	terms, err := conditionTerms(l.keyConditions)
	if err != nil {
		return err
	}
	c.key, err = ddbexpr.NewKeyCondition(terms)
	return err
}

func (l *legacy) compileConditions(c *compiled) error {
	if l.operator != "" && l.expected == nil && l.filters == nil {
		return errValidation("ConditionalOperator cannot be used without Filter or Expected")
	}
	if l.operator != "" && len(l.expected) < 2 && len(l.filters) < 2 {
		return errValidation("ConditionalOperator can only be used when Filter or Expected has two or more elements")
	}
	var terms []ddbexpr.LegacyTerm
	var err error
	switch {
	case l.expected != nil:
		terms, err = expectedTerms(l.expected)
	case l.filters != nil:
		terms, err = conditionTerms(l.filters)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	c.condition, err = ddbexpr.NewCondition(terms, l.operator == "OR")
	return err
}

func parseValue(raw shape.Raw) (ddbexpr.Value, error) {
	v, err := ddbexpr.AppendValue(nil, raw)
	return v, err
}

func conditionTerms(conditions map[string]Condition) ([]ddbexpr.LegacyTerm, error) {
	var terms []ddbexpr.LegacyTerm
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		c := conditions[name]
		t := ddbexpr.LegacyTerm{Name: name, Operator: c.ComparisonOperator}
		for _, raw := range c.AttributeValueList {
			v, err := parseValue(raw)
			if err != nil {
				return nil, err
			}
			t.Values = append(t.Values, v)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func expectedTerms(expected map[string]ExpectedAttributeValue) ([]ddbexpr.LegacyTerm, error) {
	var terms []ddbexpr.LegacyTerm
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		e := expected[name]
		if err := e.check(name); err != nil {
			return nil, err
		}
		t := ddbexpr.LegacyTerm{Name: name, Operator: e.ComparisonOperator}
		values := e.AttributeValueList
		if given(e.Value) {
			values = []shape.Raw{e.Value}
		}
		switch {
		case t.Operator != "":
		case e.Exists != nil && !*e.Exists:
			t.Operator = "NULL"
		default:
			t.Operator = "EQ"
		}
		for _, raw := range values {
			v, err := parseValue(raw)
			if err != nil {
				return nil, err
			}
			t.Values = append(t.Values, v)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// check finds members that do not go together.
func (e *ExpectedAttributeValue) check(name string) error {
	value, list := given(e.Value), e.AttributeValueList != nil
	switch {
	case value && list:
		return errValidation(invalidValues+"Value and AttributeValueList cannot be used together for Attribute: %s", name)
	case e.ComparisonOperator != "" && e.Exists != nil:
		return errValidation(invalidValues+"Exists and ComparisonOperator cannot be used together for Attribute: %s", name)
	case e.ComparisonOperator != "":
		if e.ComparisonOperator != "NULL" && e.ComparisonOperator != "NOT_NULL" && !value && !list {
			return errValidation(invalidValues+"Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %s", e.ComparisonOperator, name)
		}
	case list:
		return errValidation(invalidValues+"AttributeValueList can only be used with a ComparisonOperator for Attribute: %s", name)
	case e.Exists == nil && !value:
		return errValidation(invalidValues+"Value must be provided when Exists is null for Attribute: %s", name)
	case e.Exists != nil && *e.Exists && !value:
		return errValidation(invalidValues+"Value must be provided when Exists is true for Attribute: %s", name)
	case e.Exists != nil && !*e.Exists && value:
		return errValidation(invalidValues+"Value cannot be used when Exists is false for Attribute: %s", name)
	}
	return nil
}

// newUpdate returns nil for an update of nothing: that makes an item of its key.
func newUpdate(updates map[string]AttributeValueUpdate) (*ddbexpr.Update, error) {
	var all []ddbexpr.LegacyUpdate
	for _, name := range slices.Sorted(maps.Keys(updates)) {
		if err := ddbexpr.CheckName(name); err != nil {
			return nil, err
		}
		u := updates[name]
		x := ddbexpr.LegacyUpdate{Name: name, Action: u.Action}
		if x.Action == "" {
			x.Action = "PUT"
		}
		if given(u.Value) {
			v, err := parseValue(u.Value)
			if err != nil {
				return nil, err
			}
			x.Value = v
		}
		all = append(all, x)
	}
	if all == nil {
		return nil, nil
	}
	return ddbexpr.NewUpdate(all)
}

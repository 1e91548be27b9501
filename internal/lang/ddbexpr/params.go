package ddbexpr

import (
	"maps"
	"slices"
	"strings"
)

// Params are the names and values that the expressions of one request share,
// and a note of which were used.
type Params struct {
	names      map[string]string
	values     Item
	usedNames  []string
	usedValues []string
}

// NewParams returns the placeholders of a request: names, and values as JSON;
// nil where the request has none.
func NewParams(names map[string]string, values []byte) (*Params, error) {
	p := &Params{names: names}
	if names != nil && len(names) == 0 {
		return nil, Invalid("ExpressionAttributeNames must not be empty")
	}
	for _, k := range slices.Sorted(maps.Keys(names)) {
		if !placeholder(k, '#') {
			return nil, Invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "` + k + `"`)
		}
		if CheckName(names[k]) != nil {
			return nil, Invalid("ExpressionAttributeNames contains invalid value: " + string(errLongName) + " for key " + k)
		}
	}
	if values == nil {
		return p, nil
	}
	var err error
	if p.values, err = parseValues(values); err != nil {
		return nil, err
	}
	if len(p.values) == 0 {
		return nil, Invalid("ExpressionAttributeValues must not be empty")
	}
	return p, nil
}

// CheckName refuses the name of an attribute that is too long.
func CheckName(name string) error {
	if len(name) > maxName {
		return errLongName
	}
	return nil
}

func placeholder(s string, sigil byte) bool {
	return len(s) > 1 && s[0] == sigil && wordEnd(s, 1) == len(s)
}

// Unused is the error about names and values that no expression used.
func (p *Params) Unused() error {
	var spare []string
	for k := range p.names {
		if !slices.Contains(p.usedNames, k) {
			spare = append(spare, k)
		}
	}
	if len(spare) > 0 {
		return unused("ExpressionAttributeNames", spare)
	}
	for k := range p.values.All() {
		if !slices.Contains(p.usedValues, string(k)) {
			spare = append(spare, string(k))
		}
	}
	if len(spare) > 0 {
		return unused("ExpressionAttributeValues", spare)
	}
	return nil
}

func unused(param string, keys []string) error {
	slices.Sort(keys)
	return Invalid("Value provided in " + param + " unused in expressions: keys: {" + strings.Join(keys, ", ") + "}")
}

// value returns what a value placeholder stands for.
func (p *Params) value(ref string) (Value, error) {
	v := p.values.Get(ref)
	if v == nil {
		return nil, Invalid("An expression attribute value used in expression is not defined; attribute value: " + ref)
	}
	if !slices.Contains(p.usedValues, ref) {
		p.usedValues = append(p.usedValues, ref)
	}
	return v, nil
}

// resolve puts the names of a path in place of its placeholders. Reserved words
// are told apart because they are reported before anything else.
func (p *Params) resolve(path Path) (undefined, reservedWord error) {
	for i, s := range path {
		if s.Index >= 0 {
			continue
		}
		if !strings.HasPrefix(s.Name, "#") {
			if reservedWord == nil && reserved(s.Name) {
				reservedWord = Invalid("Attribute name is a reserved keyword; reserved keyword: " + s.Name)
			}
			continue
		}
		name, ok := p.names[s.Name]
		if !ok {
			if undefined == nil {
				undefined = Invalid("An expression attribute name used in the document path is not defined; attribute name: " + s.Name)
			}
			continue
		}
		if !slices.Contains(p.usedNames, s.Name) {
			p.usedNames = append(p.usedNames, s.Name)
		}
		path[i].Name = name
	}
	return undefined, reservedWord
}

// within puts the name of the parameter before an expression's error.
func within(param string, err error) error {
	if err == nil {
		return nil
	}
	return Invalid("Invalid " + param + ": " + err.Error())
}

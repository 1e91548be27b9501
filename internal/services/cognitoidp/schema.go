package cognitoidp

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

const (
	customPrefix    = "custom:"
	developerPrefix = "dev:"
	maxCustom       = 50
)

// standardAttributes are the attributes that every pool has, in the order in
// which AWS lists them, less sub.
var standardAttributes = []string{
	"profile", "address", "birthdate", "gender", "preferred_username", "updated_at", "website", "picture", "identities", "phone_number",
	"phone_number_verified", "zoneinfo", "locale", "email", "email_verified", "given_name", "family_name", "middle_name", "name", "nickname",
}

// The attributes that the pool itself reasons about.
const (
	attrSub           = "sub"
	attrEmail         = "email"
	attrPhone         = "phone_number"
	attrPreferredName = "preferred_username"
)

// verifiedFlag is the attribute that says that another is verified.
func verifiedFlag(attribute string) string { return attribute + "_verified" }

func text(s string) *string { return &s }

func flag(b bool) *bool { return &b }

// standard is an attribute as a pool has it that says nothing about it.
func standard(name string) SchemaAttributeType {
	a := SchemaAttributeType{
		Name: name, AttributeDataType: "String", Mutable: flag(true),
		StringAttributeConstraints: &StringAttributeConstraintsType{MinLength: text("0"), MaxLength: text("2048")},
	}
	switch name {
	case attrSub:
		a.Mutable, a.Required = flag(false), true
		a.StringAttributeConstraints.MinLength = text("1")
	case "birthdate":
		a.StringAttributeConstraints = &StringAttributeConstraintsType{MinLength: text("10"), MaxLength: text("10")}
	case "identities":
		a.StringAttributeConstraints = &StringAttributeConstraintsType{}
	case "email_verified", "phone_number_verified":
		a.AttributeDataType, a.StringAttributeConstraints = "Boolean", nil
	case "updated_at":
		a.AttributeDataType, a.StringAttributeConstraints = "Number", nil
		a.NumberAttributeConstraints = &NumberAttributeConstraintsType{MinValue: text("0")}
	}
	return a
}

// newSchema is the schema of a pool that is given these attributes: some of
// the standard ones, made required or fixed, and custom ones.
func newSchema(given []SchemaAttributeType) ([]SchemaAttributeType, error) {
	var custom []SchemaAttributeType
	own := map[string]SchemaAttributeType{}
	for _, a := range given {
		if a.Name == attrSub || slices.Contains(standardAttributes, a.Name) {
			own[a.Name] = a
		} else {
			custom = append(custom, a)
		}
	}
	var schema []SchemaAttributeType
	for _, name := range append([]string{attrSub}, standardAttributes...) {
		a := standard(name)
		if o, ok := own[name]; ok && name != attrSub {
			if o.AttributeDataType != "" && o.AttributeDataType != a.AttributeDataType {
				return nil, errInvalid("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.")
			}
			a.Required = o.Required
			if o.Mutable != nil {
				a.Mutable = o.Mutable
			}
			if o.StringAttributeConstraints != nil {
				a.StringAttributeConstraints = o.StringAttributeConstraints
			}
			if o.NumberAttributeConstraints != nil {
				a.NumberAttributeConstraints = o.NumberAttributeConstraints
			}
		}
		schema = append(schema, a)
	}
	return addCustom(schema, custom)
}

// addCustom adds custom attributes to a schema.
func addCustom(schema, more []SchemaAttributeType) ([]SchemaAttributeType, error) {
	for _, a := range more {
		switch {
		case a.Name == "":
			return nil, errInvalid("Attribute name is required")
		case a.Required:
			return nil, errInvalid("Required custom attributes are not supported currently.")
		case a.AttributeDataType == "":
			return nil, errInvalid("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.")
		}
		a.Name = customPrefix + a.Name
		if a.DeveloperOnlyAttribute {
			a.Name = developerPrefix + a.Name
		}
		if a.Mutable == nil {
			a.Mutable = flag(true)
		}
		switch {
		case a.AttributeDataType == "String" && a.StringAttributeConstraints == nil:
			a.StringAttributeConstraints = &StringAttributeConstraintsType{}
		case a.AttributeDataType == "Number" && a.NumberAttributeConstraints == nil:
			a.NumberAttributeConstraints = &NumberAttributeConstraintsType{}
		}
		if slices.ContainsFunc(schema, func(b SchemaAttributeType) bool { return b.Name == a.Name }) {
			return nil, errInvalid("%s: Existing attribute already has name %s.", a.Name, a.Name)
		}
		schema = append(schema, a)
	}
	if len(schema)-len(standardAttributes)-1 > maxCustom {
		return nil, fault("LimitExceededException", "Too many custom attributes: a user pool has at most %d.", maxCustom)
	}
	return schema, nil
}

func (s *Service) addCustomAttributes(_ context.Context, c *aws.Call, in *AddCustomAttributesInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.UserPoolId, func(p *pool) (err error) {
		p.Schema, err = addCustom(p.Schema, in.CustomAttributes)
		return err
	})
}

// attribute finds an attribute of the pool's schema.
func (p *pool) attribute(name string) (SchemaAttributeType, bool) {
	i := slices.IndexFunc(p.Schema, func(a SchemaAttributeType) bool { return a.Name == name })
	if i < 0 {
		return SchemaAttributeType{}, false
	}
	return p.Schema[i], true
}

func errSchema(format string, args ...any) error {
	return errInvalid("Attributes did not conform to the schema: "+format, args...)
}

// conform checks the values that a user is given.
func (p *pool) conform(values map[string]string) error {
	for _, name := range sortedKeys(values) {
		a, ok := p.attribute(name)
		if !ok {
			return errSchema("%s: Attribute does not exist in the schema.", name)
		}
		if err := a.check(values[name]); err != nil {
			return err
		}
	}
	return nil
}

// complete checks that a user has what the pool requires of all.
func (p *pool) complete(values map[string]string) error {
	var missing []string
	for _, a := range p.Schema {
		if a.Required && a.Name != attrSub && values[a.Name] == "" {
			said := a.Name
			if said == "name" {
				said = "name.formatted"
			}
			missing = append(missing, said+": The attribute "+said+" is required")
		}
	}
	if missing != nil {
		slices.Sort(missing)
		return errSchema("%s", strings.Join(missing, " "))
	}
	return nil
}

var (
	emailPattern = regexp.MustCompile(`^[^\s@<>()",;]+@[^\s@<>()",;]+$`)
	phonePattern = regexp.MustCompile(`^\+\d{1,15}$`)
	datePattern  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}([T ]\S+)?$|^\d+$`)
)

// check checks one value. An empty value takes an attribute away.
func (a *SchemaAttributeType) check(value string) error {
	if value == "" {
		return nil
	}
	switch {
	case a.Name == attrEmail && !emailPattern.MatchString(value):
		return errInvalid("Invalid email address format.")
	case a.Name == attrPhone && !phonePattern.MatchString(value):
		return errInvalid("Invalid phone number format.")
	}
	switch a.AttributeDataType {
	case "Number":
		return a.checkNumber(value)
	case "Boolean":
		if value != "true" && value != "false" {
			return errSchema("%s: %s is not a boolean", a.Name, value)
		}
	case "DateTime":
		if !datePattern.MatchString(value) {
			return errSchema("%s: %s is not a date", a.Name, value)
		}
	case "String":
		return a.checkLength(value)
	}
	return nil
}

func (a *SchemaAttributeType) checkNumber(value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return errSchema("%s: %s is not a number", a.Name, value)
	}
	if limits := a.NumberAttributeConstraints; limits != nil {
		if least, ok := limit(limits.MinValue); ok && n < least {
			return errSchema("%s: Number must be at least %d", a.Name, least)
		}
		if most, ok := limit(limits.MaxValue); ok && n > most {
			return errSchema("%s: Number must be at most %d", a.Name, most)
		}
	}
	return nil
}

func (a *SchemaAttributeType) checkLength(value string) error {
	if limits := a.StringAttributeConstraints; limits != nil {
		n := int64(len([]rune(value)))
		if least, ok := limit(limits.MinLength); ok && n < least {
			return errSchema("%s: String must be no shorter than %d characters", a.Name, least)
		}
		if most, ok := limit(limits.MaxLength); ok && n > most {
			return errSchema("%s: String must be no longer than %d characters", a.Name, most)
		}
	}
	return nil
}

// limit reads a constraint, which the API writes as text.
func limit(s *string) (int64, bool) {
	if s == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(*s, 10, 64)
	return n, err == nil
}

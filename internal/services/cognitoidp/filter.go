package cognitoidp

import (
	"regexp"
	"slices"
	"strings"
)

// filter is what ListUsers selects by: one attribute that is, or begins with,
// a value. The zero filter selects everybody.
type filter struct {
	attribute string
	prefix    bool
	value     string
}

var (
	filterPattern = regexp.MustCompile(`(?s)^\s*(?:"([^"]*)"|([\w:]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$`)
	unescape      = regexp.MustCompile(`(?s)\\(.)`)
)

// searchable are the attributes that a filter can name.
var searchable = []string{
	"username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username", "cognito:user_status", "status", "sub",
}

func parseFilter(text string) (filter, error) {
	if strings.TrimSpace(text) == "" {
		return filter{}, nil
	}
	m := filterPattern.FindStringSubmatch(text)
	if m == nil {
		return filter{}, errInvalid("Error while parsing filter: %s", text)
	}
	f := filter{attribute: m[1] + m[2], prefix: m[3] == "^=", value: unescape.ReplaceAllString(m[4], "$1")}
	if !slices.Contains(searchable, f.attribute) {
		return filter{}, errInvalid("Invalid search attribute: %s", f.attribute)
	}
	return f, nil
}

// selects reports whether a user passes. Names and addresses are compared as
// the pool compares them, the status without regard to case.
func (f filter) selects(p *pool, u *user) bool {
	if f.attribute == "" {
		return true
	}
	var has, want string
	switch f.attribute {
	case "status":
		has, want = "enabled", strings.ToLower(f.value)
		if u.Disabled {
			has = "disabled"
		}
	case "cognito:user_status":
		has, want = u.Status, strings.ToUpper(f.value)
	case attrSub:
		has, want = u.Sub, f.value
	case "username":
		has, want = p.fold(u.Username), p.fold(f.value)
	case attrEmail, attrPreferredName:
		has, want = p.fold(u.Attributes[f.attribute]), p.fold(f.value)
	default:
		has, want = u.Attributes[f.attribute], f.value
	}
	if f.prefix {
		return has != "" && strings.HasPrefix(has, want)
	}
	return has == want
}

package appsync

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// Limits of filters, as AppSync has them.
const (
	maxFilterGroups = 10
	maxFilters      = 5 // of one group
	maxFilterIn     = 5
	maxFilterAny    = 20
	maxFilterDepth  = 5 // of names with dots
)

// filter is a filter of a subscription: one group must match, with all of its
// conditions.
type filter struct{ groups [][]condition }

type condition struct {
	path     []string
	operator string
	value    any
}

// newFilter reads what setSubscriptionFilter is given.
func newFilter(v any) (*filter, error) {
	list, ok := property(v, "filterGroup").(*vtl.List)
	if !ok {
		return nil, fmt.Errorf("the filter of a subscription has a list filterGroup")
	}
	if list.Len() > maxFilterGroups {
		return nil, fmt.Errorf("the filter of a subscription has at most %d groups", maxFilterGroups)
	}
	f := &filter{}
	for _, g := range list.Items() {
		filters, ok := property(g, "filters").(*vtl.List)
		if !ok {
			return nil, fmt.Errorf("each group of a subscription's filter has a list filters")
		}
		if filters.Len() > maxFilters {
			return nil, fmt.Errorf("a group of a subscription's filter has at most %d filters", maxFilters)
		}
		var group []condition
		for _, item := range filters.Items() {
			c, err := newCondition(item)
			if err != nil {
				return nil, err
			}
			group = append(group, c)
		}
		f.groups = append(f.groups, group)
	}
	return f, nil
}

func newCondition(v any) (condition, error) {
	name, ok := property(v, "fieldName").(string)
	if !ok || name == "" {
		return condition{}, fmt.Errorf("each filter of a subscription has a fieldName")
	}
	c := condition{path: strings.Split(name, "."), value: clone(property(v, "value"))}
	c.operator, _ = property(v, "operator").(string)
	if len(c.path) > maxFilterDepth {
		return c, fmt.Errorf("the name %s of a subscription's filter has more than %d levels", name, maxFilterDepth)
	}
	list, isList := c.value.(*vtl.List)
	most := 0
	switch c.operator {
	case "eq", "ne", "le", "lt", "ge", "gt", "contains", "notContains", "beginsWith":
		if isList {
			return c, fmt.Errorf("the operator %s of a subscription's filter takes one value", c.operator)
		}
		return c, nil
	case "in", "notIn":
		most = maxFilterIn
	case "containsAny":
		most = maxFilterAny
	case "between":
		most = 2
	default:
		return c, fmt.Errorf("the operator %q of a subscription's filter is unknown", c.operator)
	}
	switch {
	case !isList || list.Len() == 0 || c.operator == "between" && list.Len() != 2:
		return c, fmt.Errorf("the operator %s of a subscription's filter takes a list of values", c.operator)
	case list.Len() > most:
		return c, fmt.Errorf("the list of values exceeds maximum value limit %d for operator `%s`", most, c.operator)
	}
	return c, nil
}

// matches reports whether a payload is for the subscription.
func (f *filter) matches(payload any) bool {
	return slices.ContainsFunc(f.groups, func(group []condition) bool {
		return !slices.ContainsFunc(group, func(c condition) bool { return !c.holds(payload) })
	})
}

func (c condition) holds(payload any) bool {
	for _, name := range c.path {
		payload = property(payload, name)
	}
	list, _ := c.value.(*vtl.List)
	switch c.operator {
	case "eq":
		return same(payload, c.value)
	case "ne":
		return !same(payload, c.value)
	case "in", "notIn":
		in := slices.ContainsFunc(list.Items(), func(v any) bool { return same(payload, v) })
		return in == (c.operator == "in")
	case "contains":
		return contains(payload, c.value)
	case "notContains":
		return !contains(payload, c.value)
	case "containsAny":
		return slices.ContainsFunc(list.Items(), func(v any) bool { return contains(payload, v) })
	case "beginsWith":
		s, ok := payload.(string)
		prefix, ok2 := c.value.(string)
		return ok && ok2 && strings.HasPrefix(s, prefix)
	case "between":
		low, ok := order(payload, list.At(0))
		high, ok2 := order(payload, list.At(1))
		return ok && ok2 && low >= 0 && high <= 0
	}
	n, ok := order(payload, c.value)
	return ok && map[string]bool{"le": n <= 0, "lt": n < 0, "ge": n >= 0, "gt": n > 0}[c.operator]
}

// contains is about a part of a text, or an item of a list.
func contains(v, part any) bool {
	switch v := v.(type) {
	case string:
		s, ok := part.(string)
		return ok && strings.Contains(v, s)
	case *vtl.List:
		return slices.ContainsFunc(v.Items(), func(item any) bool { return same(item, part) })
	}
	return false
}

// order compares two numbers or two texts.
func order(a, b any) (int, bool) {
	if s, ok := a.(string); ok {
		t, ok := b.(string)
		return strings.Compare(s, t), ok
	}
	x, ok := rational(a)
	y, ok2 := rational(b)
	if !ok || !ok2 {
		return 0, false
	}
	return x.Cmp(y), true
}

func rational(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v), true
	case *big.Int:
		return new(big.Rat).SetInt(v), true
	case float64:
		r := new(big.Rat).SetFloat64(v)
		return r, r != nil
	}
	return nil, false
}

// same reports whether two values are equal, numbers by their value.
func same(a, b any) bool {
	if n, ok := order(a, b); ok {
		return n == 0
	}
	switch a := a.(type) {
	case *vtl.List:
		other, ok := b.(*vtl.List)
		return ok && slices.EqualFunc(a.Items(), other.Items(), same)
	case *vtl.Map:
		other, ok := b.(*vtl.Map)
		if !ok || a.Len() != other.Len() {
			return false
		}
		equal := true
		a.Each(func(k, v any) bool {
			w, ok := other.Get(k)
			equal = ok && same(v, w)
			return equal
		})
		return equal
	case nil:
		return b == nil
	case bool:
		return a == b
	}
	return false
}

package vtl

import "slices"

// groups is a condition as an OR of ANDs, which is the form of subscription
// filters. Nil says nothing about anything.
type groups [][]*Map

// subscriptionFilter turns a filter into groups of conditions, without the
// ignored fields. Of the rules, at least one must hold as well.
func (r *run) subscriptionFilter(filter *Map, ignored *List, rules *Map) (any, error) {
	s := &subscription{r: r, ignored: &List{}}
	if ignored != nil {
		s.ignored = ignored
	}
	all, err := s.all(filter, 0)
	if err != nil {
		return nil, err
	}
	if rules != nil {
		strict := &subscription{r: r, ignored: &List{}}
		var any groups
		for _, e := range rules.entries {
			one, err := strict.entry(e, 0)
			if err != nil {
				return nil, err
			}
			any = append(any, one...)
		}
		if all, err = r.both(all, any); err != nil {
			return nil, err
		}
	}
	list := &List{}
	for _, g := range all {
		filters := &List{}
		for _, f := range g {
			filters.Add(f)
		}
		list.Add(tagged("filters", filters))
	}
	return tagged("filterGroup", list), nil
}

type subscription struct {
	r       *run
	ignored *List
}

// all is the AND of what a map says.
func (s *subscription) all(filter *Map, depth int) (groups, error) {
	if err := s.r.written(0, depth); err != nil {
		return nil, err
	}
	var out groups
	for _, e := range filter.entries {
		g, err := s.entry(e, depth)
		if err != nil {
			return nil, err
		}
		if out, err = s.r.both(out, g); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// entry is what one key of a map says: and, or, or the conditions on a field,
// of which one must hold.
func (s *subscription) entry(e *Entry, depth int) (groups, error) {
	field, ok := e.Key.(string)
	if !ok {
		return nil, faultf("The filter has a key that is no string")
	}
	if l, ok := e.value().(*List); ok && (field == "and" || field == "or") {
		return s.joined(l, field == "and", depth)
	}
	conditions, ok := e.value().(*Map)
	if !ok {
		return nil, faultf("The filter on %s is no map", quote(field))
	}
	if i, err := s.r.position(s.ignored, field, 0, 1); i >= 0 || err != nil {
		return nil, err
	}
	var out groups
	for _, c := range conditions.entries {
		if err := s.r.grow(256); err != nil {
			return nil, err
		}
		f := NewMap()
		f.Put("fieldName", field)
		f.Put("operator", c.Key)
		f.Put("value", c.value())
		out = append(out, []*Map{f})
	}
	return out, nil
}

func (s *subscription) joined(l *List, and bool, depth int) (groups, error) {
	var out groups
	for _, item := range l.items {
		m, ok := item.(*Map)
		if !ok {
			return nil, faultf("The filter within and, or is no map")
		}
		g, err := s.all(m, depth+1)
		if err != nil {
			return nil, err
		}
		if !and {
			out = append(out, g...)
		} else if out, err = s.r.both(out, g); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// both is the AND of two conditions: each group of one with each of the other.
func (r *run) both(a, b groups) (groups, error) {
	if a == nil {
		return b, nil
	}
	if b == nil {
		return a, nil
	}
	var out groups
	for _, x := range a {
		for _, y := range b {
			if err := r.grow(8 * (len(x) + len(y))); err != nil {
				return nil, err
			}
			out = append(out, slices.Concat(x, y))
		}
	}
	return out, nil
}

package appsync

import (
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// document is a valid document, with its operations as they are executed.
type document struct {
	*graphql.Document
	roots map[*ast.OperationDefinition]*selection
	depth int
}

func newDocument(d *graphql.Document) *document {
	doc := &document{Document: d, roots: map[*ast.OperationDefinition]*selection{}, depth: depth(d.QueryDocument)}
	for _, op := range d.Operations {
		doc.roots[op] = newSelection(op.SelectionSet)
	}
	return doc
}

// operation finds the operation with that name, or the only one.
func (d *document) operation(name string) *ast.OperationDefinition {
	if name == "" && len(d.Operations) == 1 {
		return d.Operations[0]
	}
	if name == "" {
		return nil
	}
	return d.Operations.ForName(name)
}

// depth is how deep the fields of a document nest. Fragments have no cycles
// here, and each is measured once.
func depth(doc *ast.QueryDocument) int {
	known := map[string]int{}
	var of func(set ast.SelectionSet) int
	of = func(set ast.SelectionSet) int {
		deepest := 0
		for _, sel := range set {
			d := 0
			switch sel := sel.(type) {
			case *ast.Field:
				d = 1 + of(sel.SelectionSet)
			case *ast.InlineFragment:
				d = of(sel.SelectionSet)
			case *ast.FragmentSpread:
				if sel.Definition == nil {
					break
				}
				var ok bool
				if d, ok = known[sel.Name]; !ok {
					d = of(sel.Definition.SelectionSet)
					known[sel.Name] = d
				}
			}
			deepest = max(deepest, d)
		}
		return deepest
	}
	deepest := 0
	for _, op := range doc.Operations {
		deepest = max(deepest, of(op.SelectionSet))
	}
	return deepest
}

// selection is what is selected of a value. Several selection sets are merged
// where a field is named more than once.
type selection struct {
	sets    []ast.SelectionSet
	dynamic bool // @skip or @include decide about fields

	mu     sync.Mutex
	fields map[*ast.Definition][]*field
}

// field is one field of an answer.
type field struct {
	key   string
	node  *ast.Field // the first, where several are merged
	def   *ast.FieldDefinition
	info  *fieldInfo // nil for the fields of introspection
	sub   *selection // nil for leaves
	named *ast.Definition
}

func newSelection(sets ...ast.SelectionSet) *selection {
	return &selection{sets: sets, dynamic: conditional(sets, map[string]bool{})}
}

func conditional(sets []ast.SelectionSet, seen map[string]bool) bool {
	for _, set := range sets {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				if len(sel.Directives) > 0 {
					return true
				}
			case *ast.InlineFragment:
				if len(sel.Directives) > 0 || conditional([]ast.SelectionSet{sel.SelectionSet}, seen) {
					return true
				}
			case *ast.FragmentSpread:
				if len(sel.Directives) > 0 {
					return true
				}
				if !seen[sel.Name] {
					seen[sel.Name] = true
					if conditional([]ast.SelectionSet{sel.Definition.SelectionSet}, seen) {
						return true
					}
				}
			}
		}
	}
	return false
}

// collect lists the fields that are selected of an object of a type.
func (x *execution) collect(s *selection, def *ast.Definition) []*field {
	if s.dynamic {
		return x.collectAnew(s, def)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fields, ok := s.fields[def]
	if !ok {
		fields = x.collectAnew(s, def)
		if s.fields == nil {
			s.fields = map[*ast.Definition][]*field{}
		}
		s.fields[def] = fields
	}
	return fields
}

func (x *execution) collectAnew(s *selection, def *ast.Definition) []*field {
	c := collector{x: x, def: def, index: map[string]*collected{}, seen: map[string]bool{}}
	for _, set := range s.sets {
		c.add(set)
	}
	fields := make([]*field, len(c.list))
	for i, e := range c.list {
		f := e.field
		if len(e.sets) > 0 {
			f.sub = newSelection(e.sets...)
		}
		fields[i] = f
	}
	return fields
}

type collected struct {
	*field
	sets []ast.SelectionSet
}

type collector struct {
	x     *execution
	def   *ast.Definition
	list  []*collected
	index map[string]*collected
	seen  map[string]bool // fragments
}

func (c *collector) add(set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if c.x.included(sel.Directives) {
				c.field(sel)
			}
		case *ast.InlineFragment:
			if c.x.included(sel.Directives) && (sel.TypeCondition == "" || c.applies(sel.TypeCondition)) {
				c.add(sel.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.seen[sel.Name] && c.x.included(sel.Directives) {
				c.seen[sel.Name] = true
				if c.applies(sel.Definition.TypeCondition) {
					c.add(sel.Definition.SelectionSet)
				}
			}
		}
	}
}

func (c *collector) field(node *ast.Field) {
	e := c.index[node.Alias]
	if e == nil {
		f := &field{key: node.Alias, node: node, def: c.def.Fields.ForName(node.Name)}
		if f.def == nil {
			f.def = node.Definition // __typename, __schema, __type
		}
		f.info = c.x.api.fields[f.def]
		f.named = c.x.api.schema.Type(f.def.Type)
		e = &collected{field: f}
		c.index[node.Alias] = e
		c.list = append(c.list, e)
	}
	if len(node.SelectionSet) > 0 {
		e.sets = append(e.sets, node.SelectionSet)
	}
}

// applies reports whether a fragment on a type is about objects of ours.
func (c *collector) applies(condition string) bool {
	if condition == c.def.Name {
		return true
	}
	for _, p := range c.x.api.schema.PossibleTypes[condition] {
		if p == c.def {
			return true
		}
	}
	return false
}

// included decides @skip and @include.
func (x *execution) included(list ast.DirectiveList) bool {
	for _, d := range list {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		on := arg.Value.Raw == "true"
		if arg.Value.Kind == ast.Variable {
			v, _ := x.vars[arg.Value.Raw]
			on, _ = v.(bool)
		}
		if on == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// selected lists the paths of all fields below one, as $ctx.info has them.
func (x *execution) selected(f *field) *vtl.List {
	list := vtl.NewList()
	var walk func(s *selection, named *ast.Definition, prefix string)
	walk = func(s *selection, named *ast.Definition, prefix string) {
		if s == nil || list.Len() >= maxSelected {
			return
		}
		seen := map[string]bool{}
		for _, def := range x.api.concrete(named) {
			for _, sub := range x.collect(s, def) {
				if seen[sub.key] || list.Len() >= maxSelected {
					continue
				}
				seen[sub.key] = true
				list.Add(prefix + sub.key)
				walk(sub.sub, sub.named, prefix+sub.key+"/")
			}
		}
	}
	walk(f.sub, f.named, "")
	return list
}

// maxSelected bounds $ctx.info.selectionSetList.
const maxSelected = 10_000

// concrete lists the object types that a value of a type can have.
func (a *api) concrete(def *ast.Definition) []*ast.Definition {
	switch def.Kind {
	case ast.Object:
		return []*ast.Definition{def}
	case ast.Interface, ast.Union:
		return a.schema.PossibleTypes[def.Name]
	}
	return nil
}

package ddbexpr

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A Projection picks parts of items. A nil one picks all.
type Projection struct {
	root  node
	paths []Path
}

// node is a tree of paths: by name or by index, in order. A node without
// branches picks all that is there.
type node struct {
	branches []branch
}

type branch struct {
	step Step
	node
}

// Projection compiles a ProjectionExpression.
func (p *Params) Projection(text string) (*Projection, error) {
	paths, err := p.projection(text)
	if err != nil {
		return nil, within("ProjectionExpression", err)
	}
	return NewProjection(paths), nil
}

func (p *Params) projection(text string) ([]Path, error) {
	ps := newParser(text)
	paths := []Path{ps.path()}
	for ps.err == nil && ps.accept(",") {
		paths = append(paths, ps.path())
	}
	if err := ps.finish(); err != nil {
		return nil, err
	}
	var undefined, word error
	for _, path := range paths {
		u, r := p.resolve(path)
		undefined, word = cmp.Or(undefined, u), cmp.Or(word, r)
	}
	return paths, cmp.Or(word, undefined, checkClashes(paths))
}

// NewProjection returns the projection to some paths, none of which lies
// within another.
func NewProjection(paths []Path) *Projection {
	pr := &Projection{paths: paths}
	for _, path := range paths {
		n := &pr.root
		for _, s := range path {
			n = n.at(s)
		}
	}
	return pr
}

// Names returns the top-level attributes that the projection reads.
func (pr *Projection) Names() []string {
	names := make([]string, len(pr.root.branches))
	for i, b := range pr.root.branches {
		names[i] = b.step.Name
	}
	return names
}

// Nested reports whether a path of the projection goes inside the attribute.
func (pr *Projection) Nested(name string) bool {
	if pr == nil {
		return false
	}
	for _, p := range pr.paths {
		if p[0].Name == name && len(p) > 1 {
			return true
		}
	}
	return false
}

// at returns the branch of a step, which it adds if need be.
func (n *node) at(s Step) *node {
	i, ok := slices.BinarySearchFunc(n.branches, s, func(b branch, s Step) int {
		return cmp.Or(cmp.Compare(b.step.Name, s.Name), cmp.Compare(b.step.Index, s.Index))
	})
	if !ok {
		n.branches = slices.Insert(n.branches, i, branch{step: s})
	}
	return &n.branches[i].node
}

// Append appends what the projection picks of an item.
func (pr *Projection) Append(dst []byte, it Item) Item {
	if pr == nil {
		return append(dst, it...)
	}
	return pr.root.appendItem(dst, it)
}

// appendItem merges two lists that are both in order of name.
func (n *node) appendItem(dst []byte, it Item) []byte {
	want := n.branches
	for b := []byte(it); len(b) > 0 && len(want) > 0; {
		name, v, rest := cutAttr(b)
		for len(want) > 0 && want[0].step.Name < string(name) {
			want = want[1:]
		}
		if len(want) > 0 && want[0].step.Name == string(name) && want[0].step.Index < 0 {
			start := len(dst)
			dst = binary.AppendUvarint(dst, uint64(len(name)))
			dst = append(dst, name...)
			head := len(dst)
			if dst = want[0].appendValue(dst, v); len(dst) == head {
				dst = dst[:start]
			}
		}
		b = rest
	}
	return dst
}

// appendValue appends nothing if the node picks nothing of the value.
func (n *node) appendValue(dst []byte, v Value) []byte {
	if len(n.branches) == 0 {
		return append(dst, v...)
	}
	start := len(dst)
	switch v.Type() {
	case Map:
		dst = n.appendItem(openContainer(dst, Map), v.Item())
	case List:
		dst = openContainer(dst, List)
		i, want := 0, n.branches
		for e := range v.Elems() {
			for len(want) > 0 && want[0].step.Index < i {
				want = want[1:]
			}
			if len(want) > 0 && want[0].step.Index == i {
				dst = want[0].appendValue(dst, e)
			}
			i++
		}
	default:
		return dst
	}
	if len(dst) == start+headLen {
		return dst[:start]
	}
	closeContainer(dst, start)
	return dst
}

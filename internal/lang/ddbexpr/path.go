package ddbexpr

import (
	"strconv"
	"strings"
)

// A Path leads to a value in an item.
type Path []Step

// A Step is a name, or an index if Index is not negative.
type Step struct {
	Name  string
	Index int
}

func nameStep(name string) Step { return Step{name, -1} }

// String returns the path as it stands in an expression's error: [a, [0], b].
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteString(", ")
		}
		if s.Index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		} else {
			b.WriteString(s.Name)
		}
	}
	return "[" + b.String() + "]"
}

// Find returns the value at the path, nil if there is none.
func (p Path) Find(it Item) Value {
	v := it.Get(p[0].Name)
	for _, s := range p[1:] {
		switch {
		case s.Index >= 0 && v.Type() == List:
			v = v.index(s.Index)
		case s.Index < 0 && v.Type() == Map:
			v = v.Item().Get(s.Name)
		default:
			return nil
		}
	}
	return v
}

func (p Path) equal(q Path) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}

// clash says how two paths of one expression cannot stand side by side: one
// lies within the other, or they take one value for a list and for a map.
func (p Path) clash(q Path) (overlap, conflict bool) {
	for i := range min(len(p), len(q)) {
		if p[i] != q[i] {
			return false, (p[i].Index < 0) != (q[i].Index < 0)
		}
	}
	return true, false
}

// checkClashes returns the first overlap among paths, else the first conflict.
func checkClashes(paths []Path) error {
	var first error
	for i, q := range paths {
		for _, p := range paths[:i] {
			overlap, conflict := p.clash(q)
			if overlap {
				return clashError("overlap", p, q)
			}
			if conflict && first == nil {
				first = clashError("conflict", p, q)
			}
		}
	}
	return first
}

func clashError(verb string, p, q Path) error {
	return Invalid("Two document paths " + verb + " with each other; must remove or rewrite one of these paths; path one: " +
		p.String() + ", path two: " + q.String())
}

// path reads a path. Its names are as written, with their # if they have one.
func (p *parser) path() Path {
	switch p.peek().kind {
	case tokWord, tokName:
	default:
		p.fail()
		return Path{nameStep("")}
	}
	return p.steps(Path{nameStep(p.advance().text)})
}

// steps reads what follows the first name.
func (p *parser) steps(path Path) Path {
	for {
		switch {
		case p.accept("."):
			switch p.peek().kind {
			case tokWord, tokName:
				path = append(path, nameStep(p.advance().text))
			default:
				p.fail()
				return path
			}
		case p.accept("["):
			t := p.peek()
			i, err := strconv.ParseUint(t.text, 10, 31)
			if t.kind != tokNumber {
				p.fail()
				return path
			}
			if err != nil && p.err == nil {
				p.err = Invalid("List index is not within the allowable range; index: [" + t.text + "]")
			}
			p.advance()
			path = append(path, Step{"", int(i)})
			p.expect("]")
		default:
			if len(path) > maxDepth && p.err == nil {
				p.err = Invalid("The document path has too many nesting levels; nesting levels: " + strconv.Itoa(len(path)))
			}
			return path
		}
	}
}

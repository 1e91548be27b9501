package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// Check completes a program's inputs with defaults, and with what an existing
// resource keeps; old is nil for a new one. newName makes a name for a resource
// that was given none; it returns Unknown in previews. Each problem names the
// property it is about.
func (k *Kind) Check(in, old value.Map, newName func(Naming, value.Map) any) (checked value.Map, problems []string) {
	checked = value.Map{}
	for _, p := range k.properties() {
		v := in[p.Name]
		if v == nil && p.Computed && old != nil {
			v = old[p.Name]
		}
		if v == nil && p.Name == k.Name.Property {
			v = newName(k.Name, in)
		}
		if err := p.check("property "+p.Name, v, checked); err != nil {
			problems = append(problems, err.Error())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if in[name] != nil && !k.has(name) {
			problems = append(problems, k.unsupported(name))
		}
	}
	return checked, problems
}

func (k *Kind) unsupported(name string) string {
	if where, ok := k.Elsewhere[name]; ok {
		return fmt.Sprintf("property %s is not supported here: use %s", name, where)
	}
	return fmt.Sprintf("property %s is not supported", name)
}

// properties are the inputs, and the region where there is one.
func (k *Kind) properties() []Property {
	if k.Global {
		return k.Inputs
	}
	return append(slices.Clone(k.Inputs), Property{Name: "region", Type: str, Computed: true, Replace: true})
}

func (k *Kind) has(name string) bool {
	return slices.ContainsFunc(k.properties(), func(p Property) bool { return p.Name == name })
}

// Replaces reports whether a change of the property takes a new resource.
func (k *Kind) Replaces(name string) bool {
	return slices.ContainsFunc(k.properties(), func(p Property) bool { return p.Name == name && p.Replace })
}

// A Difference is what has to change.
type Difference struct {
	Changed []string // properties, sorted
	Replace []string // those of them that take a new resource
}

// Diff compares the checked inputs of an existing resource with new ones.
// Values that are not known yet count as changed.
func (k *Kind) Diff(old, in value.Map) (d Difference) {
	for _, p := range k.properties() {
		if same(p, old[p.Name], in[p.Name]) {
			continue
		}
		d.Changed = append(d.Changed, p.Name)
		if p.Replace {
			d.Replace = append(d.Replace, p.Name)
		}
	}
	slices.Sort(d.Changed)
	slices.Sort(d.Replace)
	return d
}

func same(p Property, a, b any) bool {
	if value.Equal(a, b) {
		return true
	}
	x, ok := a.(string)
	y, ok2 := b.(string)
	return p.Policy && ok && ok2 && SamePolicy(x, y)
}

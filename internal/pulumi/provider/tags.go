package provider

import "github.com/niebla-cloud/niebla/internal/pulumi/value"

// awsTags are tags as most services take them: a list of pairs, whose members
// are called as the service calls them.
func awsTags(tags any, key, val string) []any {
	m, _ := tags.(value.Map)
	var list []any
	for _, k := range sortedKeys(m) {
		list = append(list, jsonObject{key: k, val: text(m, k)})
	}
	return list
}

// retag brings the tags of a resource up to date: those that are gone are taken
// off, the others are put on.
func (r *Resource) retag(untag func(keys []string) error, tag func(value.Map) error) error {
	if !r.Changed("tags") {
		return nil
	}
	was, _ := r.Old["tags"].(value.Map)
	is, _ := r.In["tags"].(value.Map)
	var gone []string
	for _, k := range sortedKeys(was) {
		if _, kept := is[k]; !kept {
			gone = append(gone, k)
		}
	}
	if len(gone) > 0 {
		if err := untag(gone); err != nil {
			return err
		}
	}
	if len(is) == 0 {
		return nil
	}
	return tag(is)
}

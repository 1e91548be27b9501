package provider

import (
	"encoding/json"
	"slices"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// SamePolicy reports whether two policy documents say the same: the order of
// members and of texts in a list does not matter, nor does a list around a
// single text.
func SamePolicy(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	return value.Equal(normal(x), normal(y))
}

func normal(v any) any {
	switch v := v.(type) {
	case value.Map:
		out := value.Map{}
		for k, e := range v {
			out[k] = normal(e)
		}
		return out
	case []any:
		if len(v) == 1 {
			return normal(v[0])
		}
		out := make([]any, len(v))
		texts := make([]string, 0, len(v))
		for i, e := range v {
			out[i] = normal(e)
			if s, ok := e.(string); ok {
				texts = append(texts, s)
			}
		}
		if len(texts) == len(v) {
			slices.Sort(texts)
			for i, s := range texts {
				out[i] = s
			}
		}
		return out
	}
	return v
}

package value

// Plain returns the value as JSON can hold it: assets and archives become the objects that
// stand for them. Secrets and unknowns must have been taken out before.
func Plain(v any) any {
	switch v := v.(type) {
	case Asset:
		return mark(v)
	case Archive:
		return markOf(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = Plain(e)
		}
		return out
	case Map:
		out := make(Map, len(v))
		for k, e := range v {
			out[k] = Plain(e)
		}
		return out
	}
	return v
}

// FromPlain undoes Plain.
func FromPlain(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			var err error
			if out[i], err = FromPlain(e); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Map:
		out := make(Map, len(v))
		for k, e := range v {
			var err error
			if out[k], err = FromPlain(e); err != nil {
				return nil, err
			}
		}
		return special(out)
	}
	return v, nil
}

package shape

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tags are a field's tags, removed as they are understood.
type tags map[string]string

// parseTags reads a tag as reflect.StructTag does, but refuses what that skips.
func parseTags(tag string) (tags, error) {
	t := tags{}
	for rest := strings.TrimSpace(tag); rest != ""; rest = strings.TrimSpace(rest) {
		key, after, ok := strings.Cut(rest, ":")
		quoted, err := strconv.QuotedPrefix(after)
		if !ok || err != nil {
			return nil, fmt.Errorf("tag %q is not key:\"value\"", rest)
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("tag %q: %w", rest, err)
		}
		if _, twice := t[key]; twice {
			return nil, fmt.Errorf("tag %s is given twice", key)
		}
		t[key] = value
		rest = after[len(quoted):]
	}
	return t, nil
}

func (t tags) take(key string) (value string, ok bool) {
	value, ok = t[key]
	delete(t, key)
	return value, ok
}

func (t tags) leftOver() error {
	if len(t) > 0 {
		return fmt.Errorf("tag %s means nothing here", slices.Sorted(maps.Keys(t))[0])
	}
	return nil
}

// binding reads the tags of a blank field.
func (t tags) binding() (b Binding, err error) {
	if h, ok := t.take("http"); ok {
		if b.Method, b.URI, ok = strings.Cut(h, " "); !ok {
			return b, fmt.Errorf("http:%q is not a method and a URI", h)
		}
	}
	if s, ok := t.take("status"); ok {
		if b.Code, err = strconv.Atoi(s); err != nil {
			return b, err
		}
	}
	b.Root, _ = t.take("root")
	b.Namespace = t.namespace()
	return b, nil
}

func (t tags) namespace() Namespace {
	ns, _ := t.take("xmlns")
	if prefix, uri, ok := strings.Cut(ns, "="); ok && !strings.ContainsAny(prefix, ":/") {
		return Namespace{prefix, uri}
	}
	return Namespace{URI: ns}
}

var locations = map[string]Location{
	"": Body, "header": Header, "headers": Headers, "uri": URI, "query": Query,
	"querymap": QueryMap, "status": Status, "payload": Payload,
}

var timeFormats = map[string]TimeFormat{
	"": DefaultTime, "iso8601": ISO8601, "iso8601ms": ISO8601Milli, "rfc822": RFC822, "unix": Unix,
}

// field reads the tags of a member.
func (t tags) field(f *Field, query bool) (err error) {
	if w, ok := t.take("wire"); ok {
		f.Wire = w
	}
	if w, ok := t.take("query"); ok && query {
		f.Wire = w
	}
	loc, _ := t.take("loc")
	ts, _ := t.take("ts")
	var ok bool
	if f.Location, ok = locations[loc]; !ok {
		return fmt.Errorf("no location is called %q", loc)
	}
	if f.Time, ok = timeFormats[ts]; !ok {
		return fmt.Errorf("no time format is called %q", ts)
	}
	_, f.Flat = t.take("flat")
	_, f.Attribute = t.take("attr")
	_, f.Required = t.take("required")
	_, f.Sensitive = t.take("sensitive")
	f.Namespace = t.namespace()
	f.Member = t.or("member", "member")
	f.MapKey = t.or("mapkey", "key")
	f.MapValue = t.or("mapvalue", "value")
	return t.constraints(f)
}

func (t tags) or(key, otherwise string) string {
	if v, ok := t.take(key); ok {
		return v
	}
	return otherwise
}

func (t tags) constraints(f *Field) (err error) {
	base := f.Type.Base()
	if f.checks, err = t.constraintsOf("", base.Kind); err != nil {
		return err
	}
	if base.Kind == List || base.Kind == Map {
		if f.elements, err = t.constraintsOf("elem", base.Elem.Base().Kind); err != nil {
			return err
		}
	}
	if base.Kind == Map {
		if f.keys, err = t.constraintsOf("key", String); err != nil {
			return err
		}
	}
	f.checked = len(f.checks)+len(f.elements)+len(f.keys) > 0
	return nil
}

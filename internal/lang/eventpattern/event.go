package eventpattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Event is a JSON object to be matched.
type Event struct{ fields map[string]any }

// ErrNoObject is the error for an event that is not a JSON object.
var ErrNoObject = errors.New("eventpattern: the event is not a JSON object")

// Decode reads an event.
func Decode(event []byte) (Event, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var e Event
	if err := d.Decode(&e.fields); err != nil || e.fields == nil {
		return Event{}, ErrNoObject
	}
	if _, err := d.Token(); err != io.EOF {
		return Event{}, ErrNoObject
	}
	return e, nil
}

// Matches reports whether the event is as the pattern says.
func (p *Pattern) Matches(e Event) bool { return p.root.matches(e.fields) }

func (o *object) matches(fields map[string]any) bool {
	for i := range o.fields {
		v, ok := fields[o.fields[i].name]
		if !ok {
			v = absent{}
		}
		if !o.fields[i].matches(v) {
			return false
		}
	}
	for _, alternatives := range o.either {
		found := false
		for i := range alternatives {
			found = found || alternatives[i].matches(fields)
		}
		if !found {
			return false
		}
	}
	return true
}

// absent stands for a field that an event has not; nil is JSON's null.
type absent struct{}

func (f *field) matches(v any) bool {
	if f.sub == nil {
		return f.matchesLeaf(v)
	}
	switch v := v.(type) {
	case map[string]any:
		return f.sub.matches(v)
	case []any:
		objects := false
		for _, e := range v {
			switch e.(type) {
			case map[string]any, []any:
				objects = true
				if f.matches(e) {
					return true
				}
			}
		}
		if objects {
			return false
		}
	}
	return f.sub.matches(nil)
}

func (f *field) matchesLeaf(v any) bool {
	leaves := appendLeaves(nil, v)
	for _, m := range f.matchers {
		if e, ok := m.(exists); ok {
			if bool(e) == (len(leaves) > 0) {
				return true
			}
			continue
		}
		for _, l := range leaves {
			if m.matches(l) {
				return true
			}
		}
	}
	return false
}

func appendLeaves(leaves []any, v any) []any {
	switch v := v.(type) {
	case absent, map[string]any:
		return leaves
	case []any:
		for _, e := range v {
			leaves = appendLeaves(leaves, e)
		}
		return leaves
	}
	return append(leaves, v)
}

package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// payload is what a target gets of an event.
func (t *Target) payload(r *rule, event []byte, now time.Time) ([]byte, error) {
	switch {
	case t.Input != "":
		return []byte(t.Input), nil
	case t.InputPath != "":
		v, ok, err := lookup(event, t.InputPath)
		if err != nil {
			return nil, err
		}
		if !ok {
			return []byte("null"), nil
		}
		return encode(v)
	case t.InputTransformer != nil:
		return t.InputTransformer.apply(r, event, now)
	}
	return event, nil
}

// step is one step of a path: a name, an index, or all elements.
type step struct {
	name  string
	index int // of an array if there is no name; -1 is all
}

var errPath = errors.New("the path is not valid")

// parsePath reads the part of JSONPath that EventBridge has: $.detail.list[0].a,
// $['a'], and [*].
func parsePath(text string) (steps []step, err error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, errPath
	}
	for rest != "" {
		switch {
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[") + 1
			if end == 0 {
				end = len(rest)
			}
			if end == 1 {
				return nil, errPath
			}
			steps, rest = append(steps, step{name: rest[1:end]}), rest[end:]
		case strings.HasPrefix(rest, "['"):
			name, after, ok := strings.Cut(rest[2:], "']")
			if !ok || name == "" {
				return nil, errPath
			}
			steps, rest = append(steps, step{name: name}), after
		case rest[0] == '[':
			inner, after, ok := strings.Cut(rest[1:], "]")
			if !ok {
				return nil, errPath
			}
			i := -1
			if inner != "*" {
				if i, err = strconv.Atoi(inner); err != nil || i < 0 {
					return nil, errPath
				}
			}
			steps, rest = append(steps, step{index: i}), after
		default:
			return nil, errPath
		}
	}
	return steps, nil
}

// lookup finds a part of an event; ok is false if it is not there.
func lookup(event []byte, path string) (v any, ok bool, err error) {
	steps, err := parsePath(path)
	if err != nil {
		return nil, false, err
	}
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, false, err
	}
	v, ok = follow(v, steps)
	return v, ok, nil
}

func follow(v any, steps []step) (any, bool) {
	if len(steps) == 0 {
		return v, true
	}
	st := steps[0]
	if st.name != "" {
		fields, _ := v.(map[string]any)
		next, ok := fields[st.name]
		if !ok {
			return nil, false
		}
		return follow(next, steps[1:])
	}
	list, ok := v.([]any)
	switch {
	case !ok || st.index >= len(list):
		return nil, false
	case st.index >= 0:
		return follow(list[st.index], steps[1:])
	}
	all := []any{}
	for _, e := range list {
		if found, ok := follow(e, steps[1:]); ok {
			all = append(all, found)
		}
	}
	return all, true
}

var placeholder = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)

// given are the placeholders that need no path.
var given = []string{
	"aws.events.rule-arn", "aws.events.rule-name", "aws.events.event.ingestion-time", "aws.events.event", "aws.events.event.json",
}

// check refuses a template that uses what it has not, or that is no JSON.
func (t *InputTransformer) check() error {
	for name, path := range t.InputPathsMap {
		if strings.HasPrefix(strings.ToLower(name), "aws.") || strings.HasPrefix(name, "AWS") {
			return fmt.Errorf("InputPathsMap key %s is reserved", name)
		}
		if _, err := parsePath(path); err != nil {
			return fmt.Errorf("InputPathsMap has an invalid JSON path %s", path)
		}
	}
	for _, m := range placeholder.FindAllString(t.InputTemplate, -1) {
		name := m[1 : len(m)-1]
		if _, ok := t.InputPathsMap[name]; !ok && !slices.Contains(given, name) {
			return fmt.Errorf("InputTemplate contains invalid placeholder %s", name)
		}
	}
	sample := t.fill(func(string) (any, bool) { return "x", true })
	d := json.NewDecoder(strings.NewReader(sample))
	for {
		var v any
		err := d.Decode(&v)
		if err != nil && (d.InputOffset() == 0 || !errors.Is(err, io.EOF)) {
			return errors.New("Invalid InputTemplate: it is not JSON with placeholders")
		}
		if err != nil {
			return nil
		}
	}
}

// apply makes the text.
func (t *InputTransformer) apply(r *rule, event []byte, now time.Time) ([]byte, error) {
	var failed error
	text := t.fill(func(name string) (any, bool) {
		switch name {
		case "aws.events.rule-arn":
			return string(r.arn()), true
		case "aws.events.rule-name":
			return r.Name, true
		case "aws.events.event.ingestion-time":
			return eventTime(now), true
		case "aws.events.event.json":
			return json.RawMessage(event), true
		case "aws.events.event":
			var members map[string]json.RawMessage
			failed = errors.Join(failed, json.Unmarshal(event, &members))
			delete(members, "detail")
			return members, true
		}
		v, ok, err := lookup(event, t.InputPathsMap[name])
		failed = errors.Join(failed, err)
		return v, ok
	})
	return []byte(text), failed
}

// fill puts values in the place of placeholders. Within quotation marks they
// are text, elsewhere JSON; one that the event has not is empty text, or null.
func (t *InputTransformer) fill(value func(name string) (any, bool)) string {
	var out strings.Builder
	quoted := false
	for rest := t.InputTemplate; rest != ""; {
		if m := placeholder.FindStringIndex(rest); m != nil && m[0] == 0 {
			v, ok := value(rest[1 : m[1]-1])
			out.WriteString(written(v, ok, quoted))
			rest = rest[m[1]:]
			continue
		}
		switch {
		case rest[0] == '"':
			quoted = !quoted
		case rest[0] == '\\' && quoted && len(rest) > 1:
			out.WriteByte(rest[0])
			rest = rest[1:]
		}
		out.WriteByte(rest[0])
		rest = rest[1:]
	}
	return out.String()
}

// written is a value as it stands in a text.
func written(v any, ok, quoted bool) string {
	if !ok && quoted {
		return ""
	}
	text, isText := v.(string)
	if !quoted || !isText {
		b, err := encode(v)
		if err != nil {
			return ""
		}
		if text = string(b); !quoted {
			return text
		}
	}
	b, err := encode(text)
	if err != nil {
		return ""
	}
	return string(b[1 : len(b)-1])
}

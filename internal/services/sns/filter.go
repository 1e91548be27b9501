package sns

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/lang/eventpattern"
)

// What a filter policy looks at.
const (
	byAttributes = "MessageAttributes"
	byBody       = "MessageBody"
)

// maxFilterKeys is how many keys a filter policy may have.
const maxFilterKeys = 5

// compileFilter reads a filter policy; "" is none.
func compileFilter(text, scope string) (*eventpattern.Pattern, error) {
	if text == "" {
		return nil, nil
	}
	p, err := eventpattern.Compile([]byte(text))
	if syntax, ok := errors.AsType[*eventpattern.SyntaxError](err); ok {
		return nil, errInvalid("FilterPolicy: %s", syntax.Reason)
	}
	if err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		return nil, errInvalid("FilterPolicy: failed to parse JSON.")
	}
	if scope == byBody {
		return p, nil
	}
	if len(keys) > maxFilterKeys {
		return nil, errInvalid("FilterPolicy: Filter policy can not have more than %d keys", maxFilterKeys)
	}
	for _, v := range keys {
		if strings.HasPrefix(string(v), "{") {
			return nil, errInvalid("Filter policy scope MessageAttributes does not support nested filter policy")
		}
	}
	return p, nil
}

// filters remembers compiled filter policies by their text. The zero value is
// ready for use.
type filters struct {
	mu       sync.Mutex
	compiled map[string]*eventpattern.Pattern
}

// maxCompiled bounds filters; beyond it all are forgotten.
const maxCompiled = 1024

func (f *filters) of(sub *subscription) (*eventpattern.Pattern, error) {
	text := sub.Attributes["FilterPolicy"]
	if text == "" {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.compiled[text]; ok {
		return p, nil
	}
	p, err := compileFilter(text, sub.Attributes["FilterPolicyScope"])
	if err != nil {
		return nil, err
	}
	if len(f.compiled) >= maxCompiled || f.compiled == nil {
		f.compiled = map[string]*eventpattern.Pattern{}
	}
	f.compiled[text] = p
	return p, nil
}

// filterable is a message as filter policies see it; nil is one of which they
// see nothing.
type filterable struct{ attributes, body *eventpattern.Event }

func newFilterable(n *notice) (f filterable, err error) {
	fields := map[string]any{}
	for name, a := range n.MessageAttributes {
		switch {
		case strings.HasPrefix(a.DataType, "String.Array"):
			fields[name] = json.RawMessage(a.StringValue)
		case strings.HasPrefix(a.DataType, "Number"):
			fields[name] = json.Number(a.StringValue)
		case strings.HasPrefix(a.DataType, "String"):
			fields[name] = a.StringValue
		}
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return f, errInvalid("MessageAttributes")
	}
	e, err := eventpattern.Decode(b)
	if err != nil {
		return f, err
	}
	f.attributes = &e
	if e, err := eventpattern.Decode([]byte(n.Message)); err == nil {
		f.body = &e
	}
	return f, nil
}

// passes reports whether a subscription wants a message.
func (s *Service) passes(sub *subscription, f filterable) (bool, error) {
	p, err := s.filters.of(sub)
	if p == nil || err != nil {
		return err == nil, err
	}
	if sub.Attributes["FilterPolicyScope"] == byBody {
		return f.body != nil && p.Matches(*f.body), nil
	}
	return p.Matches(*f.attributes), nil
}

package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// model is what we read of a service-2.json file.
type model struct {
	Metadata struct {
		Protocol  string
		Protocols []string
	}
	Operations map[string]operation
	Shapes     map[string]*shapeDef
}

type operation struct {
	HTTP struct {
		Method       string
		RequestURI   string `json:"requestUri"`
		ResponseCode int
	} `json:"http"`
	Input, Output *ref
	AuthType      string
}

type shapeDef struct {
	Type            string
	Members         map[string]ref
	Required        []string
	Payload         string
	Member          *ref
	Key, Value      *ref
	Flattened       bool
	Min, Max        *json.Number
	Pattern         string
	Enum            []string
	Streaming       bool
	Document        bool
	Sensitive       bool
	EventStream     bool
	TimestampFormat string
	LocationName    string
	XMLNamespace    namespace `json:"xmlNamespace"`
}

type ref struct {
	Shape           string
	Location        string
	LocationName    string
	Flattened       bool
	Streaming       bool
	XMLAttribute    bool      `json:"xmlAttribute"`
	XMLNamespace    namespace `json:"xmlNamespace"`
	TimestampFormat string
}

// namespace is an object with a URI, or in some models the bare URI.
type namespace struct{ URI, Prefix string }

func (n *namespace) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &n.URI)
	}
	type plain namespace
	return json.Unmarshal(b, (*plain)(n))
}

func parseModel(data []byte) (*model, error) {
	m := new(model)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return m, nil
}

// rest reports whether requests are told apart by method and URI.
func (m *model) rest() bool {
	if len(m.Metadata.Protocols) == 0 {
		return strings.HasPrefix(m.Metadata.Protocol, "rest-")
	}
	for _, p := range m.Metadata.Protocols {
		if !strings.HasPrefix(p, "rest-") {
			return false
		}
	}
	return true
}

func (m *model) shape(name string) (*shapeDef, error) {
	if s := m.Shapes[name]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("model has no shape %q", name)
}

func (s *shapeDef) requires(member string) bool {
	for _, r := range s.Required {
		if r == member {
			return true
		}
	}
	return false
}

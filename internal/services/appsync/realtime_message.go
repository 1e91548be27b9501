package appsync

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// message is what a client sends.
type message struct {
	kind          string
	id            string
	data          string   // of start: the request, as JSON
	authorization *vtl.Map // of start
}

var errMessage = errors.New("the message is no JSON object with a type")

// parseMessage reads a frame.
func parseMessage(frame string) (m message, err error) {
	v, err := vtl.ParseJSON(frame)
	if err != nil {
		return m, errMessage
	}
	var ok bool
	if m.kind, ok = property(v, "type").(string); !ok {
		return m, errMessage
	}
	m.id, _ = property(v, "id").(string)
	payload := property(v, "payload")
	m.data, _ = property(payload, "data").(string)
	m.authorization, _ = property(property(payload, "extensions"), "authorization").(*vtl.Map)
	return m, nil
}

// parseHeader reads the headers that a client gives in base64, of either
// alphabet, padded or not.
func parseHeader(text string) (*vtl.Map, error) {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the header is not base64")
	}
	v, err := vtl.ParseJSON(string(b))
	m, ok := v.(*vtl.Map)
	if err != nil || !ok {
		return nil, errors.New("the header is no JSON object")
	}
	return m, nil
}

// plain writes a message that has an id at most.
func plain(kind, id string) []byte {
	b := append([]byte(`{"type":`), quoted(kind)...)
	if id != "" {
		b = append(append(b, `,"id":`...), quoted(id)...)
	}
	return append(b, '}')
}

// event writes a message that carries an answer.
func event(id string, answer []byte) []byte {
	b := append(make([]byte, 0, len(answer)+64), `{"id":`...)
	b = append(b, quoted(id)...)
	b = append(b, `,"type":"data","payload":`...)
	return append(append(b, answer...), '}')
}

// problem writes a message that carries an error.
func problem(kind, id string, payload any) []byte {
	m := vtl.NewMap()
	if id != "" {
		m.Put("id", id)
	}
	m.Put("type", kind)
	m.Put("payload", payload)
	return appendValue(nil, m)
}

func quoted(s string) []byte { return appendValue(nil, s) }

// errorsOf is a payload with one error. A code of 0 is left out.
func errorsOf(kind, message string, code int) any {
	e := vtl.NewMap()
	if kind != "" {
		e.Put("errorType", kind)
	}
	if code != 0 {
		e.Put("errorCode", int64(code))
	}
	e.Put("message", message)
	p := vtl.NewMap()
	p.Put("errors", vtl.NewList(e))
	return p
}

// limitError is the one error that AppSync sends without a list around it.
func limitError(kind, message string) any {
	e := vtl.NewMap()
	e.Put("errorType", kind)
	e.Put("message", message)
	p := vtl.NewMap()
	p.Put("errors", e)
	return p
}

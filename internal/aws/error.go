package aws

import (
	"fmt"
	"net/http"
)

// Error is an error a client may see. Any other error becomes
// InternalFailure and its text goes only to the log.
type Error struct {
	Code    string // as the service's own API documents it: "NotFoundException", "NoSuchKey"
	Status  int    // HTTP status
	Message string
	Fields  []Field     // further members of the error body, in order
	Header  http.Header // further response headers
}

// Field is a further member of an error body. Value is a string, or a value
// that the protocol's encoder can write.
type Field struct {
	Name  string
	Value any
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an *Error.
func Errorf(status int, code, format string, args ...any) *Error {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	return &Error{Code: code, Status: status, Message: msg}
}

// With returns a copy of e with one more field in its body.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{name, value})
	return &c
}

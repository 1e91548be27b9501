package appsyncjs

import (
	"errors"
	"fmt"
	"strings"
)

// ErrLimit is what errors of code wrap that went on for too long or made too much.
var ErrLimit = errors.New("the code exceeds a limit")

// Types of CodeError.
const (
	ParseError = "PARSE_ERROR"
	LintError  = "LINT_ERROR"
)

// CodeError is one thing that is wrong with code before it runs, of the shape
// that AppSync's API has.
type CodeError struct {
	Type   string // ParseError or LintError
	Value  string // what it is, with its place
	Line   int    // from 1
	Column int    // from 1
	Span   int    // how many characters it covers
}

// CodeErrors are the error of Compile, in the order of the code.
type CodeErrors []CodeError

func (e CodeErrors) Error() string {
	values := make([]string, len(e))
	for i := range e {
		values[i] = strings.TrimSpace(e[i].Value)
	}
	return strings.Join(values, "; ")
}

// Error is an error that code ran into, or an uncaught value.
type Error struct {
	Line, Column int // from 1; 0 where there is no place
	Message      string
	cause        error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("code.js:%d:%d: %s", e.Line, e.Column, e.Message)
}

// Unwrap returns ErrLimit or the error of the context, if that ended the code.
func (e *Error) Unwrap() error { return e.cause }

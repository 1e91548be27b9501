package vtl

import (
	"errors"
	"fmt"
)

// ErrLimit is what errors of templates wrap that went on for too long or grew too big.
var ErrLimit = errors.New("the template exceeds a limit")

// Error says what is wrong with a template, and where.
type Error struct {
	Template     string // name given to Parse
	Line, Column int    // from 1; columns count characters
	Message      string
	cause        error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s at %s[line %d, column %d]", e.Message, e.Template, e.Line, e.Column)
}

// Unwrap returns ErrLimit or the error of the context, if that ended the template.
func (e *Error) Unwrap() error { return e.cause }

// FieldError is an error that a template raises itself, of the shape that
// GraphQL answers have. No Type means that errorType is null.
type FieldError struct {
	Message string
	Type    string
	Data    any
	Info    any
}

// Thrown is the error of Execute where the template called $util.error,
// $util.unauthorized or a $util.validate that did not hold.
type Thrown struct {
	FieldError
}

func (e *Thrown) Error() string { return e.Message }

// fault is an error that does not know its place yet.
type fault struct {
	message string
	cause   error
}

func (f *fault) Error() string { return f.message }

func (f *fault) Unwrap() error { return f.cause }

func faultf(format string, args ...any) error {
	return &fault{message: fmt.Sprintf(format, args...)}
}

func limitf(format string, args ...any) error {
	return &fault{message: fmt.Sprintf(format, args...), cause: ErrLimit}
}

// place is the line and column of an offset in text.
func place(text string, pos int) (line, column int) {
	line, column = 1, 1
	for i, c := range text {
		if i >= pos {
			break
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}

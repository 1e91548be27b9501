package vtl

import (
	"context"
	"io"
	"time"
)

// IDs is where identifiers and chance come from; *aws.IDs is one.
type IDs interface {
	io.Reader
	UUID() string
}

// Env is the world of one execution.
type Env struct {
	// Now is the time of day. The clock may move between two calls.
	Now func() time.Time
	IDs IDs

	// AuthType is what $util.authType() answers.
	AuthType string
	// ParentType and Field are named when the template denies access.
	ParentType, Field string

	// Extension answers the methods of $extensions, such as
	// setSubscriptionFilter. Nil refuses them all.
	Extension func(name string, args []any) (any, error)

	Limits Limits
}

// Limits bound an execution. A zero field means the default.
type Limits struct {
	Steps      int // things done; default 1,000,000
	Output     int // bytes of the output; default 5 MiB, as AppSync has
	Memory     int // bytes of strings and lists made, at a rough count; default 64 MiB
	Iterations int // of one #foreach; default 1,000, as AppSync has
	Depth      int // of macros and blocks that call each other; default 20, as Velocity has
}

func (l Limits) orDefaults() Limits {
	or := func(n, otherwise int) int {
		if n == 0 {
			return otherwise
		}
		return n
	}
	return Limits{
		Steps:      or(l.Steps, 1_000_000),
		Output:     or(l.Output, 5<<20),
		Memory:     or(l.Memory, 64<<20),
		Iterations: or(l.Iterations, 1000),
		Depth:      or(l.Depth, 20),
	}
}

// Result is what an execution leaves behind, also when it ends with an error.
type Result struct {
	Output string

	// Returned is the value of #return, and Early whether there was one.
	Returned any
	Early    bool

	Errors  []FieldError // of $util.appendError, in order
	Logs    []Log
	Headers []Header // of $util.http.addResponseHeader, in order
}

// Log is a line that the template wrote.
type Log struct {
	Level   string // INFO, DEBUG or ERROR
	Message string
}

// Header is a header that the template adds to the response.
type Header struct {
	Name, Value string
}

// Execute runs the template with variables such as ctx. Maps and lists among
// them are the template's to change. The error is an *Error, or a *Thrown
// where the template gave up by itself.
func (t *Template) Execute(ctx context.Context, env Env, vars map[string]any) (Result, error) {
	r := &run{ctx: ctx, t: t, env: &env, limits: env.Limits.orDefaults(), slots: make([]any, len(t.slots))}
	for name, v := range vars {
		if i, ok := t.slots[name]; ok {
			r.slots[i] = v
		}
	}
	for _, name := range [...]string{"util", "utils", "extensions"} {
		if i, ok := t.slots[name]; ok && r.slots[i] == nil {
			r.slots[i] = families[name]
		}
	}
	_, err := r.exec(t.nodes)
	r.result.Output = string(r.out)
	return r.result, err
}

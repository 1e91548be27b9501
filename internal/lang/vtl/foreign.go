package vtl

import "context"

// Util is $util for another language that AppSync gives the same one to:
// its methods take and return values of this language, and share one
// execution's limits. It is not for use by many at a time.
type Util struct{ r *run }

// NewUtil returns the $util of one execution.
func NewUtil(ctx context.Context, env Env) *Util {
	u := &Util{&run{ctx: ctx, limits: env.Limits.orDefaults()}}
	u.r.env = &env
	return u
}

// Call calls a method of a family such as util.time. As in templates, nil
// answers for methods and arguments that do not fit. The error is a *Thrown
// where the method gives up the execution.
func (u *Util) Call(group, method string, args ...any) (any, error) {
	if err := u.r.step(1); err != nil {
		return nil, err
	}
	return family(group).call(u.r, method, args)
}

// Log keeps a line of the log.
func (u *Util) Log(l Log) error {
	u.r.result.Logs = append(u.r.result.Logs, l)
	return u.r.grow(64 + len(l.Message))
}

// Result is what the calls have left behind so far.
func (u *Util) Result() Result { return u.r.result }

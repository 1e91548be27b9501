package lambda

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/logwriter"
)

// stream returns what takes the lines of a new instance.
func (s *Service) stream(scope aws.Scope, v *version, name string) func([]byte) {
	to := logwriter.Stream{Scope: scope, Role: v.Role, Group: v.LogGroup, Name: name}
	return func(text []byte) { s.lines.Write(to, s.Clock.Now(), string(text)) }
}

// actAsLogger is the call by which lines are written. Where the execution role
// may not, there is no log, as on AWS.
func (s *Service) actAsLogger(ctx context.Context, to logwriter.Stream) (*aws.Call, error) {
	p, err := s.assume(ctx, to.Scope, to.Role, "logs")
	if err != nil {
		return nil, err
	}
	c := s.call(to.Scope)
	c.Principal = p
	return c, nil
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return e.Code
	}
	return ""
}

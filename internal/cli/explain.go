package cli

import (
	"fmt"

	"github.com/niebla-cloud/niebla/internal/admin"
)

type explainCmd struct {
	endpoint
	ID string `arg:"" name:"request-id" help:"The request: x-amzn-RequestId or x-amz-request-id of its answer, or from niebla logs."`
}

func (explainCmd) Help() string {
	return `Shows who asked for what, every policy that was looked at, and the statement
that decided.

Example:
  niebla explain 6f1b8c9e-4a11-4d0e-9a53-0d1f3c1f7a52

Exit status: 0; 1 the request is not among the latest, or nothing answers.`
}

func (c *explainCmd) Run(a *app) error {
	var e admin.Explanation
	if err := c.get(a.ctx, "/_niebla/requests/"+c.ID, &e); err != nil {
		return err
	}
	fmt.Fprintln(a.out, format(e.Line))
	who := e.Principal
	if who == "" {
		who = "nobody (the request was not signed)"
	}
	fmt.Fprintf(a.out, "  who      %s\n", who)
	if e.Action != "" {
		fmt.Fprintf(a.out, "  action   %s\n  resource %s\n", e.Action, e.Resource)
	}
	switch {
	case e.Allowed == nil:
		fmt.Fprintf(a.out, "  decision none was needed or reached\n")
	case *e.Allowed:
		fmt.Fprintf(a.out, "  decision allowed\n")
	default:
		fmt.Fprintf(a.out, "  decision denied\n")
	}
	if e.Reason != "" {
		fmt.Fprintf(a.out, "  why      %s\n", e.Reason)
	}
	if d := e.Decided; d != nil {
		fmt.Fprintf(a.out, "  decided  %s\n", describe(*d))
	}
	for _, s := range e.Trace {
		fmt.Fprintf(a.out, "  looked at %s on %s: %s\n", s.Action, s.Resource, describe(s))
	}
	return nil
}

func describe(s admin.Step) string {
	text := fmt.Sprintf("%s %q: %s", s.Kind, s.Policy, s.Effect)
	if s.Statement >= 0 {
		text += fmt.Sprintf(" by statement %d", s.Statement)
		if s.Sid != "" {
			text += " (" + s.Sid + ")"
		}
	}
	return text
}

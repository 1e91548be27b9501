package cli

import (
	"fmt"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
)

type clockCmd struct {
	Show    clockShowCmd    `cmd:"" default:"1" help:"Print the cloud's time."`
	Advance clockAdvanceCmd `cmd:"" help:"Move the clock forward; what is due in between happens, in order."`
}

func (clockCmd) Help() string {
	return `One clock moves everything: schedules, items' time to live, tokens, caches, alarms.
Only signatures of requests go by the clock of those who sign them.

Examples:
  niebla clock
  niebla clock advance 24h

Exit status: 0 done; 1 nothing answers, or the clock could not be moved.`
}

type clockShowCmd struct{ endpoint }

func (clockShowCmd) Help() string {
	return `Example:
  niebla clock

Exit status: 0 done; 1 nothing answers.`
}

func (c *clockShowCmd) Run(a *app) error {
	var t admin.Time
	if err := c.get(a.ctx, "/_niebla/clock", &t); err != nil {
		return err
	}
	fmt.Fprintln(a.out, t.Now.Format(time.RFC3339))
	return nil
}

type clockAdvanceCmd struct {
	endpoint
	By time.Duration `arg:"" help:"By how much, such as 90s, 15m or 24h."`
}

func (clockAdvanceCmd) Help() string {
	return `Example:
  niebla clock advance 24h            # the daily schedule fires

Exit status: 0 done; 1 nothing answers, or the clock could not be moved; 2 wrong command line.`
}

func (c *clockAdvanceCmd) Run(a *app) error {
	var t admin.Time
	if err := c.post(a.ctx, "/_niebla/clock", admin.Move{Advance: c.By.String()}, &t); err != nil {
		return err
	}
	fmt.Fprintln(a.out, t.Now.Format(time.RFC3339))
	return nil
}

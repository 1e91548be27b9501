package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
	"github.com/niebla-cloud/niebla/internal/fault"
)

type faultCmd struct {
	Throttle  faultThrottleCmd  `cmd:"" help:"Refuse requests as too many."`
	Error     faultErrorCmd     `cmd:"" help:"Fail requests."`
	Latency   faultLatencyCmd   `cmd:"" help:"Let requests wait."`
	Duplicate faultDuplicateCmd `cmd:"" help:"Deliver stream records twice."`
	List      faultListCmd      `cmd:"" help:"List the faults in force."`
	Clear     faultClearCmd     `cmd:"" help:"End a fault, or all."`
}

const faultHelp = `Faults are forgotten when the cloud stops. --for goes by the cloud's clock.

Examples:
  niebla fault throttle dynamodb --operation PutItem --rate 0.5
  niebla fault error s3 --code InternalError --status 500 --count 3
  niebla fault latency appsync 2s --for 5m
  niebla fault duplicate dynamodb
  niebla fault clear

Exit status: 0 done; 1 nothing answers, or there is no such fault; 2 wrong command line.`

func (faultCmd) Help() string          { return faultHelp }
func (faultThrottleCmd) Help() string  { return faultHelp }
func (faultErrorCmd) Help() string     { return faultHelp }
func (faultLatencyCmd) Help() string   { return faultHelp }
func (faultDuplicateCmd) Help() string { return faultHelp }
func (faultListCmd) Help() string      { return faultHelp }
func (faultClearCmd) Help() string     { return faultHelp }

// struck is what a new fault strikes.
type struck struct {
	endpoint
	Service   string        `arg:"" help:"Service as signatures name it: dynamodb, s3, lambda, appsync, monitoring."`
	Operation string        `help:"One operation only." placeholder:"NAME"`
	Rate      float64       `help:"Part of the requests that is struck." default:"1"`
	Count     int           `help:"How many are struck; without end unless given." placeholder:"N"`
	For       time.Duration `help:"How long it lasts; until it is cleared unless given." placeholder:"5m"`
}

func (s *struck) add(a *app, r fault.Rule) error {
	r.Service, r.Operation, r.Rate, r.Count = s.Service, s.Operation, s.Rate, s.Count
	if s.For > 0 {
		var t admin.Time
		if err := s.get(a.ctx, "/_niebla/clock", &t); err != nil {
			return err
		}
		r.Until = t.Now.Add(s.For)
	}
	if err := s.post(a.ctx, "/_niebla/faults", r, &r); err != nil {
		return err
	}
	fmt.Fprintln(a.out, r.ID)
	return nil
}

type faultThrottleCmd struct{ struck }

func (c *faultThrottleCmd) Run(a *app) error { return c.add(a, fault.Rule{Kind: fault.Throttle}) }

type faultErrorCmd struct {
	struck
	Code   string `help:"Error code." default:"InternalFailure"`
	Status int    `help:"HTTP status." default:"500"`
}

func (c *faultErrorCmd) Run(a *app) error {
	return c.add(a, fault.Rule{Kind: fault.Error, Code: c.Code, Status: c.Status})
}

type faultLatencyCmd struct {
	struck
	Pause time.Duration `arg:"" help:"How long requests wait, such as 800ms."`
}

func (c *faultLatencyCmd) Run(a *app) error {
	return c.add(a, fault.Rule{Kind: fault.Latency, Latency: c.Pause})
}

type faultDuplicateCmd struct{ struck }

func (c *faultDuplicateCmd) Run(a *app) error { return c.add(a, fault.Rule{Kind: fault.Duplicate}) }

type faultListCmd struct{ endpoint }

func (c *faultListCmd) Run(a *app) error {
	var rules []fault.Rule
	if err := c.get(a.ctx, "/_niebla/faults", &rules); err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, r := range rules {
		operation, details := r.Operation, ""
		if operation == "" {
			operation = "*"
		}
		switch r.Kind {
		case fault.Error:
			details = fmt.Sprintf("%s %d", r.Code, r.Status)
		case fault.Latency:
			details = r.Latency.String()
		}
		if r.Rate < 1 {
			details += fmt.Sprintf(" rate %g", r.Rate)
		}
		if r.Count > 0 {
			details += fmt.Sprintf(" %d left", r.Count)
		}
		if !r.Until.IsZero() {
			details += " until " + r.Until.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s.%s\t%s\n", r.ID, r.Kind, r.Service, operation, details)
	}
	return w.Flush()
}

type faultClearCmd struct {
	endpoint
	ID string `arg:"" optional:"" help:"The fault to end; all unless given."`
}

func (c *faultClearCmd) Run(a *app) error {
	path := "/_niebla/faults"
	if c.ID != "" {
		path += "/" + c.ID
	}
	body, err := c.call(a.ctx, "DELETE", path)
	if err != nil {
		return err
	}
	return body.Close()
}

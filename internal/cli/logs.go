package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
)

type logsCmd struct {
	endpoint
	keys
	Follow  bool          `help:"Go on with what comes." short:"f"`
	Number  int           `help:"How many of the latest." short:"n" default:"50"`
	Errors  bool          `help:"Only requests that failed."`
	JSON    bool          `help:"One JSON object a line." name:"json"`
	Group   string        `help:"Show the events of this log group instead of requests." placeholder:"NAME"`
	Since   time.Duration `help:"How far back a log group is shown." default:"1h"`
	Filter  string        `arg:"" optional:"" help:"Only lines that contain this: an operation, a bucket, a request's id. Of a log group, a filter pattern. What begins with /aws/ is a log group itself."`
	Pattern string        `arg:"" optional:"" help:"The filter pattern, after a log group."`
}

func (logsCmd) Help() string {
	return `The latest 4,096 requests are remembered. Log groups are those of CloudWatch
Logs: what functions print, for one.

Examples:
  niebla logs -f
  niebla logs --errors -n 500
  niebla logs dynamodb.PutItem
  niebla logs -f /aws/lambda/ProcessProfilePhoto
  niebla logs --group app --since 24h '{ $.level = "error" }'

Exit status: 0; 1 nothing answers, or there is no such log group; 2 wrong command line.`
}

func (c *logsCmd) Run(a *app) error {
	if c.Group == "" && strings.HasPrefix(c.Filter, "/aws/") {
		c.Group, c.Filter, c.Pattern = c.Filter, c.Pattern, ""
	}
	if c.Pattern != "" {
		return usage{errors.New("only one filter is taken: put quotes around it")}
	}
	if c.Group != "" {
		return c.group(a, c.Group)
	}
	q := url.Values{"n": {fmt.Sprint(c.Number)}}
	if c.Follow {
		q.Set("follow", "1")
	}
	body, err := c.call(a.ctx, "GET", "/_niebla/requests?"+q.Encode())
	if err != nil {
		return err
	}
	defer body.Close()
	for dec := json.NewDecoder(body); ; {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			if errors.Is(err, io.EOF) || a.ctx.Err() != nil {
				return nil
			}
			return err
		}
		var l admin.Line
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		text := format(l)
		if c.JSON {
			text = string(raw)
		}
		if (!c.Errors || l.Status >= 400) && strings.Contains(text, c.Filter) {
			fmt.Fprintln(a.out, text)
		}
	}
}

func format(l admin.Line) string {
	what := l.Method + " " + l.Target
	if l.Operation != "" {
		what = l.Service + "." + l.Operation
		if l.Target != "/" {
			what += " " + l.Target
		}
	}
	s := fmt.Sprintf("%s %3d %7.1fms %s %s", l.Time.Local().Format("15:04:05.000"), l.Status, l.Millis, l.ID, what)
	if l.Error != "" {
		s += " " + l.Error + ": " + l.Message
	}
	if len(l.Ignored) > 0 {
		s += " (not acted on: " + strings.Join(l.Ignored, ", ") + ")"
	}
	return s
}

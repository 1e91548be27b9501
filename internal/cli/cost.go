package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"github.com/niebla-cloud/niebla/internal/cost"
)

type costCmd struct {
	endpoint
	Month    string `help:"The month to bill, such as 2026-11; by default the one that is." placeholder:"YYYY-MM"`
	List     bool   `help:"List prices: nothing is free."`
	Workload string `help:"Price what this file says instead of what was used." type:"existingfile" placeholder:"FILE"`
	Markdown bool   `help:"Write a workload's bill as Markdown."`
	JSON     bool   `help:"Write the bill as JSON." name:"json"`
}

func (costCmd) Help() string {
	return `What the cloud's use would have cost on AWS, at list prices of September and
October 2026 in us-east-1 and eu-west-3, without tax. What AWS always gives free
is taken off, unless --list is given. The source of each price is marked: PL from
AWS' price list, OP from its pricing pages, 3P from others, K not checked.

Examples:
  niebla cost
  niebla cost --month 2026-10 --list
  niebla cost --workload docs/cost-biihlive.json

Exit status: 0; 1 nothing answers, or the workload is wrong; 2 wrong command line.`
}

func (c *costCmd) Run(a *app) error {
	if c.Workload != "" {
		return c.workload(a.out)
	}
	q := url.Values{}
	if c.Month != "" {
		if _, err := time.Parse("2006-01", c.Month); err != nil {
			return usage{fmt.Errorf("the month %q is not one such as 2026-11", c.Month)}
		}
		q.Set("month", c.Month)
	}
	if c.List {
		q.Set("list", "1")
	}
	var lines []cost.Line
	if err := c.get(a.ctx, "/_niebla/cost?"+q.Encode(), &lines); err != nil {
		return err
	}
	return c.print(a.out, lines)
}

func (c *costCmd) workload(out io.Writer) error {
	text, err := os.ReadFile(c.Workload)
	if err != nil {
		return err
	}
	w, err := cost.ParseWorkload(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Workload, err)
	}
	if c.Markdown {
		_, err := io.WriteString(out, w.Markdown())
		return err
	}
	return c.print(out, w.Bill(!c.List))
}

// print writes a bill by service.
func (c *costCmd) print(out io.Writer, lines []cost.Line) error {
	if c.JSON {
		return json.NewEncoder(out).Encode(lines)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	service := ""
	for i, l := range lines {
		if l.Service != service {
			service = l.Service
			sum := 0.0
			for _, m := range lines[i:] {
				if m.Service == service {
					sum += m.USD
				}
			}
			fmt.Fprintf(t, "%s\t\t\t%s USD\n", service, cost.Dollars(sum))
		}
		free := ""
		if l.Free > 0 {
			free = ", " + cost.Amount(l.Free) + " free"
		}
		fmt.Fprintf(t, "  %s, %s\t%s %s%s\tat %v [%s]\t%s\n", l.Title, l.Region, cost.Amount(l.Quantity), l.Unit, free, l.Price, l.Mark, cost.Dollars(l.USD))
	}
	fmt.Fprintf(t, "Together\t\t\t%s USD\n", cost.Dollars(cost.Total(lines)))
	return t.Flush()
}

package cost

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// Workload is a month that somebody wrote down: what is used, and what they
// or others think that it costs.
type Workload struct {
	Title  string     `json:"title"`
	Region aws.Region `json:"region"`
	Lines  []Part     `json:"lines"`
}

// Part is one line of a workload.
type Part struct {
	Says  string             `json:"says"`  // the estimate, as it was written
	USD   float64            `json:"usd"`   // the figure in it
	Usage map[string]float64 `json:"usage"` // by "product/unit", as the meter counts
	Basis string             `json:"basis"` // what the usage rests on
	Why   string             `json:"why"`   // why the figures differ
}

// ParseWorkload reads a workload, and refuses what it could not price.
func ParseWorkload(text []byte) (*Workload, error) {
	var w Workload
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("not a workload: %w", err)
	}
	if w.Region == "" || len(w.Lines) == 0 {
		return nil, errors.New("a workload has a region and lines")
	}
	for i, p := range w.Lines {
		for name, n := range p.Usage {
			item, ok := itemOf(name)
			if _, priced := prices[item]; !ok || !priced {
				return nil, fmt.Errorf("line %d uses %q, which has no price", i+1, name)
			}
			if !(n >= 0) || n > 1e18 {
				return nil, fmt.Errorf("line %d uses %v of %s", i+1, n, name)
			}
		}
	}
	return &w, nil
}

func itemOf(name string) (meter.Item, bool) {
	product, unit, ok := strings.Cut(name, "/")
	return meter.Item{Product: product, Unit: unit}, ok
}

// usage is what a part uses.
func (w *Workload) usage(p *Part) (list []Usage) {
	for _, name := range slices.Sorted(maps.Keys(p.Usage)) {
		item, _ := itemOf(name)
		list = append(list, Usage{w.Region, item, p.Usage[name]})
	}
	return list
}

// Markdown writes a workload's bill as a page's tables: line by line beside
// the estimate, and then each item.
func (w *Workload) Markdown() string {
	var b strings.Builder
	b.WriteString("| line | its figure | list price | after what is always free |\n|---|---:|---:|---:|\n")
	var estimate, list, paid float64
	for i := range w.Lines {
		p := &w.Lines[i]
		full, after := Total(Bill(w.usage(p), false)), Total(Bill(w.usage(p), true))
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", p.Says, Dollars(p.USD), Dollars(full), Dollars(after))
		estimate, list, paid = estimate+p.USD, list+full, paid+after
	}
	fmt.Fprintf(&b, "| **together** | **%s** | **%s** | **%s** |\n", Dollars(estimate), Dollars(list), Dollars(paid))
	for i := range w.Lines {
		p := &w.Lines[i]
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| item | quantity | price | source | list | free | paid |\n|---|---:|---:|---|---:|---:|---:|\n", p.Says, p.Basis)
		full, after := Bill(w.usage(p), false), Bill(w.usage(p), true)
		for j := range full {
			l, a := &full[j], &after[j]
			fmt.Fprintf(&b, "| %s | %s %s | %v | %s | %s | %s | %s |\n", l.Title, Amount(l.Quantity), l.Unit, l.Price, l.Mark, Dollars(l.USD), Amount(a.Free), Dollars(a.USD))
		}
		fmt.Fprintf(&b, "\n%s\n", p.Why)
	}
	return b.String()
}

// Bill is the whole workload as one bill.
func (w *Workload) Bill(free bool) []Line {
	var all []Usage
	for i := range w.Lines {
		all = append(all, w.usage(&w.Lines[i])...)
	}
	return Bill(all, free)
}

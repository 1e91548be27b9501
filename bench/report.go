package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// report is what a run found.
type report struct {
	figures []figure
	loads   []loaded
}

// figure is one thing that was measured, and what it should be.
type figure struct{ name, value, want string }

// loaded is what one server did under one load.
type loaded struct {
	load, server string
	result
	cpu time.Duration // of the server, for each request
}

// add notes a figure, and tells it at once: a long run may be ended before its report.
func (r *report) add(name, want, format string, args ...any) {
	f := figure{name, fmt.Sprintf(format, args...), want}
	fmt.Fprintf(os.Stderr, "%s: %s\n", f.name, f.value)
	r.figures = append(r.figures, f)
}

// text prints the report for a terminal.
func (r *report) text(w io.Writer) {
	for _, f := range r.figures {
		fmt.Fprintf(w, "%-52s %-28s %s\n", f.name, f.value, f.want)
	}
	fmt.Fprintf(w, "\n%-44s %-10s %9s %10s %10s %9s\n", "load", "server", "per s", "p50", "p99", "CPU/req")
	for _, l := range r.loads {
		fmt.Fprintf(w, "%-44s %-10s %9.0f %10s %10s %7dus\n", l.load, l.server, l.perSecond, short(l.p50), short(l.p99), l.cpu.Microseconds())
	}
}

// markdown prints it for docs/performance.md.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintln(w, "| what | measured | wanted |\n|---|---|---|")
	for _, f := range r.figures {
		fmt.Fprintf(w, "| %s | %s | %s |\n", f.name, f.value, f.want)
	}
	fmt.Fprintln(w, "\n| load | server | per s | p50 | p99 | CPU per request |\n|---|---|---:|---:|---:|---:|")
	for _, l := range r.loads {
		fmt.Fprintf(w, "| %s | %s | %.0f | %s | %s | %d µs |\n", l.load, l.server, l.perSecond, short(l.p50), short(l.p99), l.cpu.Microseconds())
	}
}

func short(d time.Duration) string {
	to := time.Microsecond
	if d > 10*time.Millisecond {
		to = 100 * time.Microsecond
	}
	return strings.Replace(d.Round(to).String(), "µ", "u", 1)
}

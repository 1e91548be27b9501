// Command seed fills a Biihlive with a network of made-up members: profiles,
// who follows whom, conversations and photos, and on demand accounts to log in
// with. It only goes into stacks for trials.
//
// Invariants:
//   - A second run with the same options changes nothing (TestSeed).
//   - Nobody's counters are written here: the stream counts, and the run waits for it (TestWait).
//   - Both languages say everything (TestWords, TestHelp).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/network"
)

// Exit statuses, explained in the help.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	c := console{out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now,
		live: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb"}
	os.Exit(c.run(ctx, os.Args[1:]))
}

// A console is what the command has of the world.
type console struct {
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
	live     bool // err is a terminal that can redraw lines
}

// run is the command; it gives the exit status.
func (c console) run(ctx context.Context, args []string) int {
	w := &english
	if spanishSpoken(args, c.getenv) {
		w = &spanish
	}
	o, err := parse(args, w)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(c.out, w.help)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(c.err, "biihlive-seed: %v\n%s\n", err, w.seeHelp)
		return exitUsage
	}
	n := network.Make(o.seed, o.users, o.accounts)
	p := &progress{out: c.err, live: c.live && !o.plain, now: c.now, said: c.now()}
	f, err := newFiller(ctx, o, n, w, p)
	if err == nil {
		err = f.run(ctx)
	}
	p.clear()
	if ctx.Err() != nil {
		fmt.Fprintln(c.err, w.interrupted)
		return exitInterrupted
	}
	if err != nil {
		fmt.Fprintf(c.err, "biihlive-seed: %s\n", strings.Join(strings.Fields(err.Error()), " "))
		return exitFailed
	}
	c.report(o, n, f.written, w)
	return exitOK
}

func (c console) report(o options, n *network.Network, written int, w *words) {
	text := w.summary
	if o.dryRun {
		text = w.drySummary
	}
	fmt.Fprintf(c.out, text+"\n", len(n.Members), len(n.Follows), len(n.Messages), written)
	for _, m := range n.Members {
		if m.Account {
			fmt.Fprintf(c.out, "  %s  %s\n", m.Email(), password)
		}
	}
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cloud"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/locale"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
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
	c := console{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now,
		live: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb"}
	os.Exit(c.run(ctx, os.Args[1:]))
}

// A console is what the command has of the world.
type console struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
	live     bool // err is a terminal that can redraw lines
	words    *words
}

// run is the command; it gives the exit status.
func (c console) run(ctx context.Context, args []string) int {
	c.words = wordsFor(locale.Spanish(args, c.getenv))
	o, err := parse(args, c.in, c.words)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(c.out, c.words.help)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(c.err, "fog-seed: %v\n%s\n", err, c.words.seeHelp)
		return exitUsage
	}
	paths, err := songFiles(o.folder)
	if err != nil {
		return c.fail(err)
	}
	if len(paths) == 0 {
		return c.fail(fmt.Errorf(c.words.noSongs, o.folder))
	}
	return c.seed(ctx, o, paths)
}

// seed brings the files into the cloud and tells how it went.
func (c console) seed(ctx context.Context, o options, paths []string) int {
	store, err := cloud.New(ctx, o.cloud)
	if err != nil {
		return c.fail(err)
	}
	keyARN, err := store.Check(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return exitInterrupted
		}
		return c.fail(err)
	}
	w := c.watcher(o.plain)
	start := c.now()
	s := seeding.Seeder{
		Cloud: store, Mode: o.mode, KMSKey: keyARN, ChunkSize: o.chunkSize, Jobs: o.jobs, DryRun: o.dryRun,
		Now: c.now, Random: rand.Reader, Watcher: w,
	}
	results, err := s.Run(ctx, paths)
	w.finish()
	return c.report(results, o, c.now().Sub(start), err != nil)
}

func (c console) fail(err error) int {
	fmt.Fprintf(c.err, "fog-seed: %s\n", c.words.explain(err))
	return exitFailed
}

// finisher is a watcher with something to clean up on the screen.
type finisher interface {
	seeding.Watcher
	finish()
}

func (c console) watcher(plain bool) finisher {
	if c.live && !plain {
		return newBars(c.err, c.words)
	}
	return &lines{out: c.err, words: c.words, now: c.now}
}

// colour tells whether the report may be coloured: https://no-color.org.
func (c console) colour() bool { return c.live && c.getenv("NO_COLOR") == "" }

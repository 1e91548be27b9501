package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// A tally counts outcomes and bytes.
type tally struct {
	count [seeding.Failed + 1]int
	bytes int64 // of the audio and covers that were, or would be, sent
}

func count(results []*seeding.Result) tally {
	var t tally
	for _, r := range results {
		t.count[r.Outcome]++
		switch r.Outcome {
		case seeding.Pending, seeding.Updated, seeding.Uploaded:
			t.bytes += r.Bytes
		}
	}
	return t
}

// report tells how the run went and gives the exit status.
func (c console) report(results []*seeding.Result, o options, took time.Duration, interrupted bool) int {
	if o.dryRun && !interrupted {
		c.plan(results)
	}
	c.remarks(results)
	c.failures(results)
	t := count(results)
	switch {
	case interrupted:
		fmt.Fprintf(c.out, c.words.interrupted+"\n", t.count[seeding.Pending])
		return exitInterrupted
	case o.dryRun:
		fmt.Fprintf(c.out, c.words.drySummary+"\n", len(results), c.dryCounts(results, t))
	default:
		fmt.Fprintf(c.out, c.words.summary+"\n", len(results), c.counts(t, took))
	}
	if t.count[seeding.Failed] > 0 {
		return exitFailed
	}
	return exitOK
}

func (c console) counts(t tally, took time.Duration) string {
	w := c.words
	var parts []string
	add := func(o seeding.Outcome, name string) {
		if n := t.count[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	add(seeding.Uploaded, w.uploaded)
	add(seeding.Updated, w.updated)
	if t.bytes > 0 {
		parts[len(parts)-1] += " (" + fmt.Sprintf(w.elapsed, size(t.bytes), duration(took)) + ")"
	}
	add(seeding.Unchanged, w.unchanged)
	add(seeding.Duplicate, w.duplicate)
	add(seeding.Failed, w.failed)
	return strings.Join(parts, ", ")
}

func (c console) dryCounts(results []*seeding.Result, t tally) string {
	w := c.words
	var upload, update int
	for _, r := range results {
		switch {
		case r.Outcome == seeding.Pending && r.Need.Audio:
			upload++
		case r.Outcome == seeding.Pending:
			update++
		}
	}
	return fmt.Sprintf("%s %d (%s), %s %d, %s %d, %s %d, %s %d", w.wouldUpload, upload, size(t.bytes), w.wouldUpdate, update,
		w.unchanged, t.count[seeding.Unchanged], w.duplicate, t.count[seeding.Duplicate], w.failed, t.count[seeding.Failed])
}

// plan lists what a run that is not dry would do.
func (c console) plan(results []*seeding.Result) {
	for _, r := range results {
		if r.Outcome != seeding.Pending {
			continue
		}
		verb := c.words.wouldUpdate
		if r.Need.Audio {
			verb = c.words.wouldUpload
		}
		fmt.Fprintf(c.out, "%-15s %s (%s)\n", verb, name(r), size(r.Bytes))
	}
}

// remarks lists what is worth knowing and keeps no song from playing.
func (c console) remarks(results []*seeding.Result) {
	var out []string
	for _, r := range results {
		if r.Outcome == seeding.Duplicate {
			out = append(out, r.Path+": "+fmt.Sprintf(c.words.duplicOf, r.Of))
		}
		for _, warning := range r.Song.Warnings {
			text := c.words.badTags
			if warning.Part == song.Cover {
				text = c.words.badCover
			}
			out = append(out, r.Path+": "+fmt.Sprintf(text, oneLine(warning.Reason.Error())))
		}
	}
	c.list(c.words.remarks, out, "33")
}

func (c console) failures(results []*seeding.Result) {
	var out []string
	for _, r := range results {
		if r.Outcome == seeding.Failed {
			out = append(out, r.Path+": "+c.words.explain(r.Err))
		}
	}
	c.list(c.words.notUploaded, out, "31")
}

// list writes the lines under a heading in an ANSI colour, if there are any.
func (c console) list(heading string, lines []string, colour string) {
	if len(lines) == 0 {
		return
	}
	if c.colour() {
		heading = "\x1b[" + colour + "m" + heading + "\x1b[0m"
	}
	fmt.Fprintf(c.err, "%s\n  %s\n", heading, strings.Join(lines, "\n  "))
}

func name(r *seeding.Result) string { return r.Song.Title + " — " + r.Song.Artist }

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// duration writes a time for people: to the tenth below ten seconds.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

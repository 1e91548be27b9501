package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

// lines shows a run as one line for each pass and for each song sent.
type lines struct {
	out   io.Writer
	words *words
	now   func() time.Time

	mu          sync.Mutex
	start       time.Time
	songs, done int
	bytes, sent int64
}

// Pass implements seeding.Watcher.
func (l *lines) Pass(p seeding.Pass, songs int, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if songs == 0 {
		return
	}
	l.start, l.songs, l.bytes = l.now(), songs, bytes
	fmt.Fprintf(l.out, "%s: %d %s", l.words.passes[p], songs, l.words.songs)
	if bytes > 0 {
		fmt.Fprintf(l.out, ", %s", size(bytes))
	}
	fmt.Fprintln(l.out)
}

// Checked implements seeding.Watcher.
func (l *lines) Checked() {}

// Sending implements seeding.Watcher.
func (l *lines) Sending(r *seeding.Result) seeding.Transfer { return &lineTransfer{l: l, r: r} }

func (l *lines) finish() {}

type lineTransfer struct {
	l    *lines
	r    *seeding.Result
	sent int64
}

// Sent implements seeding.Transfer.
func (t *lineTransfer) Sent(n int64) {
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	t.sent += n
	t.l.sent += n
}

// Done implements seeding.Transfer. What failed does not count as left.
func (t *lineTransfer) Done() {
	l := t.l
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	if t.r.Outcome == seeding.Failed {
		l.bytes -= t.r.Bytes - t.sent
	}
	fmt.Fprintf(l.out, "[%d/%d] %s: %s, %s%s\n", l.done, l.songs, name(t.r), l.words.outcome(t.r.Outcome), size(t.r.Bytes), l.pace())
}

// pace is the rate so far and the time that the rest takes at it.
func (l *lines) pace() string {
	took := l.now().Sub(l.start)
	if l.sent == 0 || took <= 0 {
		return ""
	}
	rate := float64(l.sent) / took.Seconds()
	left := time.Duration(float64(l.bytes-l.sent) / rate * float64(time.Second))
	return fmt.Sprintf(" · %s/s · %s %s", size(int64(rate)), duration(max(0, left)), l.words.left)
}

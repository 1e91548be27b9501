package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

// nameWidth is how much of a song's name is shown beside its bar.
const nameWidth = 34

// bars shows a run as a bar for the pass and one for each song being sent.
type bars struct {
	words *words
	box   *mpb.Progress

	mu   sync.Mutex
	pass *mpb.Bar
	// The pass bar counts bytes, and one more for each song, so that it is
	// full when the last song is registered and not when its bytes left.
	done  atomic.Int64
	songs atomic.Int64
}

func newBars(out io.Writer, w *words) *bars {
	return &bars{words: w, box: mpb.New(mpb.WithOutput(out), mpb.WithWidth(40), mpb.WithAutoRefresh())}
}

// Pass implements seeding.Watcher.
func (b *bars) Pass(p seeding.Pass, songs int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end()
	b.done.Store(0)
	b.songs.Store(0)
	if songs == 0 {
		return
	}
	count := decor.Any(func(decor.Statistics) string { return fmt.Sprintf(" %d/%d", b.songs.Load(), songs) })
	after := []decor.Decorator{count}
	if p == seeding.Sending {
		after = append(after,
			decor.CountersKibiByte("  %.1f / %.1f"), decor.AverageSpeed(decor.SizeB1024(0), "  %.1f"),
			decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 8}), decor.Name(" "+b.words.left))
	}
	options := []mpb.BarOption{
		mpb.BarPriority(1 << 30), // below the songs
		mpb.PrependDecorators(decor.Name(fmt.Sprintf("%-*s", nameWidth, b.words.passes[p]))),
		mpb.AppendDecorators(after...),
	}
	if p != seeding.Sending {
		options = append(options, mpb.BarRemoveOnComplete())
	}
	b.pass = b.box.AddBar(bytes+int64(songs), options...)
}

// end takes away the bar of a pass that did not fill it.
func (b *bars) end() {
	if b.pass != nil {
		b.pass.Abort(true) // of no effect when it is full
		b.pass.Wait()
		b.pass = nil
	}
}

// Checked implements seeding.Watcher.
func (b *bars) Checked() { b.step(1) }

// step fills the pass's bar by a song and the bytes that go with it.
func (b *bars) step(n int64) {
	b.songs.Add(1)
	b.advance(n)
}

func (b *bars) advance(n int64) {
	done := b.done.Add(n)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pass != nil {
		b.pass.SetCurrent(done)
	}
}

// Sending implements seeding.Watcher.
func (b *bars) Sending(r *seeding.Result) seeding.Transfer {
	bar := b.box.AddBar(max(1, r.Bytes),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(fit(name(r), nameWidth))),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.AverageSpeed(decor.SizeB1024(0), "  %.1f")))
	return &barTransfer{b: b, bar: bar, r: r}
}

func (b *bars) finish() {
	b.mu.Lock()
	b.end()
	b.mu.Unlock()
	b.box.Wait()
}

type barTransfer struct {
	b    *bars
	bar  *mpb.Bar
	r    *seeding.Result
	sent atomic.Int64
}

// Sent implements seeding.Transfer.
func (t *barTransfer) Sent(n int64) {
	t.bar.SetCurrent(t.sent.Add(n))
	t.b.advance(n)
}

// Done implements seeding.Transfer. What a failed song did not send counts as
// done, for it is not awaited any more.
func (t *barTransfer) Done() {
	t.bar.Abort(true)
	t.b.step(1 + t.r.Bytes - t.sent.Load())
}

// fit cuts or pads a name to n characters.
func fit(s string, n int) string {
	r := []rune(s)
	if len(r) > n-1 {
		r = append(r[:n-2], '…')
	}
	return fmt.Sprintf("%-*s", n, string(r))
}

package dynamodb

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// TestTwins makes the same calls of a cloud in memory and of one on disk that
// is stopped and started in between. Every answer has to be the same, byte for
// byte, but for identifiers that are drawn.
func TestTwins(t *testing.T) {
	const seeds, length = 3, 600
	stops := 0
	for seed := range uint64(seeds) {
		steps := randomSteps(rand.New(rand.NewPCG(seed, 3)), length)
		if d := compareTwins(t, steps, nil); d != nil {
			d = shrink(t, steps[:d.at+1], nil)
			t.Fatalf("seed %d: after\n%s\nthe cloud in memory answers\n%s\nand the one on disk\n%s", seed, strings.Join(d.steps, "\n"), d.memory, d.disk)
		}
		for _, s := range steps {
			if s == "Restart" {
				stops++
			}
		}
	}
	t.Logf("%d sequences of %d calls, %d restarts, every answer the same", seeds, length, stops)
}

// TestTwinsAreToldApart holds that TestTwins could fail, and that what it shows
// then is short: here the cloud on disk forgets to delete.
func TestTwinsAreToldApart(t *testing.T) {
	forgetful := func(op string) bool { return op == "DeleteItem" }
	steps := randomSteps(rand.New(rand.NewPCG(1, 3)), 200)
	d := compareTwins(t, steps, forgetful)
	if d == nil {
		t.Fatal("nothing was noticed")
	}
	if d = shrink(t, steps[:d.at+1], forgetful); len(d.steps) > 4 {
		t.Errorf("it takes %d calls to show:\n%s", len(d.steps), strings.Join(d.steps, "\n"))
	}
}

// apart is the first answer in which twins differ.
type apart struct {
	at           int
	steps        []string // up to there
	memory, disk string
}

// twin is one of the two clouds.
type twin struct {
	*bench
	dir    string // of the one on disk
	last   string // the last LastEvaluatedKey, as JSON
	backup string // the ARN of the last backup
	starts uint64
	skips  func(op string) bool // what it fails to do
}

// open starts the cloud again at the time at which it was stopped.
func (w *twin) open(t *testing.T) {
	t.Helper()
	now := time.Time{}
	if w.bench != nil {
		now = w.call.Time
		if err := w.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db := store.OpenMemory()
	if w.dir != "" {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		var err error
		if db, err = store.Open(filepath.Join(w.dir, "store")); err != nil {
			t.Fatal(err)
		}
	}
	w.bench = benchOn(db)
	if !now.IsZero() {
		w.call.Time = now
	}
	w.starts++
	w.IDs = aws.NewIDs(newRandom(w.starts))
}

// compareTwins makes the calls of two new clouds, and returns where they first
// differ.
func compareTwins(t *testing.T, steps []string, skips func(op string) bool) *apart {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	memory, disk := &twin{}, &twin{dir: dir, skips: skips}
	defer func() {
		for _, w := range []*twin{memory, disk} {
			if err := w.db.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	memory.open(t)
	disk.open(t)
	for i, s := range steps {
		if s == "Restart" {
			disk.open(t)
			continue
		}
		a, b := memory.step(t, s), disk.step(t, s)
		if a != b {
			return &apart{i, steps[:i+1], a, b}
		}
	}
	return nil
}

// drawn is what differs from one cloud to another.
var drawn = regexp.MustCompile(`("TableId":")[^"]*|(/backup/[0-9]+-)[0-9a-f]+`)

var lastKey = regexp.MustCompile(`"LastEvaluatedKey":(\{(?:[^{}]|\{[^{}]*\})*\})`)

func (w *twin) step(t *testing.T, s string) string {
	op, in, _ := strings.Cut(s, " ")
	if region, ok := strings.CutPrefix(op, "@"); ok {
		here := w.call.Region
		w.call.Region = aws.Region(region)
		defer func() { w.call.Region = here }()
		op, in, _ = strings.Cut(in, " ")
	}
	switch op {
	case "Pass":
		d, err := time.ParseDuration(in)
		if err != nil {
			t.Fatal(err)
		}
		w.pass(t, d)
		return ""
	case "History":
		return w.told(t, in)
	}
	if w.skips != nil && w.skips(op) {
		return "{}"
	}
	if strings.Contains(in, "$last") {
		if w.last == "" {
			return ""
		}
		in = strings.Replace(in, "$last", w.last, 1)
	}
	if strings.Contains(in, "$backup") {
		if w.backup == "" {
			return ""
		}
		in = strings.Replace(in, "$backup", w.backup, 1)
	}
	out, _, err := w.do(op, in)
	if err != nil {
		return drawn.ReplaceAllString(w.errorText(err), "$1$2")
	}
	if op == "CreateBackup" {
		w.backup = partText.FindStringSubmatch(out)[1]
		w.call.Time = w.call.Time.Add(time.Millisecond) // those of one millisecond order by what is drawn
	}
	if op == "Query" || op == "Scan" {
		w.last = ""
	}
	if m := lastKey.FindStringSubmatch(out); m != nil {
		w.last = m[1]
	}
	return drawn.ReplaceAllString(out, "$1$2")
}

// told is what a table's stream tells, in the order in which it happened. The
// numbers differ: each start begins with others.
func (w *twin) told(t *testing.T, table string) string {
	out, _, err := w.do("DescribeTable", fmt.Sprintf(`{"TableName":"%s"}`, table))
	if err != nil || !strings.Contains(out, "LatestStreamArn") {
		return ""
	}
	arn := w.streamOf(t, table)
	if _, _, err := w.do("DescribeStream", fmt.Sprintf(`{"StreamArn":"%s"}`, arn)); err != nil {
		return w.errorText(err) // it was turned off a day ago
	}
	records := w.history(t, arn)
	slices.SortFunc(records, func(a, b streamed) int {
		return cmp.Compare(a.Dynamodb.SequenceNumber, b.Dynamodb.SequenceNumber)
	})
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%s %v %v %v %d %v\n", r.EventName, r.Dynamodb.Keys, r.Dynamodb.OldImage, r.Dynamodb.NewImage, r.Dynamodb.SizeBytes, r.UserIdentity != nil)
	}
	return b.String()
}

// shrink leaves out calls as long as the twins still differ.
func shrink(t *testing.T, steps []string, skips func(op string) bool) *apart {
	t.Helper()
	best := compareTwins(t, steps, skips)
	for size := len(steps) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(best.steps); {
			without := slices.Concat(best.steps[:at], best.steps[at+size:])
			if d := compareTwins(t, without, skips); d != nil {
				best = d
			} else {
				at += size
			}
		}
	}
	return best
}

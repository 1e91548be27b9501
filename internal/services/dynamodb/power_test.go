package dynamodb

import (
	"maps"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/niebla-cloud/niebla/internal/store"
)

// power is a world whose power goes again and again, each time before some write
// or sync of its log or before an object that it puts into S3, in the middle of
// what it does. One thing is done after the other, so a seed gives the same losses
// in every run; TestCrashes has many clients.
type power struct {
	*world
	fs      *vfs.MemFS
	left    atomic.Int64              // until the power goes: writes, syncs and objects
	after   atomic.Pointer[vfs.MemFS] // what is there when it is back
	written int                       // how much of what was not synced is: all or nothing, in percent
	losses  int
	pace    time.Duration // how long a step takes, at most
}

// soon is how many writes and syncs lie between two losses, at most.
const soon = 60

func newPower(t *testing.T, seed uint64) *power {
	p := &power{fs: vfs.NewCrashableMem(), pace: time.Minute}
	p.world = &world{t: t, r: rand.New(rand.NewPCG(seed, 21)), items: map[[2]int]modelItem{}}
	p.open()
	t.Cleanup(func() {
		if err := p.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// open starts the cloud, at the time at which it was when it lost its power.
func (p *power) open() {
	p.t.Helper()
	for {
		p.after.Store(nil)
		p.written = p.r.IntN(2) * 100
		p.left.Store(int64(1 + p.r.IntN(soon)))
		db, err := store.OpenFS(errorfs.Wrap(p.fs, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if strings.HasSuffix(op.Path, ".log") {
				switch op.Kind {
				case errorfs.OpFileWrite, errorfs.OpFileWriteAt, errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
					p.tick()
				}
			}
			return nil
		})), "store")
		if err != nil {
			p.t.Fatal(err)
		}
		b := benchOn(db)
		if p.bench != nil {
			b.others, b.Objects, b.Caller, b.call = p.others, p.others, p.others, p.call
		}
		b.others.lost = p.tick
		p.bench = b
		if p.after.Load() == nil {
			return
		}
		p.close()
	}
}

// close ends what goes on without power, of which nothing is left.
func (p *power) close() {
	p.t.Helper()
	if err := p.db.Close(); err != nil {
		p.t.Fatal(err)
	}
	p.fs = p.after.Load()
	p.losses++
}

// tick counts down, and reports whether the power is gone.
func (p *power) tick() bool {
	if p.left.Add(-1) == 0 {
		p.after.Store(p.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: p.written, RNG: rand.New(rand.NewPCG(0, 0))}))
	}
	return p.after.Load() != nil
}

// cut takes the power away between two steps.
func (p *power) cut() {
	p.left.Store(1)
	p.tick()
}

// try makes one step, and starts the cloud again if the power went meanwhile. Then
// the items have to be those from before the step or those from after it.
func (p *power) try(step func()) (lost bool) {
	p.t.Helper()
	before := maps.Clone(p.items)
	step()
	p.call.Time = p.call.Time.Add(time.Duration(p.r.IntN(int(p.pace))))
	if p.after.Load() == nil {
		return false
	}
	p.close()
	p.open()
	p.call.Region = testScope.Region
	found := map[[2]int]modelItem{}
	for _, m := range p.pages("Scan", `{"TableName":"model"}`) {
		found[[2]int{m.pk, m.sk}] = m
	}
	switch {
	case maps.Equal(found, p.items):
	case maps.Equal(found, before):
		p.items = before
	default:
		p.t.Fatalf("after loss %d:\n got %v\nwant %v\n  or %v", p.losses, found, before, p.items)
	}
	return true
}

// calm lets the power be from now on.
func (p *power) calm() {
	p.left.Store(1 << 62)
}

// fill puts in items that nothing changes, so that jobs take many steps.
func (p *power) fill(n int) {
	p.t.Helper()
	for i := range n {
		m := modelItem{5 + i%5, i, i % 4, i % 7} // of one digit: they order as their names do
		p.try(func() {
			p.must(p.t, "PutItem", `{"TableName":"model","Item":%s}`, m.json())
			p.items[[2]int{m.pk, m.sk}] = m
		})
	}
}

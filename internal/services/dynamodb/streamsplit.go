package dynamodb

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A shard has the changes of a range of hashes. One that takes more than a
// partition does is split: it is closed, and two children share its range.

// splitAt is how many write units a partition takes in a minute, as 1,000 a second.
const splitAt = 60 * 1000

// hashes is how many there are.
const hashes = 1 << 32

// openShard is an open shard as its table knows it.
type openShard struct {
	Number uint32
	From   uint64 // the first hash that it takes; the next one's is the end
}

// load is what an open shard took in the minute that it was last written to. It
// is touched inside Updates only, which come one after the other.
type load struct {
	minute int64
	units  float64
}

// take adds units, and reports whether they are more than a partition's just now.
func (l *load) take(units float64, at time.Time) bool {
	if minute := at.Unix() / 60; minute != l.minute {
		*l = load{minute: minute}
	}
	before := l.units
	l.units += units
	return before <= splitAt && l.units > splitAt
}

// at is the place of the open shard that takes a hash.
func (st *streaming) at(hash uint32) int {
	i, found := slices.BinarySearchFunc(st.Shards, uint64(hash), func(s openShard, h uint64) int { return cmp.Compare(s.From, h) })
	if !found {
		i--
	}
	return i
}

// prepared is a stream with what is not stored, and what one lacks that was stored
// before shards had ranges.
func (st *streaming) prepared() *streaming {
	x := *st
	if len(x.Shards) == 0 {
		for i, number := range st.Open {
			x.Shards = append(x.Shards, openShard{number, firstHash(i, len(st.Open))})
		}
	}
	x.Open, x.loads = nil, make([]load, len(x.Shards))
	return &x
}

// adopt does the same for what is stored of the stream.
func (st *stream) adopt() {
	n := 0
	for _, h := range st.Shards {
		n = max(n, h.Slot+1)
	}
	for i := range st.Shards {
		if h := &st.Shards[i]; h.Slot > 0 {
			h.From, h.Slot = firstHash(h.Slot, n), 0
		}
	}
}

// firstHash is where the i-th of n equal ranges begins.
func firstHash(i, n int) uint64 { return (uint64(i)*hashes + uint64(n) - 1) / uint64(n) }

// busy are the shards that are to be split.
type busy struct {
	mu     sync.Mutex
	shards []busyShard
}

type busyShard struct {
	scope         aws.Scope
	table, stream string
	number        uint32
}

func (b *busy) add(s busyShard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shards = append(b.shards, s)
}

func (b *busy) drain() []busyShard {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.shards
	b.shards = nil
	return all
}

// splitBusy splits the shards that took too much.
func (s *Service) splitBusy(now time.Time) error {
	for _, b := range s.busy.drain() {
		_, err := s.changeTable(b.scope, b.table, func(tx *store.Tx, t *table) (*table, error) {
			if t == nil || t.Stream == nil || t.Stream.Label != b.stream {
				return t, nil
			}
			st, ok := s.streams.Get(tx, b.scope, b.table, b.stream)
			if !ok || !st.split(tx, s.IDs, b.number, now.UTC()) {
				return t, nil
			}
			s.streams.Put(tx, b.scope, st, b.table, b.stream)
			t = t.clone()
			t.Stream = st.streaming()
			arn := streamARN(t.arn, b.stream)
			tx.OnCommit(func() { s.readers.wake(arn) })
			return t, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// split replaces an open shard by two, and reports whether it could.
func (st *stream) split(tx *store.Tx, ids *aws.IDs, number uint32, now time.Time) bool {
	st.adopt()
	open := st.streaming().Shards
	at := slices.IndexFunc(open, func(h openShard) bool { return h.Number == number })
	if at < 0 {
		return false
	}
	from, end := open[at].From, uint64(hashes)
	if at+1 < len(open) {
		end = open[at+1].From
	}
	if end-from < 2 {
		return false
	}
	i := slices.IndexFunc(st.Shards, func(h shard) bool { return h.Number == number })
	parent := st.Shards[i].ID
	st.Shards[i].close(tx.Sequence(), now)
	st.open(ids, from, parent, tx.Sequence(), now)
	st.open(ids, from+(end-from)/2, parent, tx.Sequence(), now)
	return true
}

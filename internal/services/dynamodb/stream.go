package dynamodb

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// stream is what is stored of a stream: while it is on, and for a day after,
// whatever becomes of its table.
type stream struct {
	Number   uint64 // names the stream in keys
	Table    string
	Label    string
	View     string
	Key      keySchema
	Created  time.Time
	Disabled time.Time // zero while it is on
	Shards   []shard   // oldest first
	Policy   *resourcePolicy

	scope aws.Scope // once it is found by its ARN
}

// shard is a part of a stream: the changes of some partition keys during some
// hours. Sequence numbers are those of the store, so they rise over all shards.
type shard struct {
	Number uint32 // names the shard in keys
	ID     string
	Parent string // ID of the one before it
	From   uint64 // the first hash that it takes
	Slot   int    // in its place where it was stored before there were ranges
	Start  uint64 // no record has a lower number
	End    uint64 // no record has a higher number; 0 while it is open
	Opened time.Time
	Closed time.Time
}

// streaming is what a table knows of its stream. It is never changed once made.
type streaming struct {
	Number uint64
	Label  string
	View   string
	Shards []openShard // that are open, by their hashes
	Open   []uint32    // in their place where it was stored before there were ranges: the numbers

	loads []load // of Shards
}

// The view types: what records hold of an item.
const (
	keysOnly  = "KEYS_ONLY"
	newImage  = "NEW_IMAGE"
	oldImage  = "OLD_IMAGE"
	bothImage = "NEW_AND_OLD_IMAGES"
)

const (
	retention = 24 * time.Hour // of records
	shardLife = 4 * time.Hour  // until a shard is closed and another takes its place
)

// slots is how many shards a table's stream has at first: one for each partition
// that AWS would give the table.
func (t *table) slots() int {
	if t.OnDemand {
		return 4
	}
	return int(min(64, max(1, (t.Throughput.Read+3*t.Throughput.Write+2999)/3000)))
}

func streamARN(table aws.ARN, label string) aws.ARN { return table + aws.ARN("/stream/"+label) }

// parseStreamARN finds the table and the label in a stream's ARN.
func parseStreamARN(arn string) (p aws.ARNParts, table, label string, err error) {
	p, ok := aws.ARN(arn).Parse()
	f := strings.Split(p.Resource, "/")
	if !ok || p.Service != "dynamodb" || len(f) != 4 || f[0] != "table" || f[2] != "stream" || f[1] == "" || f[3] == "" {
		return p, "", "", errValidation("Invalid StreamArn: %s", arn)
	}
	return p, f[1], f[3], nil
}

// check checks a StreamSpecification.
func (in *StreamSpecification) check() error {
	switch {
	case in == nil:
	case in.StreamEnabled && in.StreamViewType == "":
		return errValidation(invalidValues + "StreamViewType must be specified when StreamEnabled is true")
	case !in.StreamEnabled && in.StreamViewType != "":
		return errValidation(invalidValues + "StreamViewType must not be specified when StreamEnabled is false")
	}
	return nil
}

// enableStream gives the table a new stream.
func (s *Service) enableStream(tx *store.Tx, scope aws.Scope, t *table, view string, now time.Time) {
	now = now.UTC()
	label := now
	for {
		if _, taken := s.streams.Get(tx, scope, t.Name, labelOf(label)); !taken {
			break
		}
		label = label.Add(time.Millisecond)
	}
	st := &stream{Number: tx.Sequence(), Table: t.Name, Label: labelOf(label), View: view, Key: t.Key, Created: now}
	for i, n := 0, t.slots(); i < n; i++ {
		st.open(s.IDs, firstHash(i, n), "", tx.Sequence(), now)
	}
	s.streams.Put(tx, scope, st, t.Name, st.Label)
	t.Stream, t.LastStream = st.streaming(), st.Label
	tx.OnCommit(s.keeping.wake)
}

// switchStream turns a table's stream on or off.
func (s *Service) switchStream(tx *store.Tx, c *aws.Call, t *table, to *StreamSpecification) error {
	switch {
	case to == nil:
	case to.StreamEnabled && t.Stream != nil:
		return errStreamEnabled(t.Name)
	case to.StreamEnabled:
		s.enableStream(tx, c.Scope, t, to.StreamViewType, c.Time)
	case t.Stream == nil:
		return errNoStream(t.Name)
	case len(t.Replicas) > 0:
		return errValidation(invalidValues+"The stream of a global table cannot be disabled: TableName: %s", t.Name)
	default:
		s.disableStream(tx, c.Scope, t, c.Time)
	}
	return nil
}

func labelOf(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000") }

// disableStream ends the table's stream, which can be read for a day more.
func (s *Service) disableStream(tx *store.Tx, scope aws.Scope, t *table, now time.Time) {
	st, ok := s.streams.Get(tx, scope, t.Name, t.Stream.Label)
	if ok {
		st.Disabled = now.UTC()
		end := tx.Sequence()
		for i := range st.Shards {
			st.Shards[i].close(end, now)
		}
		s.streams.Put(tx, scope, st, t.Name, st.Label)
	}
	arn := streamARN(t.arn, t.Stream.Label)
	t.Stream = nil
	tx.OnCommit(func() {
		s.keeping.wake()
		s.readers.wake(arn)
	})
}

// open adds a shard. Its id orders as its time does.
func (st *stream) open(ids *aws.IDs, from uint64, parent string, start uint64, now time.Time) {
	number := uint32(1)
	if n := len(st.Shards); n > 0 {
		number = st.Shards[n-1].Number + 1
	}
	st.Shards = append(st.Shards, shard{
		Number: number, ID: fmt.Sprintf("shardId-%020d-%s", now.UnixMilli(), ids.Hex(8)),
		Parent: parent, From: from, Start: start, Opened: now,
	})
}

func (h *shard) close(end uint64, now time.Time) {
	if h.End == 0 {
		h.End, h.Closed = end, now.UTC()
	}
}

// roll closes the shards that have been open long enough, and opens their
// children. It reports whether there were any.
func (st *stream) roll(tx *store.Tx, ids *aws.IDs, now time.Time) bool {
	rolled := false
	st.adopt()
	for i := range st.Shards {
		if h := &st.Shards[i]; h.End == 0 && !now.Before(h.Opened.Add(shardLife)) {
			h.close(tx.Sequence(), now)
			st.open(ids, h.From, h.ID, tx.Sequence(), now.UTC())
			rolled = true
		}
	}
	return rolled
}

// streaming is what the table is to know.
func (st *stream) streaming() *streaming {
	x := &streaming{Number: st.Number, Label: st.Label, View: st.View}
	for _, h := range st.Shards {
		if h.End != 0 {
			continue
		}
		x.Shards = append(x.Shards, openShard{h.Number, h.From})
	}
	slices.SortFunc(x.Shards, func(a, b openShard) int { return cmp.Compare(a.From, b.From) })
	return x
}

func (st *stream) shard(id string) *shard {
	if i := slices.IndexFunc(st.Shards, func(h shard) bool { return h.ID == id }); i >= 0 {
		return &st.Shards[i]
	}
	return nil
}

// appendRecords appends the beginning of the keys of a stream's records.
func appendRecords(dst []byte, scope aws.Scope, stream uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, store.Prefix("dynamodb/stream-record", scope)...), stream)
}

// recordKey is the key of a record, or of the first with at least that number.
func recordKey(scope aws.Scope, stream uint64, shard uint32, sequence uint64) []byte {
	k := appendRecords(make([]byte, 0, 80), scope, stream)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(k, shard), sequence)
}

func sequenceOf(key []byte) uint64 { return binary.BigEndian.Uint64(key[len(key)-8:]) }

// readers are those who wait for records.
type readers struct {
	some    atomic.Int32 // how many streams are waited for
	mu      sync.Mutex
	waiting map[aws.ARN]chan struct{}
}

func (r *readers) channel(stream aws.ARN) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := r.waiting[stream]
	if ch == nil {
		if r.waiting == nil {
			r.waiting = map[aws.ARN]chan struct{}{}
		}
		ch = make(chan struct{})
		r.waiting[stream] = ch
		r.some.Add(1)
	}
	return ch
}

func (r *readers) wake(stream aws.ARN) {
	if r.some.Load() == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ch := r.waiting[stream]; ch != nil {
		close(ch)
		delete(r.waiting, stream)
		r.some.Add(-1)
	}
}

// StreamChanged returns a channel that is closed when records are next added to
// a stream, or its shards change. A reader that wants to miss nothing asks for
// it first, reads to the end, and waits only then.
func (s *Service) StreamChanged(stream aws.ARN) <-chan struct{} { return s.readers.channel(stream) }

// published tells who waits for it what a transaction did: the readers of
// streams, and the worker that removes what expires.
func (s *Service) published(changes ...*change) {
	for i, c := range changes {
		for _, x := range c.copies {
			s.consume(&x.cost)
		}
		if len(c.copies) > 0 {
			s.published(c.copies...)
		}
		if c.expires != 0 && c.expires < s.nextExpiry.Load() {
			s.expiring.wake()
		}
		if c.recorded && (i == 0 || !changes[i-1].recorded || changes[i-1].t != c.t) {
			s.readers.wake(c.t.stream)
		}
	}
}

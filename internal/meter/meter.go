package meter

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Unit is the unit of a metric, as CloudWatch spells it.
type Unit string

// The units that services measure in.
const (
	None         Unit = "None"
	Count        Unit = "Count"
	Percent      Unit = "Percent"
	Bytes        Unit = "Bytes"
	Seconds      Unit = "Seconds"
	Milliseconds Unit = "Milliseconds"
)

// Item is what is paid for: a product and one of its billing units, as price
// lists name them.
type Item struct{ Product, Unit string }

// Series names one metric of one thing.
type Series struct {
	Scope      aws.Scope
	Namespace  string // "AWS/DynamoDB"
	Metric     string
	Unit       Unit
	Dimensions string // name, value, name, value, each ended by a zero byte, sorted by name
}

// Usage is one item used in an account and region on one day.
type Usage struct {
	Scope aws.Scope
	Item  Item
	Day   time.Time
}

// Meter collects what services measure of themselves, by the minute, and what
// they would charge, by the day.
type Meter struct {
	now  func() time.Time
	db   *store.DB // nil keeps all in memory
	seed maphash.Seed

	shards [shards]shard

	charging sync.Mutex
	usage    map[Usage]float64 // since the last flush

	flushing sync.Mutex
}

// shards is how many series can be counted in at once.
const shards = 64

type shard struct {
	mu     sync.Mutex
	series map[uint64]*live
}

// live is a series that was counted in lately.
type live struct {
	Series
	pending []bucket // since the last flush
	idle    int      // flushes in a row that found nothing
	next    *live    // with the same hash
}

// bucket is what was measured in one piece of time.
type bucket struct {
	resolution int64 // seconds: 1 or 60
	start      int64 // Unix seconds
	Set
}

// NewMeter returns a meter that has measured nothing, and forgets all when the
// process ends.
func NewMeter(now func() time.Time) *Meter { return Open(nil, now) }

// Open returns a meter that keeps what it measures in a store.
func Open(db *store.DB, now func() time.Time) *Meter {
	m := &Meter{now: now, db: db, seed: maphash.MakeSeed(), usage: map[Usage]float64{}}
	for i := range m.shards {
		m.shards[i].series = map[uint64]*live{}
	}
	return m
}

// Count adds a value to a metric. dims are the names and values of its
// dimensions in turn.
func (m *Meter) Count(s aws.Scope, namespace, metric string, unit Unit, value float64, dims ...string) {
	m.put(s, namespace, metric, unit, m.now().Unix(), 60, value, 1, nil, dims)
}

// Put adds a set of values of a time to a metric, at a resolution of 60
// seconds or of 1.
func (m *Meter) Put(s aws.Scope, namespace, metric string, unit Unit, at time.Time, resolution int64, set *Set, dims ...string) {
	m.put(s, namespace, metric, unit, at.Unix(), resolution, 0, 0, set, dims)
}

func (m *Meter) put(s aws.Scope, namespace, metric string, unit Unit, at, resolution int64, value, n float64, set *Set, dims []string) {
	h := m.hash(s, namespace, metric, dims)
	sh := &m.shards[h%shards]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.series[h]
	for l != nil && !l.is(s, namespace, metric, unit, dims) {
		l = l.next
	}
	if l == nil {
		// Its own copy of the names: those of a caller may be part of a request.
		l = &live{next: sh.series[h], Series: Series{
			aws.Scope{Account: aws.AccountID(strings.Clone(string(s.Account))), Region: aws.Region(strings.Clone(string(s.Region)))},
			strings.Clone(namespace), strings.Clone(metric), Unit(strings.Clone(string(unit))), Flat(dims),
		}}
		sh.series[h] = l
	}
	b := l.bucket(at-at%resolution, resolution)
	if set != nil {
		b.Merge(set)
	} else {
		b.add(value, n)
	}
}

// hash does not depend on the order of the dimensions, nor on the unit.
func (m *Meter) hash(s aws.Scope, namespace, metric string, dims []string) uint64 {
	h := maphash.String(m.seed, namespace)
	h = h*31 + maphash.String(m.seed, metric)
	h = h*31 + maphash.String(m.seed, string(s.Region))
	h = h*31 + maphash.String(m.seed, string(s.Account))
	for i := 0; i+1 < len(dims); i += 2 {
		h += maphash.String(m.seed, dims[i])*31 ^ maphash.String(m.seed, dims[i+1])
	}
	return h
}

func (l *live) is(s aws.Scope, namespace, metric string, unit Unit, dims []string) bool {
	if l.Metric != metric || l.Namespace != namespace || l.Scope != s || l.Unit != unit {
		return false
	}
	rest := l.Dimensions
	for _, d := range dims {
		if len(rest) <= len(d) || rest[:len(d)] != d || rest[len(d)] != 0 {
			return l.Dimensions == Flat(dims) // in another order, perhaps
		}
		rest = rest[len(d)+1:]
	}
	return rest == ""
}

func (l *live) bucket(start, resolution int64) *bucket {
	for i := len(l.pending) - 1; i >= 0; i-- {
		if b := &l.pending[i]; b.start == start && b.resolution == resolution {
			return b
		}
	}
	l.pending = append(l.pending, bucket{resolution: resolution, start: start})
	return &l.pending[len(l.pending)-1]
}

// Flat is the form of dimensions, names and values in turn, in a Series.
func Flat(dims []string) string {
	pairs := make([]string, 0, len(dims)/2)
	for i := 0; i+1 < len(dims); i += 2 {
		pairs = append(pairs, dims[i]+"\x00"+dims[i+1]+"\x00")
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "")
}

// Charge adds to what was used of an item.
func (m *Meter) Charge(s aws.Scope, item Item, quantity float64) {
	u := Usage{s, item, m.now().UTC().Truncate(24 * time.Hour)}
	m.charging.Lock()
	defer m.charging.Unlock()
	m.usage[u] += quantity
}

// Pairs returns the dimensions of a series by name.
func (s Series) Pairs() map[string]string {
	pairs := map[string]string{}
	for name, value := range s.dimensions {
		pairs[name] = value
	}
	return pairs
}

// dimensions yields names and values in order.
func (s Series) dimensions(yield func(name, value string) bool) {
	for rest := s.Dimensions; rest != ""; {
		name, after, _ := strings.Cut(rest, "\x00")
		value, more, _ := strings.Cut(after, "\x00")
		if rest = more; !yield(name, value) {
			return
		}
	}
}

// Dims returns the dimensions of a series, names and values in turn.
func (s Series) Dims() (dims []string) {
	for name, value := range s.dimensions {
		dims = append(dims, name, value)
	}
	return dims
}

package meter

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The parts of the store. A series has a number; its data has keys of number,
// resolution and time.
const (
	seriesSpace = "meter/series"
	dataSpace   = "meter/data"
	usageSpace  = "meter/usage"
)

// interval is how often what was counted is written down.
const interval = 5 * time.Second

// Run writes down what is counted until ctx ends, and then the rest. What a
// full disk refuses is kept, and tried again.
func (m *Meter) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return m.Flush()
		case <-time.After(interval):
			_ = m.Flush() // the next one tries again
		}
	}
}

// drained is a series with what was counted since the last flush.
type drained struct {
	Series
	buckets []bucket
}

// idleFlushes is after how many flushes a series is forgotten that nothing was
// counted in; the store still has it.
const idleFlushes = 1000

func (m *Meter) drain() (list []drained) {
	for i := range m.shards {
		sh := &m.shards[i]
		sh.mu.Lock()
		for h, first := range sh.series {
			for l := first; l != nil; l = l.next {
				if len(l.pending) > 0 {
					list = append(list, drained{l.Series, l.pending})
					l.pending, l.idle = nil, 0
				} else {
					l.idle++
				}
			}
			if first.idle > idleFlushes && first.next == nil {
				delete(sh.series, h)
			}
		}
		sh.mu.Unlock()
	}
	return list
}

// Flush writes down what was counted, so that reads of the store see it.
func (m *Meter) Flush() error {
	if m.db == nil {
		return nil
	}
	m.flushing.Lock()
	defer m.flushing.Unlock()
	list := m.drain()
	m.charging.Lock()
	usage := m.usage
	m.usage = map[Usage]float64{}
	m.charging.Unlock()
	if len(list) == 0 && len(usage) == 0 {
		return nil
	}
	err := m.db.Update(func(tx *store.Tx) error {
		for i := range list {
			if err := write(tx, &list[i]); err != nil {
				return err
			}
		}
		for u, quantity := range usage {
			addUsage(tx, u, quantity)
		}
		return nil
	})
	if err != nil {
		m.restore(list, usage)
	}
	return err
}

// restore takes back what could not be written.
func (m *Meter) restore(list []drained, usage map[Usage]float64) {
	for i := range list {
		d := &list[i]
		for j := range d.buckets {
			b := &d.buckets[j]
			m.put(d.Scope, d.Namespace, d.Metric, d.Unit, b.start, b.resolution, 0, 0, &b.Set, d.Dims())
		}
	}
	m.charging.Lock()
	defer m.charging.Unlock()
	for u, quantity := range usage {
		m.usage[u] += quantity
	}
}

func seriesKey(s *Series) []byte {
	k := store.Prefix(seriesSpace, s.Scope)
	for _, p := range []string{s.Namespace, s.Metric, s.Dimensions, string(s.Unit)} {
		k = store.AppendPart(k, p)
	}
	return k
}

// entry is what the store says of a series: its number, and until when it has data.
type entry struct {
	id   uint64
	last int64
}

func (e entry) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, e.id), uint64(e.last))
}

func decodeEntry(b []byte) (e entry, ok bool) {
	if len(b) != 16 {
		return e, false
	}
	return entry{binary.BigEndian.Uint64(b), int64(binary.BigEndian.Uint64(b[8:]))}, true
}

func dataPrefix(s aws.Scope, id uint64) []byte {
	return binary.BigEndian.AppendUint64(store.Prefix(dataSpace, s), id)
}

func dataKey(prefix []byte, l level, at int64) []byte {
	k := append(append(make([]byte, 0, len(prefix)+9), prefix...), byte(l))
	return binary.BigEndian.AppendUint64(k, uint64(at))
}

// level is a resolution of stored data.
type level byte

// levels are the resolutions, and for how long data has each, as on AWS.
var levels = []struct {
	seconds int64
	keep    time.Duration
}{
	{1, 3 * time.Hour},
	{60, 15 * day},
	{300, 63 * day},
	{3600, 455 * day},
}

const day = 24 * time.Hour

func levelOf(resolution int64) level {
	if resolution == 1 {
		return 0
	}
	return 1
}

func write(tx *store.Tx, d *drained) error {
	key := seriesKey(&d.Series)
	var e entry
	if v, ok := tx.Get(key); ok {
		e, _ = decodeEntry(v)
	}
	before := e
	if e.id == 0 {
		e.id = tx.Sequence()
	}
	prefix := dataPrefix(d.Scope, e.id)
	for i := range d.buckets {
		b := &d.buckets[i]
		e.last = max(e.last, b.start)
		if err := mergeInto(tx, dataKey(prefix, levelOf(b.resolution), b.start), &b.Set); err != nil {
			return err
		}
	}
	if e != before {
		tx.Set(key, e.bytes())
	}
	return nil
}

// mergeInto adds a set to the one that the store has under key.
func mergeInto(tx *store.Tx, key []byte, s *Set) error {
	sum := *s
	if v, ok := tx.Get(key); ok {
		old, err := decodeSet(v)
		if err != nil {
			return err
		}
		old.Merge(s)
		sum = old
	}
	tx.Set(key, sum.append(nil))
	return nil
}

func usageKey(u Usage) []byte {
	k := binary.BigEndian.AppendUint64(store.Prefix(usageSpace, u.Scope), uint64(u.Day.Unix()))
	return store.AppendPart(store.AppendPart(k, u.Item.Product), u.Item.Unit)
}

func addUsage(tx *store.Tx, u Usage, quantity float64) {
	key := usageKey(u)
	if v, ok := tx.Get(key); ok && len(v) == 8 {
		quantity += math.Float64frombits(binary.BigEndian.Uint64(v))
	}
	tx.Set(key, binary.BigEndian.AppendUint64(nil, math.Float64bits(quantity)))
}

// Point is what a period of a series came to.
type Point struct {
	Time time.Time // when the period begins
	Unit Unit      // of the values; of the first, if the series has several
	Set
}

// Query returns the periods from one time up to another in which a series has
// data, oldest first. The unit "" is all units.
func (m *Meter) Query(s Series, from, to time.Time, period time.Duration) ([]Point, error) {
	seconds := int64(period / time.Second)
	points := map[int64]*Point{}
	add := func(unit Unit, at int64, set *Set) {
		i := (at - from.Unix()) / seconds
		p := points[i]
		if p == nil {
			p = &Point{Time: from.Add(time.Duration(i) * period), Unit: unit}
			points[i] = p
		}
		p.Merge(set)
	}
	if err := m.read(s, from.Unix(), to.Unix(), seconds, add); err != nil {
		return nil, err
	}
	list := make([]Point, 0, len(points))
	for i := int64(0); len(list) < len(points); i++ {
		if p := points[i]; p != nil {
			list = append(list, *p)
		}
	}
	return list, nil
}

// read passes on the data of a series from one second up to another, unless it
// is coarser than asked for.
func (m *Meter) read(s Series, from, to, coarsest int64, add func(Unit, int64, *Set)) error {
	if m.db == nil {
		m.readPending(s, from, to, add)
		return nil
	}
	if err := m.Flush(); err != nil {
		return err
	}
	return m.db.View(func(tx *store.Tx) error {
		key := seriesKey(&s)
		if s.Unit == "" {
			key = key[:len(key)-len(store.AppendPart(nil, ""))]
		}
		for k, v := range tx.Scan(key, store.PrefixEnd(key)) {
			e, ok := decodeEntry(v)
			if !ok || e.last < from {
				continue
			}
			unit, _, _ := store.CutPart(k[len(seriesKey(&Series{Scope: s.Scope, Namespace: s.Namespace, Metric: s.Metric, Dimensions: s.Dimensions}))-2:])
			prefix := dataPrefix(s.Scope, e.id)
			for l := range levels {
				if levels[l].seconds > coarsest {
					break
				}
				for k, v := range tx.Scan(dataKey(prefix, level(l), from), dataKey(prefix, level(l), to)) {
					set, err := decodeSet(v)
					if err != nil {
						return err
					}
					add(Unit(unit), int64(binary.BigEndian.Uint64(k[len(k)-8:])), &set)
				}
			}
		}
		return nil
	})
}

func (m *Meter) readPending(s Series, from, to int64, add func(Unit, int64, *Set)) {
	h := m.hash(s.Scope, s.Namespace, s.Metric, s.Dims())
	sh := &m.shards[h%shards]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for l := sh.series[h]; l != nil; l = l.next {
		same := l.Series
		if s.Unit == "" {
			same.Unit = ""
		}
		if same != s {
			continue
		}
		for i := range l.pending {
			if b := &l.pending[i]; b.start >= from && b.start < to {
				add(l.Unit, b.start, &b.Set)
			}
		}
	}
}

// Minutes returns what was measured of a series, by Unix minute.
func (m *Meter) Minutes(s Series) map[int64]Stat {
	out := map[int64]Stat{}
	points := map[int64]*Set{}
	err := m.read(s, 0, math.MaxInt64, 60, func(_ Unit, at int64, set *Set) {
		if points[at/60] == nil {
			points[at/60] = &Set{}
		}
		points[at/60].Merge(set)
	})
	if err != nil {
		return nil
	}
	for minute, set := range points {
		out[minute] = set.Stat
	}
	return out
}

// Scopes passes on each account and region that has series.
func (m *Meter) Scopes(f func(aws.Scope)) error {
	if err := m.Flush(); err != nil || m.db == nil {
		return err
	}
	return m.db.View(func(tx *store.Tx) error {
		p := store.AppendPart(nil, seriesSpace)
		for lo, more := p, true; more; {
			more = false
			for k := range tx.Scan(lo, store.PrefixEnd(p)) {
				account, rest, _ := store.CutPart(k[len(p):])
				region, _, _ := store.CutPart(rest)
				s := aws.Scope{Account: aws.AccountID(account), Region: aws.Region(region)}
				f(s)
				lo, more = store.PrefixEnd(store.Prefix(seriesSpace, s)), true
				break
			}
		}
		return nil
	})
}

// List passes on the series of a namespace, or of all if it is "", that have
// data of a time or later, in order, until f returns false.
func (m *Meter) List(s aws.Scope, namespace string, since time.Time, f func(Series) bool) error {
	if err := m.Flush(); err != nil || m.db == nil {
		return err
	}
	return m.db.View(func(tx *store.Tx) error {
		base := store.Prefix(seriesSpace, s)
		lo := base
		if namespace != "" {
			lo = store.AppendPart(base, namespace)
		}
		for k, v := range tx.Scan(lo, store.PrefixEnd(lo)) {
			e, ok := decodeEntry(v)
			if !ok || e.last < since.Unix() {
				continue
			}
			if x, ok := decodeSeries(k[len(base):], s); ok && !f(x) {
				break
			}
		}
		return nil
	})
}

// decodeSeries reads the name of a series from the end of its key.
func decodeSeries(key []byte, s aws.Scope) (x Series, ok bool) {
	x.Scope = s
	var unit string
	for _, p := range []*string{&x.Namespace, &x.Metric, &x.Dimensions, &unit} {
		if *p, key, ok = store.CutPart(key); !ok {
			return x, false
		}
	}
	x.Unit = Unit(unit)
	return x, strings.Count(x.Dimensions, "\x00")%2 == 0
}

// Used returns what was used.
func (m *Meter) Used() map[Usage]float64 {
	out := map[Usage]float64{}
	if m.db != nil && m.Flush() == nil {
		_ = m.db.View(func(tx *store.Tx) error { // a failed read shows nothing more
			p := store.AppendPart(nil, usageSpace)
			for k, v := range tx.Scan(p, store.PrefixEnd(p)) {
				if u, ok := decodeUsage(k[len(p):]); ok && len(v) == 8 {
					out[u] = math.Float64frombits(binary.BigEndian.Uint64(v))
				}
			}
			return nil
		})
	}
	m.charging.Lock()
	defer m.charging.Unlock()
	for u, quantity := range m.usage {
		out[u] += quantity
	}
	return out
}

func decodeUsage(key []byte) (u Usage, ok bool) {
	account, key, ok := store.CutPart(key)
	if !ok {
		return u, false
	}
	region, key, ok := store.CutPart(key)
	if !ok || len(key) < 8 {
		return u, false
	}
	u.Scope = aws.Scope{Account: aws.AccountID(account), Region: aws.Region(region)}
	u.Day = time.Unix(int64(binary.BigEndian.Uint64(key)), 0).UTC()
	if u.Item.Product, key, ok = store.CutPart(key[8:]); !ok {
		return u, false
	}
	u.Item.Unit, _, ok = store.CutPart(key)
	return u, ok
}

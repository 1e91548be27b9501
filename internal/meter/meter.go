package meter

import (
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
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
	Dimensions string // name, value, name, value, each ended by a zero byte
}

// Stat is what a minute of a series came to.
type Stat struct{ Count, Sum, Min, Max float64 }

// Usage is one item used in an account and region on one day.
type Usage struct {
	Scope aws.Scope
	Item  Item
	Day   time.Time
}

// Meter collects what services measure of themselves, by the minute, and what
// they would charge, by the day.
type Meter struct {
	now func() time.Time

	mu    sync.Mutex
	stats map[Series]map[int64]*Stat // by Unix minute
	usage map[Usage]float64
}

// NewMeter returns a meter that has measured nothing.
func NewMeter(now func() time.Time) *Meter {
	return &Meter{now: now, stats: map[Series]map[int64]*Stat{}, usage: map[Usage]float64{}}
}

// Count adds a value to a metric. dims are the names and values of its
// dimensions in turn, sorted by name.
func (m *Meter) Count(s aws.Scope, namespace, metric string, unit Unit, value float64, dims ...string) {
	series := Series{s, namespace, metric, unit, ""}
	for _, d := range dims {
		series.Dimensions += d + "\x00"
	}
	minute := m.now().Unix() / 60
	m.mu.Lock()
	defer m.mu.Unlock()
	minutes := m.stats[series]
	if minutes == nil {
		minutes = map[int64]*Stat{}
		m.stats[series] = minutes
	}
	st := minutes[minute]
	if st == nil {
		minutes[minute] = &Stat{1, value, value, value}
		return
	}
	st.Count++
	st.Sum += value
	st.Min, st.Max = min(st.Min, value), max(st.Max, value)
}

// Charge adds to what was used of an item.
func (m *Meter) Charge(s aws.Scope, item Item, quantity float64) {
	u := Usage{s, item, m.now().UTC().Truncate(24 * time.Hour)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage[u] += quantity
}

// Minutes returns what was measured of a series, by Unix minute.
func (m *Meter) Minutes(s Series) map[int64]Stat {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[int64]Stat{}
	for minute, st := range m.stats[s] {
		out[minute] = *st
	}
	return out
}

// Used returns what was used.
func (m *Meter) Used() map[Usage]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.usage)
}

// Pairs returns the dimensions of a series by name.
func (s Series) Pairs() map[string]string {
	parts := strings.Split(s.Dimensions, "\x00")
	pairs := map[string]string{}
	for i := 0; i+1 < len(parts); i += 2 {
		pairs[parts[i]] = parts[i+1]
	}
	return pairs
}

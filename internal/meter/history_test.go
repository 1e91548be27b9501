package meter

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

var paris = aws.Scope{Account: "000000000000", Region: "eu-west-3"}

func open(t *testing.T, now *time.Time) (*Meter, *store.DB) {
	t.Helper()
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return Open(db, func() time.Time { return *now }), db
}

func TestHistory(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m, db := open(t, &now)
	name := Series{Scope: paris, Namespace: "App", Metric: "Took", Dimensions: Flat([]string{"b", "2", "a", "1"})}
	from := now.Truncate(time.Hour)
	check := func(want ...Stat) {
		t.Helper()
		points, err := m.Query(name, from, from.Add(time.Hour), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var got []Stat
		for _, p := range points {
			got = append(got, p.Stat)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	check()
	m.Count(paris, "App", "Took", Milliseconds, 10, "a", "1", "b", "2")
	m.Count(paris, "App", "Took", Milliseconds, 20, "b", "2", "a", "1") // in any order
	m.Count(paris, "App", "Took", Milliseconds, 99, "a", "1")           // another series
	check(Stat{2, 30, 10, 20})
	m.Count(paris, "App", "Took", Seconds, 1, "a", "1", "b", "2") // another unit
	check(Stat{3, 31, 1, 20})
	now = now.Add(time.Minute)
	m.Count(paris, "App", "Took", Milliseconds, 5, "a", "1", "b", "2")
	late := Values(7, 2)
	m.Put(paris, "App", "Took", Milliseconds, now.Add(-time.Minute), 60, &late, "a", "1", "b", "2")
	check(Stat{5, 45, 1, 20}, Stat{1, 5, 5, 5})
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 2)
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 3)
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}

	m = Open(db, func() time.Time { return now }) // another process
	m.Count(paris, "App", "Took", Milliseconds, 6, "a", "1", "b", "2")
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 4)
	check(Stat{5, 45, 1, 20}, Stat{2, 11, 5, 6})
	name.Unit = Seconds
	check(Stat{1, 1, 1, 1})
	if used := m.Used()[Usage{paris, Item{"AmazonS3", "Tier1"}, now.Truncate(24 * time.Hour)}]; used != 9 {
		t.Errorf("used %v", used)
	}
	var listed []string
	if err := m.List(paris, "App", now.Add(-time.Hour), func(s Series) bool {
		listed = append(listed, s.Metric+"/"+string(s.Unit))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Took/Milliseconds", "Took/Milliseconds", "Took/Seconds"}; !slices.Equal(listed, want) {
		t.Errorf("listed %v", listed)
	}
}

func TestCountingIsCheap(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m, _ := open(t, &now)
	i := 0
	count := func() {
		i++
		m.Count(paris, "AWS/S3", "FirstByteLatency", Milliseconds, float64(i%50), "BucketName", "songs", "FilterId", "All")
		m.Charge(paris, Item{"AmazonS3", "Tier1"}, 1)
	}
	for range 100 {
		count()
	}
	if n := testing.AllocsPerRun(1000, count); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPercentiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, draw := range []func() float64{
		r.NormFloat64,
		func() float64 { return math.Exp(20 * r.NormFloat64()) },
		func() float64 { return float64(r.IntN(3)) },
	} {
		var whole, left, right Set
		var all []float64
		for i := range 10000 {
			v := draw()
			all = append(all, v)
			whole.add(v, 1)
			if i%3 == 0 {
				left.add(v, 1)
			} else {
				right.add(v, 1)
			}
		}
		left.Merge(&right)
		slices.Sort(all)
		for _, p := range []float64{0.1, 10, 50, 90, 99, 99.9, 100} {
			want := all[int(math.Ceil(p/100*float64(len(all))))-1]
			for _, s := range []*Set{&whole, &left} {
				if got, ok := s.Percentile(p); !ok || math.Abs(got-want) > 0.0101*math.Abs(want) {
					t.Errorf("p%v = %v, %v, want %v", p, got, ok, want)
				}
			}
		}
	}
	s := Statistics(Stat{Count: 2, Sum: 3, Min: 1, Max: 2})
	if v, ok := s.Percentile(50); ok {
		t.Errorf("statistics alone have a median, %v", v)
	}
}

func TestAging(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	now := start
	m, _ := open(t, &now)
	name := Series{Scope: paris, Namespace: "App", Metric: "Took"}
	for range 120 {
		m.Count(paris, "App", "Took", Count, float64(now.Minute()))
		now = now.Add(time.Minute)
	}
	for _, c := range []struct {
		after  time.Duration
		period time.Duration
		points int
	}{
		{14 * day, time.Minute, 120},
		{16 * day, time.Minute, 0}, {16 * day, 5 * time.Minute, 24},
		{64 * day, 5 * time.Minute, 0}, {64 * day, time.Hour, 2},
		{456 * day, time.Hour, 0},
	} {
		now = start.Add(c.after)
		if err := m.Age(now); err != nil {
			t.Fatal(err)
		}
		points, err := m.Query(name, start, start.Add(2*time.Hour), c.period)
		if err != nil {
			t.Fatal(err)
		}
		var all Set
		for i := range points {
			all.Merge(&points[i].Set)
		}
		if len(points) != c.points || c.points > 0 && all.Stat != (Stat{120, 59 * 60, 0, 59}) {
			t.Errorf("after %v: %d points of %v, together %v", c.after, len(points), c.period, all.Stat)
		}
	}
	listed := false
	if err := m.List(paris, "", time.Time{}, func(Series) bool { listed = true; return true }); err != nil || listed {
		t.Errorf("an old series is still there, %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	s := Values(3, 1)
	s.add(5, 0.5)
	f.Add(s.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeSet(b)
		if err != nil {
			return
		}
		again, err := decodeSet(s.append(nil))
		if err != nil || len(again.bins) != len(s.bins) || math.Float64bits(again.Sum) != math.Float64bits(s.Sum) {
			t.Errorf("%v became %v, %v", s, again, err)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	m := NewMeter(time.Now)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Count(paris, "AWS/S3", "FirstByteLatency", Milliseconds, 12, "BucketName", "songs", "FilterId", "All")
		}
	})
}

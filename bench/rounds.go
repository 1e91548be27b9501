package main

import (
	"fmt"
	"slices"
	"time"
)

// roundCount is how often the servers take turns: what else the machine does
// then falls on all of them, and the median of the rounds' ratios counts.
const roundCount = 5

// contest is one load on several servers.
type contest struct {
	name        string
	connections int
	servers     []*server
	requests    map[*server][]request
}

// load loads one of the servers, and measures its processor time as well.
func (c contest) load(s *server, rate float64, d time.Duration) (loaded, error) {
	before, start := s.cpu(), time.Now()
	r, err := load(c.requests[s], c.connections, rate, d)
	if err != nil {
		return loaded{}, fmt.Errorf("%s: %s: %w", s.name, c.name, err)
	}
	all := r.perSecond * time.Since(start).Seconds() // the warm-up too
	return loaded{c.name, s.name, r, time.Duration(float64(s.cpu()-before) / all)}, nil
}

// rounds loads the servers in turn, and returns the rate of each in each round.
func (b *bench) rounds(c contest) (map[*server][]float64, error) {
	rates := map[*server][]float64{}
	results := map[*server][]loaded{}
	for range roundCount {
		for _, s := range c.servers {
			l, err := c.load(s, 0, b.time/roundCount)
			if err != nil {
				return nil, err
			}
			rates[s] = append(rates[s], l.perSecond)
			results[s] = append(results[s], l)
		}
	}
	for _, s := range c.servers { // the round in the middle stands for all
		slices.SortFunc(results[s], func(x, y loaded) int { return int(x.perSecond - y.perSecond) })
		b.report.loads = append(b.report.loads, results[s][roundCount/2])
	}
	return rates, nil
}

// half loads the servers with half of the rate that they had, and reports how
// far their slowest answers are from most.
func (b *bench) half(c contest, rates map[*server][]float64) error {
	var all []string
	for _, s := range c.servers {
		l, err := c.load(s, median(rates[s])/2, b.time)
		if err != nil {
			return err
		}
		all = append(all, fmt.Sprintf("%.1f times", float64(l.p99)/float64(l.p50)))
		b.report.loads = append(b.report.loads, l)
	}
	b.report.add(c.name+", p99 of p50", "under 5 times", "%s (a bare server: %s)", all[0], all[1])
	return nil
}

func median(a []float64) float64 { return slices.Sorted(slices.Values(a))[len(a)/2] }

// ratio tells the rounds' ratios in percent: their median, and how far they are apart.
func ratio(a, b []float64) string {
	r := ratios(a, b)
	return fmt.Sprintf("%.0f %% (%.0f to %.0f)", 100*r[len(r)/2], 100*r[0], 100*r[len(r)-1])
}

// times is ratio for what is several times as fast.
func times(a, b []float64) string {
	r := ratios(a, b)
	return fmt.Sprintf("%.1f times (%.1f to %.1f)", r[len(r)/2], r[0], r[len(r)-1])
}

func ratios(a, b []float64) []float64 {
	var r []float64
	for i := range a {
		r = append(r, a[i]/b[i])
	}
	slices.Sort(r)
	return r
}

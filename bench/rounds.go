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

// rounds loads the servers in turn, and returns the rate of each in each round.
func (b *bench) rounds(c contest) (map[*server][]float64, error) {
	rates := map[*server][]float64{}
	results := map[*server][]loaded{}
	for range roundCount {
		for _, s := range c.servers {
			before, start := s.cpu(), time.Now()
			r, err := load(c.requests[s], c.connections, b.time/roundCount)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", s.name, c.name, err)
			}
			all := r.perSecond * time.Since(start).Seconds() // the warm-up too
			rates[s] = append(rates[s], r.perSecond)
			results[s] = append(results[s], loaded{c.name, s.name, r, time.Duration(float64(s.cpu()-before) / all)})
		}
	}
	for _, s := range c.servers { // the round in the middle stands for all
		slices.SortFunc(results[s], func(x, y loaded) int { return int(x.perSecond - y.perSecond) })
		b.report.loads = append(b.report.loads, results[s][roundCount/2])
	}
	return rates, nil
}

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

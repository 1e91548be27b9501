package cloudwatch

import (
	"context"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// statistic computes a number of a set of values, if the set has it.
type statistic func(*meter.Set) (float64, bool)

func known(f func(*meter.Set) float64) statistic {
	return func(s *meter.Set) (float64, bool) { return f(s), true }
}

var simple = map[string]statistic{
	"SampleCount": known(func(s *meter.Set) float64 { return s.Count }),
	"Sum":         known(func(s *meter.Set) float64 { return s.Sum }),
	"Average":     known(func(s *meter.Set) float64 { return s.Sum / s.Count }),
	"Minimum":     known(func(s *meter.Set) float64 { return s.Min }),
	"Maximum":     known(func(s *meter.Set) float64 { return s.Max }),
}

var (
	percentile = regexp.MustCompile(`^(p|tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$`)
	ranged     = regexp.MustCompile(`^(TM|WM|TC|TS|PR)\((-?[\d.]*)(%?):(-?[\d.]*)(%?)\)$`)
)

// parseStatistic finds a statistic by its name.
func parseStatistic(name string) (statistic, error) {
	if f := simple[name]; f != nil {
		return f, nil
	}
	if strings.EqualFold(name, "IQM") {
		return trimmed("TM", 25, 75, true), nil
	}
	if m := percentile.FindStringSubmatch(name); m != nil {
		p, err := strconv.ParseFloat(m[2], 64)
		if err == nil && p <= 100 {
			if m[1] == "p" {
				return func(s *meter.Set) (float64, bool) { return s.Percentile(p) }, nil
			}
			return trimmed(strings.ToUpper(m[1]), 0, p, true), nil
		}
	}
	if m := ranged.FindStringSubmatch(name); m != nil {
		lo, loOK := bound(m[2], math.Inf(-1))
		hi, hiOK := bound(m[4], math.Inf(1))
		percent := m[3] == "%" || m[5] == "%"
		if loOK && hiOK && lo < hi && (m[1] != "PR" || !percent) {
			return trimmed(m[1], lo, hi, percent), nil
		}
	}
	return nil, errValidation("The value %s for parameter Stat is not supported.", name)
}

func bound(text string, otherwise float64) (float64, bool) {
	if text == "" {
		return otherwise, true
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// trimmed is a statistic of the values between two bounds: their mean (TM),
// the mean with the others moved to the bounds (WM), their number (TC), sum
// (TS) or share (PR).
func trimmed(kind string, lo, hi float64, percent bool) statistic {
	return func(s *meter.Set) (float64, bool) {
		list, ok := s.Bins()
		if !ok {
			return 0, false
		}
		var n, sum, below, above, first, last, seen float64
		for _, w := range list {
			from, to := seen/s.Count*100, (seen+w.N)/s.Count*100
			seen += w.N
			in := w.N
			if percent {
				in = w.N * max(min(to, hi)-max(from, lo), 0) / (to - from)
				below += w.N * max(min(to, lo)-from, 0) / (to - from)
				above += w.N * max(to-max(from, hi), 0) / (to - from)
			} else if w.Value <= lo || w.Value > hi {
				in = 0
				if w.Value <= lo {
					below += w.N
				} else {
					above += w.N
				}
			}
			if in > 0 {
				if n == 0 {
					first = w.Value
				}
				last = w.Value
			}
			n, sum = n+in, sum+in*w.Value
		}
		switch kind {
		case "TC":
			return n, true
		case "TS":
			return sum, true
		case "PR":
			return n / s.Count * 100, true
		case "WM":
			n, sum = n+below+above, sum+below*first+above*last
		}
		return sum / n, n > 0
	}
}

const maxStatisticsPoints = 1440

// period checks a period, and returns it.
func period(seconds int) (time.Duration, error) {
	if seconds%60 != 0 && seconds != 1 && seconds != 5 && seconds != 10 && seconds != 20 && seconds != 30 || seconds <= 0 || seconds > 86400*365 {
		return 0, errValue("The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.")
	}
	return time.Duration(seconds) * time.Second, nil
}

func (s *Service) getMetricStatistics(_ context.Context, c *aws.Call, in *GetMetricStatisticsInput) (*GetMetricStatisticsOutput, error) {
	p, err := period(in.Period)
	switch {
	case err != nil:
		return nil, err
	case !in.StartTime.Before(in.EndTime):
		return nil, errCombination("The parameter StartTime must be less than the parameter EndTime.")
	case len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0:
		return nil, errMissing("Must specify either Statistics or ExtendedStatistics")
	}
	if n := int64(in.EndTime.Sub(in.StartTime) / p); n > maxStatisticsPoints {
		return nil, errTooManyPoints(n)
	}
	extended := map[string]statistic{}
	for _, name := range in.ExtendedStatistics {
		if extended[name], err = parseStatistic(name); err != nil {
			return nil, err
		}
	}
	series := meter.Series{Scope: c.Scope, Namespace: in.Namespace, Metric: in.MetricName, Unit: meter.Unit(in.Unit), Dimensions: meter.Flat(dims(in.Dimensions))}
	points, err := s.Meter.Query(series, in.StartTime.Truncate(p), in.EndTime, p)
	if err != nil {
		return nil, err
	}
	out := &GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []Datapoint{}}
	for i := range points {
		out.Datapoints = append(out.Datapoints, datapoint(&points[i], in.Statistics, extended))
	}
	return out, nil
}

func datapoint(p *meter.Point, names []string, extended map[string]statistic) Datapoint {
	d := Datapoint{Timestamp: p.Time, Unit: string(p.Unit)}
	fields := map[string]**float64{"SampleCount": &d.SampleCount, "Sum": &d.Sum, "Average": &d.Average, "Minimum": &d.Minimum, "Maximum": &d.Maximum}
	for _, name := range names {
		v, _ := simple[name](&p.Set)
		*fields[name] = &v
	}
	for name, f := range extended {
		if v, ok := f(&p.Set); ok {
			if d.ExtendedStatistics == nil {
				d.ExtendedStatistics = map[string]float64{}
			}
			d.ExtendedStatistics[name] = v
		}
	}
	return d
}

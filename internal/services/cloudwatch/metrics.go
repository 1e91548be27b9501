package cloudwatch

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
)

// The limits of PutMetricData.
const (
	maxData   = 1000
	maxValues = 150
	maxValue  = 1 << 49 << 59 // 2^108, but 2^360 for AWS' own
	tooOld    = 14 * 24 * time.Hour
	tooNew    = 2 * time.Hour
)

const product = "AmazonCloudWatch"

// dims are dimensions as the meter takes them.
func dims(list []Dimension) []string {
	out := make([]string, 0, 2*len(list))
	for _, d := range list {
		out = append(out, d.Name, d.Value)
	}
	return out
}

func dimensions(s meter.Series) []Dimension {
	list := []Dimension{}
	flat := s.Dims()
	for i := 0; i < len(flat); i += 2 {
		list = append(list, Dimension{Name: flat[i], Value: flat[i+1]})
	}
	return list
}

func (s *Service) putMetricData(_ context.Context, c *aws.Call, in *PutMetricDataInput) (*service.Empty, error) {
	if strings.HasPrefix(in.Namespace, "AWS/") {
		return nil, errValue("The value AWS/ for parameter Namespace is invalid.")
	}
	if len(in.MetricData) == 0 {
		return nil, errMissing("The parameter MetricData is required.")
	}
	if len(in.MetricData) > maxData {
		return nil, errValue("The collection MetricData must not have a size greater than %d.", maxData)
	}
	sets := make([]meter.Set, len(in.MetricData))
	for i := range in.MetricData {
		var err error
		if sets[i], err = check(&in.MetricData[i], i+1, c.Time); err != nil {
			return nil, err
		}
	}
	for i := range in.MetricData {
		d := &in.MetricData[i]
		at, unit, resolution := d.Timestamp, meter.Unit(d.Unit), int64(60)
		if at.IsZero() {
			at = c.Time
		}
		if unit == "" {
			unit = meter.None
		}
		if d.StorageResolution != nil {
			resolution = int64(*d.StorageResolution)
		}
		s.Meter.Put(c.Scope, in.Namespace, d.MetricName, unit, at, resolution, &sets[i], dims(d.Dimensions)...)
	}
	return &service.Empty{}, nil
}

// check is the set of values of a datum, the nth of its request.
func check(d *MetricDatum, n int, now time.Time) (set meter.Set, err error) {
	switch {
	case d.Value != nil && d.StatisticValues != nil:
		return set, errCombination("The parameters MetricData.member.%d.Value and MetricData.member.%[1]d.StatisticValues are mutually exclusive and you have specified both.", n)
	case d.Value != nil && len(d.Values) > 0:
		return set, errCombination("The parameters MetricData.member.%d.Value and MetricData.member.%[1]d.Values are mutually exclusive and you have specified both.", n)
	case d.StatisticValues != nil && len(d.Values) > 0:
		return set, errCombination("The parameters MetricData.member.%d.StatisticValues and MetricData.member.%[1]d.Values are mutually exclusive and you have specified both.", n)
	case len(d.Values) > maxValues:
		return set, errValue("The collection MetricData.member.%d.Values must not have a size greater than %d.", n, maxValues)
	case len(d.Counts) > 0 && len(d.Counts) != len(d.Values):
		return set, errValue("The parameters MetricData.member.%d.Values and MetricData.member.%[1]d.Counts must be of the same size.", n)
	case d.StorageResolution != nil && *d.StorageResolution != 1 && *d.StorageResolution != 60:
		return set, errValue("The value %d for parameter MetricData.member.%d.StorageResolution is invalid; it must be 1 or 60.", *d.StorageResolution, n)
	}
	names := map[string]bool{}
	for _, dim := range d.Dimensions {
		if names[dim.Name] {
			return set, errValue("No Metric may specify the same dimension more than once. %s was specified more than once.", dim.Name)
		}
		names[dim.Name] = true
	}
	if !d.Timestamp.IsZero() && (d.Timestamp.Before(now.Add(-tooOld)) || d.Timestamp.After(now.Add(tooNew))) {
		return set, errValue("The value %s for parameter MetricData.member.%d.Timestamp must not be more than two weeks ago, nor more than two hours ahead.", d.Timestamp.UTC().Format(time.RFC3339), n)
	}
	switch {
	case d.Value != nil:
		set = meter.Values(*d.Value, 1)
	case len(d.Values) > 0:
		for i, v := range d.Values {
			count := 1.0
			if len(d.Counts) > 0 {
				count = d.Counts[i]
			}
			if !(count >= 0) || !sound(count) {
				return set, errValue("The value %v for parameter MetricData.member.%d.Counts.member.%d is invalid.", count, n, i+1)
			}
			x := meter.Values(v, count)
			set.Merge(&x)
		}
	case d.StatisticValues != nil:
		st := d.StatisticValues
		if st.SampleCount <= 0 || st.Minimum > st.Maximum {
			return set, errValue("The parameter MetricData.member.%d.StatisticValues is not a set of statistics.", n)
		}
		set = meter.Statistics(meter.Stat{Count: st.SampleCount, Sum: st.Sum, Min: st.Minimum, Max: st.Maximum})
	default:
		return set, errMissing("At least one of the parameters MetricData.member.%d.Value, MetricData.member.%[1]d.Values and MetricData.member.%[1]d.StatisticValues must be specified.", n)
	}
	if !sound(set.Sum) || !sound(set.Min) || !sound(set.Max) || !sound(set.Count) {
		return set, errValue("The value for parameter MetricData.member.%d is not a number, or too large.", n)
	}
	return set, nil
}

// sound reports values that metrics can have.
func sound(v float64) bool { return !math.IsNaN(v) && math.Abs(v) <= maxValue }

// How long a metric without new data is listed, and what a page has.
const (
	listedFor  = 14 * 24 * time.Hour
	recently   = 3 * time.Hour
	maxListing = 500
)

func (s *Service) listMetrics(_ context.Context, c *aws.Call, in *ListMetricsInput) (*ListMetricsOutput, error) {
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	since := c.Time.Add(-listedFor)
	if in.RecentlyActive != "" {
		since = c.Time.Add(-recently)
	}
	out := &ListMetricsOutput{Metrics: []Metric{}}
	last := ""
	return out, s.Meter.List(c.Scope, in.Namespace, since, func(x meter.Series) bool {
		key := x.Namespace + "\x00" + x.Metric + "\x00" + x.Dimensions
		if key <= after || key == last || in.MetricName != "" && in.MetricName != x.Metric || !matches(x, in.Dimensions) {
			return true
		}
		if len(out.Metrics) == maxListing {
			out.NextToken = encodeToken(last)
			return false
		}
		last = key
		out.Metrics = append(out.Metrics, Metric{Dimensions: dimensions(x), MetricName: x.Metric, Namespace: x.Namespace})
		return true
	})
}

// matches reports whether a series has the dimensions of a filter.
func matches(x meter.Series, filter []DimensionFilter) bool {
	pairs := x.Pairs()
	return !slices.ContainsFunc(filter, func(f DimensionFilter) bool {
		v, ok := pairs[f.Name]
		return !ok || f.Value != "" && f.Value != v
	})
}

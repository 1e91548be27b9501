package logs

import (
	"strconv"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

const product = "AmazonCloudWatch"

// measure counts what a group took in, and makes the metrics of its filters.
func (s *Service) measure(scope aws.Scope, g *group, filters []filter, list []InputLogEvent) error {
	if len(list) == 0 {
		return nil
	}
	bytes := 0.0
	for i := range list {
		bytes += float64(len(list[i].Message) + overhead)
	}
	for _, dims := range [][]string{{"LogGroupName", g.Name}, nil} { // of the group, and of the account
		s.Meter.Count(scope, "AWS/Logs", "IncomingBytes", meter.Bytes, bytes, dims...)
		s.Meter.Count(scope, "AWS/Logs", "IncomingLogEvents", meter.None, float64(len(list)), dims...)
	}
	s.Meter.Charge(scope, meter.Item{Product: product, Unit: "DataProcessing-Bytes"}, bytes)
	for i := range filters {
		if err := s.transform(scope, &filters[i], list); err != nil {
			return err
		}
	}
	return nil
}

// filtersOf lists the metric filters of a group.
func (s *Service) filtersOf(tx *store.Tx, scope aws.Scope, group string) (list []filter) {
	for _, f := range s.filters.All(tx, scope, group) {
		list = append(list, f)
	}
	return list
}

// transform makes metric data of the events that match a filter. Where none
// does there is the default value, if the filter has one.
func (s *Service) transform(scope aws.Scope, f *filter, list []InputLogEvent) error {
	p, err := s.pattern(f.Pattern)
	if err != nil {
		return err
	}
	for i := range f.Transformations {
		t := &f.Transformations[i]
		matched := false
		put := func(v float64, at int64, dims []string) {
			unit := meter.Unit(t.Unit)
			if unit == "" {
				unit = meter.None
			}
			set := meter.Values(v, 1)
			s.Meter.Put(scope, t.MetricNamespace, t.MetricName, unit, time.UnixMilli(at), 60, &set, dims...)
		}
		for _, e := range list {
			fields, ok := p.Match(e.Message)
			if !ok {
				continue
			}
			v, err := strconv.ParseFloat(t.MetricValue, 64)
			if err != nil {
				text, _ := fields(t.MetricValue)
				if v, err = strconv.ParseFloat(text, 64); err != nil {
					continue
				}
			}
			var dims []string
			for name, field := range t.Dimensions {
				if value, ok := fields(field); ok && value != "" {
					dims = append(dims, name, value)
				}
			}
			if len(dims) < 2*len(t.Dimensions) {
				continue // as on AWS: a metric has all its dimensions
			}
			matched = true
			put(v, e.Timestamp, dims)
		}
		if !matched && t.DefaultValue != nil {
			put(*t.DefaultValue, list[len(list)-1].Timestamp, nil)
		}
	}
	return nil
}

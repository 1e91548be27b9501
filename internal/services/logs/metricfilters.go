package logs

import (
	"context"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/logpattern"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// filter is a metric filter as stored.
type filter struct {
	Group, Name, Pattern string
	Created              int64
	Transformations      []MetricTransformation
}

const (
	maxFilters    = 100  // of a group
	maxCompiled   = 1000 // patterns that are kept
	maxDimensions = 3
)

// pattern returns a compiled pattern.
func (s *Service) pattern(text string) (*logpattern.Pattern, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.compiled[text]; p != nil {
		return p, nil
	}
	p, err := logpattern.Parse(text)
	if err != nil {
		return nil, errParameter("Invalid filter pattern: %v", err)
	}
	if len(s.compiled) >= maxCompiled {
		clear(s.compiled)
	}
	s.compiled[text] = p
	return p, nil
}

func (s *Service) putMetricFilter(_ context.Context, c *aws.Call, in *PutMetricFilterInput) (*service.Empty, error) {
	if _, err := s.pattern(in.FilterPattern); err != nil {
		return nil, err
	}
	for i := range in.MetricTransformations {
		if err := check(&in.MetricTransformations[i]); err != nil {
			return nil, err
		}
	}
	f := filter{Group: in.LogGroupName, Name: in.FilterName, Pattern: in.FilterPattern, Created: millis(c.Time), Transformations: in.MetricTransformations}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, f.Group); err != nil {
			return err
		}
		n := 0
		for range s.filters.All(tx, c.Scope, f.Group) {
			n++
		}
		if _, exists := s.filters.Get(tx, c.Scope, f.Group, f.Name); !exists && n >= maxFilters {
			return errLimit()
		}
		s.filters.Put(tx, c.Scope, f, f.Group, f.Name)
		return nil
	})
}

// check refuses a transformation that could give no value.
func check(t *MetricTransformation) error {
	if _, err := strconv.ParseFloat(t.MetricValue, 64); err != nil && !strings.HasPrefix(t.MetricValue, "$") {
		return errParameter("Invalid metric transformation: metricValue must be a number or a field of the pattern")
	}
	if len(t.Dimensions) > maxDimensions {
		return errParameter("Invalid metric transformation: no more than %d dimensions are allowed", maxDimensions)
	}
	if len(t.Dimensions) > 0 && t.DefaultValue != nil {
		return errParameter("Invalid metric transformation: dimensions and default value are mutually exclusive properties.")
	}
	for _, v := range t.Dimensions {
		if !strings.HasPrefix(v, "$") {
			return errParameter("Invalid metric transformation: a dimension's value must be a field of the pattern")
		}
	}
	return nil
}

func (s *Service) describeMetricFilters(_ context.Context, c *aws.Call, in *DescribeMetricFiltersInput) (*DescribeMetricFiltersOutput, error) {
	if (in.MetricName == "") != (in.MetricNamespace == "") {
		return nil, errParameter("metricName and metricNamespace must be given together.")
	}
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	var within []string
	if in.LogGroupName != "" {
		within = []string{in.LogGroupName}
	}
	limit := orElse(in.Limit, 50)
	out := &DescribeMetricFiltersOutput{MetricFilters: []MetricFilter{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if in.LogGroupName != "" {
			if _, err := s.find(tx, c.Scope, in.LogGroupName); err != nil {
				return err
			}
		}
		last := ""
		for key, f := range s.filters.All(tx, c.Scope, within...) {
			at := strings.Join(key, "\x00")
			t := &f.Transformations[0]
			if at <= after || !strings.HasPrefix(f.Name, in.FilterNamePrefix) ||
				in.MetricName != "" && (t.MetricName != in.MetricName || t.MetricNamespace != in.MetricNamespace) {
				continue
			}
			if len(out.MetricFilters) == limit {
				out.NextToken = encodeToken(last)
				break
			}
			last = at
			out.MetricFilters = append(out.MetricFilters, MetricFilter{
				CreationTime: f.Created, FilterName: f.Name, FilterPattern: &f.Pattern, LogGroupName: f.Group, MetricTransformations: f.Transformations,
			})
		}
		return nil
	})
}

func (s *Service) deleteMetricFilter(_ context.Context, c *aws.Call, in *DeleteMetricFilterInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.LogGroupName); err != nil {
			return err
		}
		if _, ok := s.filters.Get(tx, c.Scope, in.LogGroupName, in.FilterName); !ok {
			return errNoFilter()
		}
		s.filters.Delete(tx, c.Scope, in.LogGroupName, in.FilterName)
		return nil
	})
}

func (s *Service) testMetricFilter(_ context.Context, _ *aws.Call, in *TestMetricFilterInput) (*TestMetricFilterOutput, error) {
	p, err := s.pattern(in.FilterPattern)
	if err != nil {
		return nil, err
	}
	out := &TestMetricFilterOutput{Matches: []MetricFilterMatchRecord{}}
	for i, m := range in.LogEventMessages {
		if f, ok := p.Match(m); ok {
			out.Matches = append(out.Matches, MetricFilterMatchRecord{EventMessage: m, EventNumber: int64(i + 1), ExtractedValues: p.Extract(f)})
		}
	}
	return out, nil
}

package cloudwatch

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/metricmath"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// The limits of GetMetricData.
const (
	maxQueries = 500
	maxPage    = 100_800
)

var idPattern = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)

// plan is a checked list of queries, and what they came to so far.
type plan struct {
	*Service
	scope      aws.Scope
	start, end time.Time // of alarms, whose periods need not be aligned
	aligned    bool
	period     int64 // of expressions that have none of their own
	queries    []MetricDataQuery
	index      map[string]int
	exprs      []*metricmath.Expr
	done       []*metricmath.Value
	busy       []bool
}

// newPlan checks queries.
func (s *Service) newPlan(scope aws.Scope, queries []MetricDataQuery, start, end time.Time) (*plan, error) {
	p := &plan{
		Service: s, scope: scope, start: start, end: end, aligned: true, queries: queries, index: map[string]int{},
		exprs: make([]*metricmath.Expr, len(queries)), done: make([]*metricmath.Value, len(queries)), busy: make([]bool, len(queries)),
	}
	if len(queries) == 0 || len(queries) > maxQueries {
		return nil, errValidation("The collection MetricDataQueries must not have a size less than 1 or greater than %d.", maxQueries)
	}
	for i := range queries {
		if err := p.check(i); err != nil {
			return nil, err
		}
	}
	for i, e := range p.exprs {
		if e == nil {
			continue
		}
		for _, id := range e.IDs() {
			if _, ok := p.index[id]; !ok {
				return nil, errValidation("Error in expression '%s': Metric '%s' is not defined.", queries[i].Id, id)
			}
		}
	}
	return p, nil
}

func (p *plan) check(i int) (err error) {
	q := &p.queries[i]
	_, twice := p.index[q.Id]
	switch {
	case !idPattern.MatchString(q.Id):
		return errValidation("The value %s for parameter MetricDataQueries.member.%d.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.", q.Id, i+1)
	case twice:
		return errValidation("The id %s is used more than once.", q.Id)
	case (q.MetricStat == nil) == (q.Expression == ""):
		return errValidation("The parameter MetricDataQueries.member.%d must have either MetricStat or Expression.", i+1)
	}
	p.index[q.Id] = i
	if m := q.MetricStat; m != nil {
		if _, err := period(m.Period); err != nil {
			return err
		}
		p.period = max(p.period, int64(m.Period))
		_, err = parseStatistic(m.Stat)
		return err
	}
	if q.Period != nil {
		if _, err := period(*q.Period); err != nil {
			return err
		}
		p.period = max(p.period, int64(*q.Period))
	}
	if p.exprs[i], err = metricmath.Parse(q.Expression); err != nil {
		return errValidation("Error in expression '%s': %v", q.Id, err)
	}
	return nil
}

// from is where a period's first bucket begins.
func (p *plan) from(period time.Duration) time.Time {
	if p.aligned {
		return p.start.Truncate(period)
	}
	return p.start
}

// value is what the ith query comes to.
func (p *plan) value(i int) (v metricmath.Value, err error) {
	q := &p.queries[i]
	switch {
	case p.done[i] != nil:
		return *p.done[i], nil
	case p.busy[i]:
		return v, errValidation("Error in expression '%s': the expression depends on itself.", q.Id)
	}
	p.busy[i] = true
	defer func() { p.busy[i] = false }()
	if q.MetricStat != nil {
		v.Kind = metricmath.One
		m := q.MetricStat
		series := meter.Series{Scope: p.scope, Namespace: m.Metric.Namespace, Metric: m.Metric.MetricName, Unit: meter.Unit(m.Unit), Dimensions: meter.Flat(dims(m.Metric.Dimensions))}
		one, err := p.read(series, m.Stat, int64(m.Period))
		if err != nil {
			return v, err
		}
		one.Label = q.label(m.Metric.MetricName)
		v.List = []metricmath.Series{one}
	} else if v, err = p.compute(i); err != nil {
		return v, err
	}
	p.done[i] = &v
	return v, nil
}

func (q *MetricDataQuery) label(otherwise string) string {
	if q.Label != "" {
		return q.Label
	}
	return otherwise
}

// read is a statistic of a series, point by point.
func (p *plan) read(series meter.Series, stat string, seconds int64) (out metricmath.Series, err error) {
	f, err := parseStatistic(stat)
	if err != nil {
		return out, err
	}
	d := time.Duration(seconds) * time.Second
	points, err := p.Meter.Query(series, p.from(d), p.end, d)
	out.Period = seconds
	for i := range points {
		if v, ok := f(&points[i].Set); ok {
			out.Times = append(out.Times, points[i].Time.Unix())
			out.Values = append(out.Values, v)
		}
	}
	return out, err
}

func (p *plan) compute(i int) (metricmath.Value, error) {
	q := &p.queries[i]
	seconds := p.period
	if q.Period != nil {
		seconds = int64(*q.Period)
	}
	if seconds == 0 {
		seconds = 60
	}
	env := &metricmath.Env{
		Start: p.from(time.Duration(seconds) * time.Second).Unix(), End: p.end.Unix(), Period: seconds,
		Lookup: func(id string) (metricmath.Value, error) { return p.value(p.index[id]) },
		Metrics: func(filter string) (list []metricmath.Series, _ error) {
			for j := range p.queries {
				if p.queries[j].MetricStat == nil || !strings.Contains(p.queries[j].Id, filter) {
					continue
				}
				v, err := p.value(j)
				if err != nil {
					return nil, err
				}
				list = append(list, v.List...)
			}
			return list, nil
		},
		Search: p.search,
	}
	v, err := p.exprs[i].Eval(env)
	if eval := (*metricmath.EvalError)(nil); errors.As(err, &eval) {
		return v, errValidation("Error in expression '%s': %v", q.Id, eval)
	}
	if v.Kind == metricmath.One {
		v.List = slices.Clone(v.List)
		v.List[0].Label = q.label(q.Id)
	}
	return v, err
}

// results are the series that the queries return.
func (p *plan) results() (list []MetricDataResult, err error) {
	for i := range p.queries {
		q := &p.queries[i]
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		v, err := p.value(i)
		if err != nil {
			return nil, err
		}
		if v.Kind != metricmath.One && v.Kind != metricmath.Many {
			return nil, errValidation("Error in expression '%s': The expression must result in a time series.", q.Id)
		}
		for j := range v.List {
			s := &v.List[j]
			r := MetricDataResult{Id: q.Id, Label: s.Label, StatusCode: "Complete", Timestamps: []time.Time{}, Values: []float64{}}
			if v.Kind == metricmath.One {
				r.Label = q.label(s.Label)
			}
			for k := range s.Times {
				if at := time.Unix(s.Times[k], 0).UTC(); at.Before(p.end) {
					r.Timestamps, r.Values = append(r.Timestamps, at), append(r.Values, s.Values[k])
				}
			}
			list = append(list, r)
		}
	}
	return list, nil
}

func (s *Service) getMetricData(_ context.Context, c *aws.Call, in *GetMetricDataInput) (*GetMetricDataOutput, error) {
	if !in.StartTime.Before(in.EndTime) {
		return nil, errValidation("The parameter StartTime must be less than the parameter EndTime.")
	}
	limit := in.MaxDatapoints
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	skip, err := decodeOffset(in.NextToken)
	if err != nil {
		return nil, err
	}
	p, err := s.newPlan(c.Scope, in.MetricDataQueries, in.StartTime, in.EndTime)
	if err != nil {
		return nil, err
	}
	list, err := p.results()
	if err != nil {
		return nil, err
	}
	if in.ScanBy != "TimestampAscending" {
		for i := range list {
			slices.Reverse(list[i].Timestamps)
			slices.Reverse(list[i].Values)
		}
	}
	out := &GetMetricDataOutput{MetricDataResults: []MetricDataResult{}, Messages: []MessageData{}}
	// A page is a number of points, wherever they are.
	at, total := 0, 0
	for _, r := range list {
		from := min(max(skip-at, 0), len(r.Values))
		to := min(max(skip+limit-at, 0), len(r.Values))
		at, total = at+len(r.Values), total+len(r.Values)
		if from == to && len(r.Values) > 0 {
			continue
		}
		if to < len(r.Values) {
			r.StatusCode = "PartialData"
		}
		r.Timestamps, r.Values = r.Timestamps[from:to], r.Values[from:to]
		if len(r.Values) > 0 || skip == 0 {
			out.MetricDataResults = append(out.MetricDataResults, r)
		}
	}
	if total > skip+limit {
		out.NextToken = encodeOffset(skip + limit)
	}
	return out, nil
}

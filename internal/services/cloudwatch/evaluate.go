package cloudwatch

import (
	"context"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/metricmath"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Run evaluates alarms, and carries out their actions, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	defer s.sleeper.Close()
	done := make(chan error, 1)
	go func() { done <- s.actions.Run(ctx) }()
	aged := s.Clock.Now().Truncate(24 * time.Hour)
	charged := s.Clock.Now().Truncate(time.Hour)
	every := time.Minute
	for {
		s.sleeper.Sleep(ctx, s.Clock.Now().Truncate(every).Add(every), nil)
		if ctx.Err() != nil {
			return <-done
		}
		now := s.Clock.Now()
		fast, err := s.evaluateAll(now)
		if err != nil {
			s.Log.Error("alarms could not be evaluated", "err", err)
		}
		if every = time.Minute; fast {
			every = 10 * time.Second
		}
		if hour := now.Truncate(time.Hour); hour.After(charged) {
			if err := s.charge(hour); err != nil {
				s.Log.Error("alarms and metrics could not be charged", "err", err)
			}
			charged = hour
		}
		if day := now.Truncate(24 * time.Hour); day.After(aged) {
			if err := s.Meter.Age(now); err != nil {
				s.Log.Error("old metrics could not be made coarser", "err", err)
			}
			aged = day
		}
	}
}

// monthHours is how many hours a month has, to prices.
const monthHours = 730

// charge charges an hour of alarms, by the metrics that they look at, and of
// the metrics that are not our services' own and had data in it.
func (s *Service) charge(hour time.Time) error {
	metrics := map[aws.Scope]float64{}
	scopes := map[aws.Scope]bool{}
	err := s.DB.View(func(tx *store.Tx) error {
		for scope, a := range s.alarms.Everywhere(tx) {
			n := 1
			for i := range a.Settings.Metrics {
				if a.Settings.Metrics[i].MetricStat != nil && i > 0 {
					n++
				}
			}
			metrics[scope] += float64(n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for scope, n := range metrics {
		s.Meter.Charge(scope, meter.Item{Product: product, Unit: "AlarmMonitorUsage"}, n/monthHours)
	}
	if err := s.Meter.Scopes(func(scope aws.Scope) { scopes[scope] = true }); err != nil {
		return err
	}
	for scope := range scopes {
		n := 0
		err := s.Meter.List(scope, "", hour.Add(-time.Hour), func(x meter.Series) bool {
			if !strings.HasPrefix(x.Namespace, "AWS/") {
				n++
			}
			return true
		})
		if err != nil {
			return err
		}
		if n > 0 {
			s.Meter.Charge(scope, meter.Item{Product: product, Unit: "MetricMonitorUsage"}, float64(n)/monthHours)
		}
	}
	return nil
}

// evaluateAll evaluates the alarms that are due. fast tells that some are due
// every ten seconds.
func (s *Service) evaluateAll(now time.Time) (fast bool, err error) {
	type due struct {
		scope aws.Scope
		alarm
	}
	var list []due
	err = s.DB.View(func(tx *store.Tx) error {
		for scope, a := range s.alarms.Everywhere(tx) {
			high := a.period() < time.Minute
			fast = fast || high
			if high || now.Truncate(time.Minute).Equal(now.Truncate(10*time.Second)) {
				list = append(list, due{scope, a})
			}
		}
		return nil
	})
	if err != nil {
		return fast, err
	}
	for i := range list {
		if err := s.evaluate(list[i].scope, &list[i].alarm, now); err != nil {
			return fast, err
		}
	}
	return fast, nil
}

// period is the period of what an alarm looks at.
func (a *alarm) period() time.Duration {
	seconds := 0
	if a.Settings.Period != nil {
		seconds = *a.Settings.Period
	}
	for i := range a.Settings.Metrics {
		q := &a.Settings.Metrics[i]
		if q.MetricStat != nil {
			seconds = max(seconds, q.MetricStat.Period)
		}
		if q.Period != nil {
			seconds = max(seconds, *q.Period)
		}
	}
	return time.Duration(max(seconds, 10)) * time.Second
}

// sample is what one period came to; nil has no data.
type sample struct {
	time  time.Time
	value *float64
}

// extra is how many periods an alarm looks further back than it evaluates,
// for data to evaluate instead of what is missing.
const extra = 2

func (s *Service) evaluate(scope aws.Scope, a *alarm, now time.Time) error {
	samples, err := s.samples(scope, a, now)
	var v verdict
	if err != nil {
		// What an expression cannot do today it may do with tomorrow's data.
		v = verdict{state: stateInsufficient, reason: "Insufficient Data: " + err.Error()}
	} else {
		v = judge(a, samples, now)
	}
	if v.state == "" || v.state == a.State {
		return nil
	}
	return s.DB.Update(func(tx *store.Tx) error {
		current, ok := s.alarms.Get(tx, scope, a.Settings.AlarmName)
		if !ok || current.State != a.State || !current.Configured.Equal(a.Configured) {
			return nil // changed meanwhile: the next evaluation decides
		}
		return s.transition(tx, scope, &current, now, v)
	})
}

// samples are the periods that an alarm looks at, the newest last.
func (s *Service) samples(scope aws.Scope, a *alarm, now time.Time) ([]sample, error) {
	x := &a.Settings
	d := a.period()
	tick := time.Minute
	if d < time.Minute {
		tick = 10 * time.Second
	}
	end := now.Truncate(tick)
	n := x.EvaluationPeriods + extra
	start := end.Add(-time.Duration(n) * d)
	queries := x.Metrics
	if len(queries) == 0 {
		stat := x.Statistic + x.ExtendedStatistic
		queries = []MetricDataQuery{{Id: "m1", MetricStat: &MetricStat{
			Metric: Metric{Namespace: x.Namespace, MetricName: x.MetricName, Dimensions: x.Dimensions}, Period: int(d / time.Second), Stat: stat, Unit: x.Unit,
		}}}
	}
	p, err := s.newPlan(scope, queries, start, end)
	if err != nil {
		return nil, err
	}
	p.aligned = false // periods end now, wherever they begin
	list := make([]sample, n)
	for i := range list {
		list[i].time = start.Add(time.Duration(i) * d)
	}
	for i := range queries {
		if q := &queries[i]; q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		v, err := p.value(i)
		if err != nil {
			return nil, err
		}
		if v.Kind != metricmath.One {
			return nil, errValidation("the expression does not result in one time series")
		}
		for j, t := range v.List[0].Times {
			if k := int(time.Unix(t, 0).Sub(start) / d); k >= 0 && k < n {
				list[k].value = &v.List[0].Values[j]
			}
		}
	}
	return list, nil
}

// verdict is the state that an alarm should have, and why; "" is the one it has.
type verdict struct{ state, reason, data string }

// judge decides as AWS' guide does on alarms with missing data.
func judge(a *alarm, samples []sample, now time.Time) verdict {
	x := &a.Settings
	n := x.EvaluationPeriods
	m := n
	if x.DatapointsToAlarm != nil {
		m = *x.DatapointsToAlarm
	}
	// The newest n that have data, as far as there are so many.
	var used []sample
	breaching, oldest := 0, 0
	for i := len(samples) - 1; i >= 0 && len(used) < n; i-- {
		if v := samples[i].value; v != nil {
			used = append(used, samples[i])
			if x.breaches(*v) {
				breaching++
				oldest = len(samples) - i
			}
		}
	}
	missing := n - len(used)
	j := judgement{a: a, used: used, breaching: breaching, missing: missing, now: now}
	treat := x.TreatMissingData
	if x.Namespace == "AWS/DynamoDB" {
		treat = "ignore" // as on AWS, whatever was asked for
	}
	switch {
	case breaching >= m:
		return j.crossed(stateAlarm, "")
	case missing == 0:
		return j.crossed(stateOK, "")
	case treat == "breaching" && breaching+missing >= m:
		return j.crossed(stateAlarm, "Breaching")
	case treat == "breaching":
		return j.crossed(stateOK, "Breaching")
	case treat == "notBreaching":
		return j.crossed(stateOK, "NonBreaching")
	case breaching < len(used):
		return j.crossed(stateOK, "")
	case treat == "ignore":
		return verdict{}
	case breaching > 0 && oldest >= m:
		return j.crossed(stateAlarm, "")
	}
	return j.unknown()
}

func (x *AlarmSettings) breaches(v float64) bool {
	switch x.ComparisonOperator {
	case "GreaterThanOrEqualToThreshold":
		return v >= *x.Threshold
	case "GreaterThanThreshold":
		return v > *x.Threshold
	case "LessThanThreshold":
		return v < *x.Threshold
	}
	return v <= *x.Threshold
}

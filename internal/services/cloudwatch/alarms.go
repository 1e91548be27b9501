package cloudwatch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The states of an alarm.
const (
	stateOK           = "OK"
	stateAlarm        = "ALARM"
	stateInsufficient = "INSUFFICIENT_DATA"
)

// alarm is an alarm as stored.
type alarm struct {
	Settings     AlarmSettings
	State        string
	Reason       string
	ReasonData   string
	Configured   time.Time
	Updated      time.Time // when the state was set last
	Transitioned time.Time // when it changed last
	Tags         map[string]string
}

func (a *alarm) describe(s aws.Scope) MetricAlarm {
	d := MetricAlarm{
		AlarmSettings: a.Settings, AlarmArn: string(alarmARN(s, a.Settings.AlarmName)),
		AlarmConfigurationUpdatedTimestamp: a.Configured,
		StateReason:                        a.Reason, StateReasonData: a.ReasonData, StateValue: a.State,
		StateTransitionedTimestamp: a.Transitioned, StateUpdatedTimestamp: a.Updated,
	}
	for _, list := range []*[]string{&d.AlarmActions, &d.OKActions, &d.InsufficientDataActions} {
		if *list == nil {
			*list = []string{}
		}
	}
	if d.Metrics == nil && d.Dimensions == nil {
		d.Dimensions = []Dimension{}
	}
	return d
}

func (a *alarm) enabled() bool { return a.Settings.ActionsEnabled == nil || *a.Settings.ActionsEnabled }

func (s *Service) putMetricAlarm(_ context.Context, c *aws.Call, in *PutMetricAlarmInput) (*service.Empty, error) {
	if err := s.checkAlarm(c, &in.AlarmSettings); err != nil {
		return nil, err
	}
	tags, err := addTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if in.ActionsEnabled == nil {
		in.ActionsEnabled = new(bool)
		*in.ActionsEnabled = true
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		a, exists := s.alarms.Get(tx, c.Scope, in.AlarmName)
		summary := fmt.Sprintf("Alarm %q updated", in.AlarmName)
		kind := "Update"
		if !exists {
			summary, kind = fmt.Sprintf("Alarm %q created", in.AlarmName), "Create"
			a = alarm{State: stateInsufficient, Reason: "Unchecked: Initial alarm creation", Updated: c.Time, Transitioned: c.Time, Tags: tags}
		}
		a.Settings, a.Configured = in.AlarmSettings, c.Time
		s.alarms.Put(tx, c.Scope, a, in.AlarmName)
		return s.record(tx, c.Scope, c.Time, in.AlarmName, "ConfigurationUpdate", summary, map[string]any{
			"version": "1.0", "type": kind, "updatedAlarm": a.describe(c.Scope),
		})
	})
}

// checkAlarm refuses settings that could not be evaluated.
func (s *Service) checkAlarm(c *aws.Call, in *AlarmSettings) error {
	for _, list := range [][]string{in.AlarmActions, in.OKActions, in.InsufficientDataActions} {
		for _, arn := range list {
			p, ok := aws.ARN(arn).Parse()
			switch {
			case !ok || p.Service == "" || p.Resource == "":
				return errValidation("Invalid arn syntax: %s", arn)
			case p.Service == "sns" && p.Region != c.Region:
				return errValidation("Invalid region %s specified. Only %s is supported.", p.Region, c.Region)
			case p.Service != "sns" && p.Service != "lambda":
				return errValidation("Niebla carries alarm actions to SNS topics and Lambda functions only: %s", arn)
			}
		}
	}
	switch in.TreatMissingData {
	case "", "missing", "ignore", "breaching", "notBreaching":
	default:
		return errValidation("TreatMissingData must be one of missing, ignore, breaching, notBreaching.")
	}
	if in.DatapointsToAlarm != nil && *in.DatapointsToAlarm > in.EvaluationPeriods {
		return errValidation("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
	}
	if in.Threshold == nil {
		return errValidation("Threshold is required.")
	}
	seconds := 0
	if len(in.Metrics) > 0 {
		if in.MetricName != "" || in.Namespace != "" || in.Statistic != "" || in.ExtendedStatistic != "" || in.Period != nil || in.Unit != "" || len(in.Dimensions) > 0 {
			return errValidation("Metrics list cannot be provided along with MetricName, Dimensions, Period, Namespace, Statistic, ExtendedStatistic or Unit.")
		}
		p, err := s.newPlan(c.Scope, in.Metrics, c.Time, c.Time)
		if err != nil {
			return err
		}
		returned := 0
		for i := range in.Metrics {
			if q := &in.Metrics[i]; q.ReturnData == nil || *q.ReturnData {
				returned++
			}
		}
		if returned != 1 {
			return errValidation("Exactly one element of the metrics list should return data.")
		}
		seconds = int(p.period)
	} else {
		switch {
		case in.MetricName == "" || in.Namespace == "":
			return errValidation("MetricName and Namespace are required, unless Metrics is given.")
		case in.Period == nil:
			return errValidation("Period must be provided.")
		case (in.Statistic == "") == (in.ExtendedStatistic == ""):
			return errValidation("Must specify either Statistic or ExtendedStatistic, and not both.")
		}
		seconds = *in.Period
		if _, err := period(seconds); err != nil || seconds < 10 {
			return errValidation("Period must be 10, 20, 30 or a multiple of 60.")
		}
		if in.ExtendedStatistic != "" {
			if _, err := parseStatistic(in.ExtendedStatistic); err != nil {
				return err
			}
		}
	}
	if total := in.EvaluationPeriods * seconds; total > 86400 && !(seconds >= 3600 && total <= 604800) {
		return errValidation("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or a week where Period is an hour or more.")
	}
	return nil
}

// change applies f to alarms, and stores them. Names that no alarm has are left out.
func (s *Service) change(c *aws.Call, names []string, f func(*alarm)) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		for _, name := range names {
			if a, ok := s.alarms.Get(tx, c.Scope, name); ok {
				f(&a)
				s.alarms.Put(tx, c.Scope, a, name)
			}
		}
		return nil
	})
}

func (s *Service) enableAlarmActions(_ context.Context, c *aws.Call, in *EnableAlarmActionsInput) (*service.Empty, error) {
	return s.change(c, in.AlarmNames, func(a *alarm) { a.Settings.ActionsEnabled = yes(true) })
}

func (s *Service) disableAlarmActions(_ context.Context, c *aws.Call, in *DisableAlarmActionsInput) (*service.Empty, error) {
	return s.change(c, in.AlarmNames, func(a *alarm) { a.Settings.ActionsEnabled = yes(false) })
}

func yes(b bool) *bool { return &b }

func (s *Service) deleteAlarms(_ context.Context, c *aws.Call, in *DeleteAlarmsInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		for _, name := range in.AlarmNames {
			if _, ok := s.alarms.Get(tx, c.Scope, name); !ok {
				return errNoAlarms()
			}
		}
		for _, name := range in.AlarmNames {
			s.alarms.Delete(tx, c.Scope, name)
			if err := s.record(tx, c.Scope, c.Time, name, "ConfigurationUpdate", fmt.Sprintf("Alarm %q deleted", name), map[string]any{"version": "1.0", "type": "Delete"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) describeAlarms(_ context.Context, c *aws.Call, in *DescribeAlarmsInput) (*DescribeAlarmsOutput, error) {
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	if in.AlarmNamePrefix != "" && len(in.AlarmNames) > 0 {
		return nil, errCombination("AlarmNamePrefix and AlarmNames are mutually exclusive.")
	}
	limit := in.MaxRecords
	if limit == 0 {
		limit = 50
	}
	acts := func(a *alarm) bool {
		return slices.ContainsFunc(slices.Concat(a.Settings.AlarmActions, a.Settings.OKActions, a.Settings.InsufficientDataActions),
			func(arn string) bool { return strings.HasPrefix(arn, in.ActionPrefix) })
	}
	out := &DescribeAlarmsOutput{MetricAlarms: []MetricAlarm{}}
	if len(in.AlarmTypes) > 0 && !slices.Contains(in.AlarmTypes, "MetricAlarm") {
		return out, nil
	}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, a := range s.alarms.All(tx, c.Scope) {
			name := a.Settings.AlarmName
			if name <= after || !strings.HasPrefix(name, in.AlarmNamePrefix) || len(in.AlarmNames) > 0 && !slices.Contains(in.AlarmNames, name) ||
				in.StateValue != "" && in.StateValue != a.State || in.ActionPrefix != "" && !acts(&a) {
				continue
			}
			if len(out.MetricAlarms) == limit {
				out.NextToken = encodeToken(out.MetricAlarms[limit-1].AlarmName)
				break
			}
			out.MetricAlarms = append(out.MetricAlarms, a.describe(c.Scope))
		}
		return nil
	})
}

func (s *Service) describeAlarmsForMetric(_ context.Context, c *aws.Call, in *DescribeAlarmsForMetricInput) (*DescribeAlarmsForMetricOutput, error) {
	key := func(list []Dimension) string { return strings.Join(sortedDims(list), "\x00") }
	out := &DescribeAlarmsForMetricOutput{MetricAlarms: []MetricAlarm{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, a := range s.alarms.All(tx, c.Scope) {
			x := &a.Settings
			if x.MetricName == in.MetricName && x.Namespace == in.Namespace && key(x.Dimensions) == key(in.Dimensions) &&
				(in.Statistic == "" || in.Statistic == x.Statistic) && (in.ExtendedStatistic == "" || in.ExtendedStatistic == x.ExtendedStatistic) &&
				(in.Period == nil || x.Period != nil && *in.Period == *x.Period) && (in.Unit == "" || in.Unit == x.Unit) {
				out.MetricAlarms = append(out.MetricAlarms, a.describe(c.Scope))
			}
		}
		return nil
	})
}

func sortedDims(list []Dimension) (flat []string) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Dimension) int { return cmp.Compare(a.Name, b.Name) })
	return dims(list)
}

func (s *Service) setAlarmState(_ context.Context, c *aws.Call, in *SetAlarmStateInput) (*service.Empty, error) {
	if in.StateReasonData != "" && !json.Valid([]byte(in.StateReasonData)) {
		return nil, coded(400, "InvalidFormatFault", "InvalidFormat", "TransitionReasonData was not valid JSON")
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		a, ok := s.alarms.Get(tx, c.Scope, in.AlarmName)
		if !ok {
			return errNoAlarm(in.AlarmName)
		}
		return s.transition(tx, c.Scope, &a, c.Time, verdict{state: in.StateValue, reason: in.StateReason, data: in.StateReasonData})
	})
}

package cloudwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// transition sets the state of an alarm, and has the actions of a new one done.
func (s *Service) transition(tx *store.Tx, scope aws.Scope, a *alarm, now time.Time, v verdict) error {
	old := *a
	a.State, a.Reason, a.ReasonData, a.Updated = v.state, v.reason, v.data, now
	if old.State != v.state {
		a.Transitioned = now
	}
	s.alarms.Put(tx, scope, *a, a.Settings.AlarmName)
	if old.State == v.state {
		return nil
	}
	err := s.record(tx, scope, now, a.Settings.AlarmName, "StateUpdate", fmt.Sprintf("Alarm updated from %s to %s", old.State, v.state), map[string]any{
		"version": "1.0", "oldState": told(&old), "newState": told(a),
	})
	if err != nil || !a.enabled() {
		return err
	}
	actions := map[string][]string{
		stateOK: a.Settings.OKActions, stateAlarm: a.Settings.AlarmActions, stateInsufficient: a.Settings.InsufficientDataActions,
	}[v.state]
	for _, target := range actions {
		if err := s.send(tx, scope, a, &old, aws.ARN(target), now); err != nil {
			return err
		}
	}
	return nil
}

// told is a state as the history tells it.
func told(a *alarm) map[string]any {
	m := map[string]any{"stateValue": a.State, "stateReason": a.Reason}
	if a.ReasonData != "" {
		m["stateReasonData"] = json.RawMessage(a.ReasonData)
	}
	return m
}

// actionAge is how long an action is tried.
const actionAge = 24 * time.Hour

// send has an action done.
func (s *Service) send(tx *store.Tx, scope aws.Scope, a, old *alarm, target aws.ARN, now time.Time) error {
	arn := alarmARN(scope, a.Settings.AlarmName)
	p, _ := target.Parse()
	e := deliver.Event{
		ID: s.IDs.UUID(), Target: target, Scope: scope, Service: "cloudwatch.amazonaws.com", Source: arn,
		Attributes: map[string]string{"Subject": subject(scope, a)},
	}
	var err error
	if p.Service == "lambda" {
		e.Service, e.Attributes = "lambda.alarms.cloudwatch.amazonaws.com", nil
		e.Payload, err = json.Marshal(invocation(scope, a, old, arn, now))
	} else {
		n := message(scope, a, old, arn, now)
		e.Attributes["Email"] = n.mail()
		e.Payload, err = json.Marshal(n)
	}
	if err != nil {
		return err
	}
	return s.actions.Send(tx, &deliver.Message{
		Event: e, Key: string(arn), Sent: now, Retry: deliver.Retry{Age: actionAge, First: time.Second, Longest: 5 * time.Minute},
	})
}

// act does an action, and tells the alarm's history.
func (s *Service) act(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	if err := s.Targets.Deliver(ctx, c, e); err != nil {
		return err
	}
	return s.acted(e, c.Time, "Successfully executed action "+string(e.Target), map[string]any{
		"actionState": "Succeeded", "notificationResource": e.Target,
	})
}

func (s *Service) gaveUp(m *deliver.Message, err error) {
	failed := s.acted(&m.Event, s.Clock.Now(), "Failed to execute action "+string(m.Event.Target), map[string]any{
		"actionState": "Failed", "notificationResource": m.Event.Target, "error": err.Error(),
	})
	if failed != nil {
		s.Log.Error("an alarm's history could not be written", "err", failed)
	}
}

func (s *Service) acted(e *deliver.Event, at time.Time, summary string, data map[string]any) error {
	name := strings.TrimPrefix(e.Source.Resource(), "alarm:")
	return s.DB.Update(func(tx *store.Tx) error { return s.record(tx, e.Scope, at, name, "Action", summary, data) })
}

// subject is the subject of a mail about an alarm, which SNS cuts at 100 characters.
func subject(scope aws.Scope, a *alarm) string {
	text := fmt.Sprintf("%s: \"%s\" in %s", a.State, a.Settings.AlarmName, regionName(scope.Region))
	if len(text) > 100 {
		text = text[:97] + "..."
	}
	return text
}

// regions are AWS' long names.
var regions = map[aws.Region]string{
	"us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)", "us-west-1": "US West (N. California)", "us-west-2": "US West (Oregon)",
	"ca-central-1": "Canada (Central)", "sa-east-1": "South America (Sao Paulo)",
	"eu-west-1": "EU (Ireland)", "eu-west-2": "EU (London)", "eu-west-3": "EU (Paris)", "eu-central-1": "EU (Frankfurt)",
	"eu-north-1": "EU (Stockholm)", "eu-south-1": "EU (Milan)", "eu-south-2": "Europe (Spain)",
	"ap-south-1": "Asia Pacific (Mumbai)", "ap-northeast-1": "Asia Pacific (Tokyo)", "ap-northeast-2": "Asia Pacific (Seoul)",
	"ap-southeast-1": "Asia Pacific (Singapore)", "ap-southeast-2": "Asia Pacific (Sydney)",
}

func regionName(r aws.Region) string {
	if name := regions[r]; name != "" {
		return name
	}
	return string(r)
}

// notification is what SNS is told, member for member in AWS' order.
type notification struct {
	AlarmName                          string
	AlarmDescription                   *string
	AWSAccountId                       string
	AlarmConfigurationUpdatedTimestamp string
	NewStateValue                      string
	NewStateReason                     string
	StateChangeTime                    string
	Region                             string
	AlarmArn                           string
	OldStateValue                      string
	OKActions                          []string
	AlarmActions                       []string
	InsufficientDataActions            []string
	Trigger                            trigger
}

type trigger struct {
	MetricName                       string             `json:",omitempty"`
	Namespace                        string             `json:",omitempty"`
	StatisticType                    string             `json:",omitempty"`
	Statistic                        string             `json:",omitempty"`
	ExtendedStatistic                string             `json:",omitempty"`
	Unit                             *string            `json:"Unit"`
	Dimensions                       []triggerDimension `json:",omitempty"`
	Metrics                          []triggerMetric    `json:",omitempty"`
	Period                           int
	EvaluationPeriods                int
	DatapointsToAlarm                *int `json:",omitempty"`
	ComparisonOperator               string
	Threshold                        decimal
	TreatMissingData                 string
	EvaluateLowSampleCountPercentile string
}

type triggerDimension struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

type triggerMetric struct {
	ID         string       `json:"Id"`
	Expression string       `json:",omitempty"`
	Label      string       `json:",omitempty"`
	MetricStat *triggerStat `json:",omitempty"`
	ReturnData bool
}

type triggerStat struct {
	Metric struct {
		Dimensions []triggerDimension
		MetricName string
		Namespace  string
	}
	Period int
	Stat   string
}

func triggerDimensions(list []Dimension) []triggerDimension {
	out := []triggerDimension{}
	for _, d := range list {
		out = append(out, triggerDimension{d.Value, d.Name})
	}
	return out
}

var loud = map[string]string{"Average": "AVERAGE", "Sum": "SUM", "Minimum": "MINIMUM", "Maximum": "MAXIMUM", "SampleCount": "SAMPLE_COUNT"}

func message(scope aws.Scope, a, old *alarm, arn aws.ARN, now time.Time) notification {
	x := a.describe(scope)
	n := notification{
		AlarmName: x.AlarmName, AWSAccountId: string(scope.Account), AlarmConfigurationUpdatedTimestamp: timestamp(a.Configured),
		NewStateValue: a.State, NewStateReason: a.Reason, StateChangeTime: timestamp(now), Region: regionName(scope.Region),
		AlarmArn: string(arn), OldStateValue: old.State, OKActions: x.OKActions, AlarmActions: x.AlarmActions, InsufficientDataActions: x.InsufficientDataActions,
		Trigger: trigger{
			MetricName: x.MetricName, Namespace: x.Namespace, ExtendedStatistic: x.ExtendedStatistic, Period: int(a.period() / time.Second),
			EvaluationPeriods: x.EvaluationPeriods, DatapointsToAlarm: x.DatapointsToAlarm, ComparisonOperator: x.ComparisonOperator,
			Threshold: decimal(*x.Threshold), TreatMissingData: x.TreatMissingData,
		},
	}
	if x.AlarmDescription != "" {
		n.AlarmDescription = &x.AlarmDescription
	}
	t := &n.Trigger
	if t.TreatMissingData == "" {
		t.TreatMissingData = "missing"
	}
	if x.Unit != "" {
		t.Unit = &x.Unit
	}
	switch {
	case x.Statistic != "":
		t.StatisticType, t.Statistic = "Statistic", loud[x.Statistic]
	case x.ExtendedStatistic != "":
		t.StatisticType = "ExtendedStatistic"
	}
	if x.MetricName != "" {
		t.Dimensions = triggerDimensions(x.Dimensions)
	}
	for _, q := range x.Metrics {
		m := triggerMetric{ID: q.Id, Expression: q.Expression, Label: q.Label, ReturnData: q.ReturnData == nil || *q.ReturnData}
		if q.MetricStat != nil {
			m.MetricStat = &triggerStat{Period: q.MetricStat.Period, Stat: q.MetricStat.Stat}
			m.MetricStat.Metric.MetricName, m.MetricStat.Metric.Namespace = q.MetricStat.Metric.MetricName, q.MetricStat.Metric.Namespace
			m.MetricStat.Metric.Dimensions = triggerDimensions(q.MetricStat.Metric.Dimensions)
		}
		t.Metrics = append(t.Metrics, m)
	}
	return n
}

// mail is the notification for people: SNS mails it instead of the JSON.
func (n *notification) mail() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The alarm %q in the region %s has gone from %s to %s at %s:\n%s\n\n", n.AlarmName, n.Region, n.OldStateValue, n.NewStateValue, n.StateChangeTime, n.NewStateReason)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-14s%s\n", name+":", value)
		}
	}
	if n.AlarmDescription != nil {
		line("Description", *n.AlarmDescription)
	}
	line("Account", n.AWSAccountId)
	line("Alarm", n.AlarmArn)
	t := &n.Trigger
	line("Threshold", fmt.Sprintf("%s %v in %d periods of %d seconds", t.ComparisonOperator, t.Threshold, t.EvaluationPeriods, t.Period))
	line("Missing data", t.TreatMissingData)
	if t.MetricName != "" {
		line("Metric", strings.TrimSpace(t.Namespace+" "+t.MetricName+" "+t.Statistic+t.ExtendedStatistic))
	}
	for _, d := range t.Dimensions {
		line("Dimension", d.Name+" = "+d.Value)
	}
	for _, m := range t.Metrics {
		line("Metric "+m.ID, m.text())
	}
	for _, actions := range []struct {
		state string
		arns  []string
	}{{"ALARM", n.AlarmActions}, {"OK", n.OKActions}, {"INSUFFICIENT_DATA", n.InsufficientDataActions}} {
		for _, arn := range actions.arns {
			line("When "+actions.state, arn)
		}
	}
	return b.String()
}

func (m *triggerMetric) text() string {
	if m.MetricStat == nil {
		return m.Expression
	}
	return m.MetricStat.Metric.Namespace + " " + m.MetricStat.Metric.MetricName + " " + m.MetricStat.Stat
}

// invocation is what a Lambda function is told.
func invocation(scope aws.Scope, a, old *alarm, arn aws.ARN, now time.Time) map[string]any {
	state := func(a *alarm) map[string]any {
		m := map[string]any{"value": a.State, "reason": a.Reason, "timestamp": timestamp(a.Updated)}
		if a.ReasonData != "" {
			m["reasonData"] = a.ReasonData
		}
		return m
	}
	return map[string]any{
		"source": "aws.cloudwatch", "alarmArn": arn, "accountId": scope.Account, "time": timestamp(now), "region": scope.Region,
		"alarmData": map[string]any{
			"alarmName": a.Settings.AlarmName, "state": state(a), "previousState": state(old),
			"configuration": map[string]any{"description": a.Settings.AlarmDescription},
		},
	}
}

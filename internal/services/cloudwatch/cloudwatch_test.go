package cloudwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

var (
	start = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	paris = aws.Scope{Account: "000000000000", Region: "eu-west-3"}
)

// bench is a service whose clock tests move, and whose actions they receive.
type bench struct {
	*Service
	t    *testing.T
	told chan *deliver.Event
}

func (b *bench) Check(*aws.Call, aws.ARN) error { return nil }
func (b *bench) Receive(_ context.Context, _ *aws.Call, e *deliver.Event) error {
	b.told <- e
	return nil
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, told: make(chan *deliver.Event, 100)}
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	now := clock.New(func() time.Time { return start }, 0)
	targets := &deliver.Router{}
	targets.Mount("sns", b)
	targets.Mount("lambda", b)
	b.Service = New(Deps{DB: db, IDs: aws.NewIDs(nil), Clock: now, Meter: meter.Open(db, now.Now), Targets: targets, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	var worker sync.WaitGroup
	worker.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); worker.Wait() })
	return b
}

func (b *bench) call() *aws.Call {
	return &aws.Call{Scope: paris, Time: b.Clock.Now(), Principal: &aws.Principal{}}
}

// must runs an operation that is to succeed.
func must[In, Out any](b *bench, op func(context.Context, *aws.Call, *In) (*Out, error), in *In) *Out {
	b.t.Helper()
	out, err := op(context.Background(), b.call(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	if err := b.Clock.Advance(context.Background(), d); err != nil {
		b.t.Fatal(err)
	}
}

func num[T any](v T) *T { return &v }

// settings are those of an alarm on more than 1 error a minute.
func settings(n, m int, treat string) AlarmSettings {
	return AlarmSettings{
		AlarmName: "a", Namespace: "App", MetricName: "Errors", Statistic: "Sum", Period: num(60), EvaluationPeriods: n, DatapointsToAlarm: num(m),
		Threshold: num(1.0), ComparisonOperator: "GreaterThanOrEqualToThreshold", TreatMissingData: treat,
	}
}

// TestMissingData is the table of AWS' guide on how alarms treat missing data:
// 0 is a datapoint that is fine, X one that is breaching, and - is missing.
func TestMissingData(t *testing.T) {
	treatments := []string{"missing", "ignore", "breaching", "notBreaching"}
	for _, c := range []struct {
		points string
		m      int
		want   []string // "" keeps the state
	}{
		{"0-X-X", 3, []string{"OK", "OK", "OK", "OK"}},
		{"0----", 3, []string{"OK", "OK", "OK", "OK"}},
		{"-----", 3, []string{"INSUFFICIENT_DATA", "", "ALARM", "OK"}},
		{"0XX-X", 3, []string{"ALARM", "ALARM", "ALARM", "ALARM"}},
		{"--X--", 3, []string{"ALARM", "", "ALARM", "OK"}},
		{"0-X-X", 2, []string{"ALARM", "ALARM", "ALARM", "ALARM"}},
		{"00X0X", 2, []string{"ALARM", "ALARM", "ALARM", "ALARM"}},
		{"0-X--", 2, []string{"OK", "OK", "ALARM", "OK"}},
		{"----0", 2, []string{"OK", "OK", "ALARM", "OK"}},
		{"---X-", 2, []string{"ALARM", "", "ALARM", "OK"}},
	} {
		var samples []sample
		for i, p := range c.points {
			s := sample{time: start.Add(time.Duration(i) * time.Minute)}
			switch p {
			case '0':
				s.value = num(0.0)
			case 'X':
				s.value = num(5.0)
			}
			samples = append(samples, s)
		}
		for i, treat := range treatments {
			a := &alarm{Settings: settings(3, c.m, treat)}
			if v := judge(a, samples, start); v.state != c.want[i] {
				t.Errorf("%s, %d of 3, %s: %q, want %q", c.points, c.m, treat, v.state, c.want[i])
			}
			a.Settings.Namespace = "AWS/DynamoDB"
			if v := judge(a, samples, start); v.state != c.want[1] {
				t.Errorf("%s, %d of 3, %s of DynamoDB: %q, want %q", c.points, c.m, treat, v.state, c.want[1])
			}
		}
	}
}

func TestReasons(t *testing.T) {
	at := func(i int, v float64) sample {
		return sample{start.Add(time.Duration(i) * time.Minute), &v}
	}
	x := settings(3, 2, "missing")
	if v := judge(&alarm{Settings: x}, []sample{at(0, 1), at(1, 0), at(2, 2.5)}, start); v.reason !=
		"Threshold Crossed: 2 out of the last 3 datapoints [2.5 (02/01/26 03:06:00), 0.0 (02/01/26 03:05:00), 1.0 (02/01/26 03:04:00)] "+
			"were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition)." {
		t.Error(v.reason)
	}
	if v := judge(&alarm{Settings: x}, []sample{at(0, 0), at(1, 0), at(2, 2.5)}, start); v.reason !=
		"Threshold Crossed: 2 out of the last 3 datapoints [2.5 (02/01/26 03:06:00), 0.0 (02/01/26 03:05:00), 0.0 (02/01/26 03:04:00)] "+
			"were not greater than or equal to the threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition)." {
		t.Error(v.reason)
	}
	x.DatapointsToAlarm, x.EvaluationPeriods, x.TreatMissingData = nil, 2, "breaching"
	if v := judge(&alarm{Settings: x}, []sample{{}, {}}, start); v.reason !=
		"Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]." {
		t.Error(v.reason)
	}
	x.EvaluationPeriods, x.TreatMissingData = 1, "missing"
	if v := judge(&alarm{Settings: x}, []sample{{}}, start); v.reason != "Insufficient Data: 1 datapoint was unknown." {
		t.Error(v.reason)
	}
	for v, want := range map[float64]string{1: "1.0", 0.05: "0.05", 12345678: "1.2345678E7", 0.0001: "1.0E-4", 0: "0.0", -3.5: "-3.5"} {
		if got := decimal(v).String(); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestAlarmsFollowTheClock(t *testing.T) {
	b := newBench(t)
	x := settings(1, 1, "notBreaching")
	x.DatapointsToAlarm = nil
	must(b, b.putMetricAlarm, &PutMetricAlarmInput{AlarmSettings: x})
	for i := range 60 {
		v := meter.Values(float64(i%20/10), 1) // ten minutes fine, ten not
		b.Meter.Put(paris, "App", "Errors", meter.None, start.Add(time.Duration(i)*time.Minute), 60, &v)
	}
	b.advance(time.Hour)
	out := must(b, b.describeAlarmHistory, &DescribeAlarmHistoryInput{AlarmName: "a", HistoryItemType: "StateUpdate", ScanBy: "TimestampAscending"})
	var got []string
	for _, h := range out.AlarmHistoryItems {
		got = append(got, fmt.Sprintf("%d %s", int(h.Timestamp.Sub(start).Minutes()), strings.TrimPrefix(h.HistorySummary, "Alarm updated from ")))
	}
	want := []string{"1 INSUFFICIENT_DATA to OK", "11 OK to ALARM", "21 ALARM to OK", "31 OK to ALARM", "41 ALARM to OK", "51 OK to ALARM"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestActions(t *testing.T) {
	b := newBench(t)
	x := settings(1, 1, "notBreaching")
	x.AlarmDescription = "too many"
	x.Dimensions = []Dimension{{Name: "Path", Value: "/a"}}
	x.AlarmActions = []string{"arn:aws:sns:eu-west-3:000000000000:ops", "arn:aws:lambda:eu-west-3:000000000000:function:f"}
	x.OKActions = x.AlarmActions[:1]
	must(b, b.putMetricAlarm, &PutMetricAlarmInput{AlarmSettings: x})
	b.advance(time.Minute)
	if e := <-b.told; e.Attributes["Subject"] != `OK: "a" in EU (Paris)` || e.Service != "cloudwatch.amazonaws.com" || e.Source != "arn:aws:cloudwatch:eu-west-3:000000000000:alarm:a" {
		t.Errorf("told %+v", e)
	}
	b.Meter.Count(paris, "App", "Errors", meter.Count, 3, "Path", "/a")
	b.advance(10 * time.Minute) // breaching for one, which is still there for two more, and fine again
	e := <-b.told
	var m notification
	if err := json.Unmarshal(e.Payload, &m); err != nil {
		t.Fatalf("%s: %v", e.Payload, err)
	}
	if m.NewStateValue != "ALARM" || m.OldStateValue != "OK" || m.StateChangeTime != "2026-01-02T03:06:00.000+0000" || m.Region != "EU (Paris)" ||
		m.Trigger.Statistic != "SUM" || m.Trigger.Dimensions[0] != (triggerDimension{"/a", "Path"}) || *m.AlarmDescription != "too many" || m.Trigger.Threshold != 1 ||
		!strings.HasPrefix(m.NewStateReason, "Threshold Crossed: 1 out of the last 1 datapoints [3.0 (02/01/26 03:05:00)] was greater than or equal to") {
		t.Errorf("told %s", e.Payload)
	}
	for _, want := range []string{`The alarm "a" in the region EU (Paris) has gone from OK to ALARM at 2026-01-02T03:06:00.000+0000:`, m.NewStateReason,
		"Description:  too many", "Metric:       App Errors SUM", "Dimension:    Path = /a", "Threshold:    GreaterThanOrEqualToThreshold 1.0 in 1 periods of 60 seconds"} {
		if !strings.Contains(e.Attributes["Email"], want+"\n") {
			t.Errorf("the mail has no line %q:\n%s", want, e.Attributes["Email"])
		}
	}
	e = <-b.told
	var l struct {
		AlarmData struct{ State struct{ Value string } }
	}
	if err := json.Unmarshal(e.Payload, &l); err != nil || l.AlarmData.State.Value != "ALARM" || e.Service != "lambda.alarms.cloudwatch.amazonaws.com" {
		t.Errorf("told %s, %v", e.Payload, err)
	}
	if e = <-b.told; e.Attributes["Subject"] != `OK: "a" in EU (Paris)` {
		t.Errorf("told %+v", e)
	}
	must(b, b.disableAlarmActions, &DisableAlarmActionsInput{AlarmNames: []string{"a"}})
	must(b, b.setAlarmState, &SetAlarmStateInput{AlarmName: "a", StateValue: "ALARM", StateReason: "x"})
	b.advance(time.Hour)
	if len(b.told) != 0 {
		t.Errorf("told %+v", <-b.told)
	}
	deadline := time.After(10 * time.Second)
	for acted := 0; acted != 4; {
		select {
		case <-deadline:
			t.Fatalf("the history has %d actions", acted)
		case <-time.After(time.Millisecond):
		}
		acted = len(must(b, b.describeAlarmHistory, &DescribeAlarmHistoryInput{AlarmName: "a", HistoryItemType: "Action"}).AlarmHistoryItems)
	}
}

func TestAdvanceIsFast(t *testing.T) {
	b := newBench(t)
	for i := range 10 {
		x := settings(5, 3, "missing")
		x.AlarmName = fmt.Sprint("a", i)
		must(b, b.putMetricAlarm, &PutMetricAlarmInput{AlarmSettings: x})
	}
	done := make(chan struct{})
	go func() { b.advance(24 * time.Hour); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("a day of the clock takes more than 20 s")
		<-done
	}
}

func TestCharges(t *testing.T) {
	b := newBench(t)
	must(b, b.putMetricAlarm, &PutMetricAlarmInput{AlarmSettings: settings(1, 1, "missing")})
	b.Meter.Count(paris, "App", "Errors", meter.Count, 1)
	b.Meter.Count(paris, "AWS/Lambda", "Errors", meter.Count, 1)
	b.advance(10 * time.Hour)
	used := map[string]float64{}
	for u, n := range b.Meter.Used() {
		used[u.Item.Unit] += n * monthHours
	}
	if math.Abs(used["AlarmMonitorUsage"]-10) > 1e-9 || math.Abs(used["MetricMonitorUsage"]-1) > 1e-9 {
		t.Errorf("used %v", used)
	}
}

func TestStatistics(t *testing.T) {
	b := newBench(t)
	for i := 1; i <= 100; i++ {
		b.Meter.Count(paris, "App", "Took", meter.Milliseconds, float64(i))
	}
	for name, want := range map[string]float64{
		"SampleCount": 100, "Sum": 5050, "Average": 50.5, "Minimum": 1, "Maximum": 100, "p50": 50, "p99": 99, "p100": 100,
		"tm90": 45.5, "TM(10%:90%)": 50.5, "IQM": 50.5, "wm80": 48.5, "tc90": 90, "ts90": 4095, "TC(10:20)": 10, "TM(:20)": 10.5, "PR(:20)": 20, "TS(80%:)": 1810,
	} {
		f, err := parseStatistic(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		points, err := b.Meter.Query(meter.Series{Scope: paris, Namespace: "App", Metric: "Took"}, start, start.Add(time.Minute), time.Minute)
		if err != nil || len(points) != 1 {
			t.Fatalf("%v, %v", points, err)
		}
		if v, ok := f(&points[0].Set); !ok || v < want*0.985-0.01 || v > want*1.015+0.01 {
			t.Errorf("%s = %v, %v, want %v", name, v, ok, want)
		}
	}
	for _, bad := range []string{"", "p101", "p", "q50", "TM(5:1)", "PR(1%:2%)", "TM(a:b)", "sum"} {
		if _, err := parseStatistic(bad); err == nil {
			t.Errorf("%s is a statistic", bad)
		}
	}
	// Five minutes that begin where an alarm looks, not on the clock.
	points, err := b.Meter.Query(meter.Series{Scope: paris, Namespace: "App", Metric: "Took"}, start.Add(-4*time.Minute), start.Add(time.Minute), 5*time.Minute)
	if err != nil || len(points) != 1 || points[0].Sum != 5050 || !points[0].Time.Equal(start.Add(-4*time.Minute)) {
		t.Errorf("%v, %v", points, err)
	}
}

func FuzzParseSearch(f *testing.F) {
	f.Add(`{AWS/Lambda,FunctionName} MetricName="Errors" (a OR b) NOT c=(d AND "e f")`)
	f.Fuzz(func(t *testing.T, query string) {
		q, err := parseSearch(query)
		if err == nil {
			q.matches(meter.Series{Namespace: "AWS/Lambda", Metric: "Errors", Dimensions: "FunctionName\x00f\x00"})
		}
	})
}

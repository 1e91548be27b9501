package sdkgo

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
)

// TestCloudWatch speaks CBOR, as this SDK does.
func TestCloudWatch(t *testing.T) {
	start(t)
	c := cloudwatch.NewFromConfig(load(t))
	now := time.Now().Truncate(time.Minute)
	dims := []types.Dimension{{Name: aws.String("Path"), Value: aws.String("/sdk")}}
	var data []types.MetricDatum
	for i := range 200 { // enough for the SDK to compress it
		data = append(data, types.MetricDatum{
			MetricName: aws.String("Took"), Dimensions: dims, Unit: types.StandardUnitMilliseconds, Timestamp: &now, Values: []float64{float64(i), 1000}, Counts: []float64{1, 0},
		})
	}
	if _, err := c.PutMetricData(ctx(t), &cloudwatch.PutMetricDataInput{Namespace: aws.String("SDK"), MetricData: data}); err != nil {
		t.Fatal(err)
	}
	stat := func(id, stat string) types.MetricDataQuery {
		return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: aws.String("SDK"), MetricName: aws.String("Took"), Dimensions: dims}, Period: aws.Int32(60), Stat: &stat,
		}}
	}
	out, err := c.GetMetricData(ctx(t), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-time.Hour)), EndTime: aws.Time(now.Add(time.Minute)),
		MetricDataQueries: []types.MetricDataQuery{stat("m1", "Sum"), stat("m2", "p50"), {Id: aws.String("e1"), Expression: aws.String("m1 / 100")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{19900, 99, 199} {
		r := out.MetricDataResults[i]
		if len(r.Values) != 1 || r.Values[0] < want*0.98 || r.Values[0] > want*1.02 || !r.Timestamps[0].Equal(now) {
			t.Errorf("%s = %v at %v, want %v", *r.Id, r.Values, r.Timestamps, want)
		}
	}

	alarm := &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("sdk"), Namespace: aws.String("SDK"), MetricName: aws.String("Took"), Statistic: types.StatisticSum, Period: aws.Int32(60),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
	}
	if _, err := c.PutMetricAlarm(ctx(t), alarm); err != nil {
		t.Fatal(err)
	}
	alarms, err := c.DescribeAlarms(ctx(t), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"sdk"}})
	if err != nil || len(alarms.MetricAlarms) != 1 || *alarms.MetricAlarms[0].Threshold != 1 || alarms.MetricAlarms[0].StateValue != types.StateValueInsufficientData {
		t.Errorf("described %+v, %v", alarms, err)
	}
	_, err = c.GetDashboard(ctx(t), &cloudwatch.GetDashboardInput{DashboardName: aws.String("none")})
	if e := smithy.APIError(nil); !errors.As(err, &e) || e.ErrorCode() != "ResourceNotFound" {
		t.Errorf("an absent dashboard: %v", err)
	}
	put, err := c.PutDashboard(ctx(t), &cloudwatch.PutDashboardInput{DashboardName: aws.String("sdk"), DashboardBody: aws.String(`{"widgets":[{"type":"custom","properties":{}}]}`)})
	if err != nil || len(put.DashboardValidationMessages) != 1 {
		t.Errorf("put %+v, %v", put, err)
	}
}

func TestLogs(t *testing.T) {
	start(t)
	c := cloudwatchlogs.NewFromConfig(load(t))
	group, stream := aws.String("/sdk/app"), aws.String("one")
	if _, err := c.CreateLogGroup(ctx(t), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateLogStream(ctx(t), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		t.Fatal(err)
	}
	in := &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream}
	now := time.Now().UnixMilli()
	for i := range 25 {
		in.LogEvents = append(in.LogEvents, logtypes.InputLogEvent{Message: aws.String("event"), Timestamp: aws.Int64(now + int64(i))})
	}
	if _, err := c.PutLogEvents(ctx(t), in); err != nil {
		t.Fatal(err)
	}
	// The SDK's own paginator ends when the token stays the same.
	n := 0
	pages := cloudwatchlogs.NewGetLogEventsPaginator(c, &cloudwatchlogs.GetLogEventsInput{LogGroupName: group, LogStreamName: stream, StartFromHead: aws.Bool(true), Limit: aws.Int32(10)},
		func(o *cloudwatchlogs.GetLogEventsPaginatorOptions) { o.StopOnDuplicateToken = true })
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx(t))
		if err != nil {
			t.Fatal(err)
		}
		n += len(out.Events)
	}
	if n != 25 {
		t.Errorf("%d events", n)
	}
	_, err := c.FilterLogEvents(ctx(t), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("none")})
	if e := (*logtypes.ResourceNotFoundException)(nil); !errors.As(err, &e) {
		t.Errorf("an absent group: %v", err)
	}
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var (
	cloudWatch = target{"monitoring", "GraniteServiceVersion20100801", "application/x-amz-json-1.0"}
	cloudLogs  = target{"logs", "Logs_20140328", "application/x-amz-json-1.1"}
)

func monitoringKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:cloudwatch/dashboard:Dashboard",
			Inputs: []Property{
				{Name: "dashboardName", Type: str, Required: true, Replace: true},
				{Name: "dashboardBody", Type: document, Required: true, Policy: true},
			},
			Computed: []string{"dashboardArn"},
			Identity: []string{"dashboardName"},
			create:   byPutting(func(r *Resource) string { return r.text("dashboardName") }, putDashboard),
			update:   putDashboard, read: readDashboard, remove: removeDashboard,
			find: putAgain,
		},
		{
			Token: "aws:cloudwatch/metricAlarm:MetricAlarm",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "actionsEnabled", Type: boolean, Default: true},
				{Name: "alarmActions", Type: setOf(str)},
				{Name: "alarmDescription", Type: str},
				{Name: "comparisonOperator", Required: true, Type: oneOf(
					"GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold")},
				{Name: "datapointsToAlarm", Type: number},
				{Name: "dimensions", Type: mapOf(str)},
				{Name: "evaluateLowSampleCountPercentiles", Type: oneOf("evaluate", "ignore"), Computed: true},
				{Name: "evaluationPeriods", Type: number, Required: true},
				{Name: "extendedStatistic", Type: str},
				{Name: "insufficientDataActions", Type: setOf(str)},
				{Name: "metricName", Type: str},
				{Name: "metricQueries", Type: setOf(object(
					Property{Name: "id", Type: str, Required: true},
					Property{Name: "expression", Type: str},
					Property{Name: "label", Type: str},
					Property{Name: "period", Type: number},
					Property{Name: "returnData", Type: boolean, Default: false},
					Property{Name: "metric", Type: object(
						Property{Name: "metricName", Type: str, Required: true},
						Property{Name: "namespace", Type: str},
						Property{Name: "period", Type: number, Required: true},
						Property{Name: "stat", Type: str, Required: true},
						Property{Name: "unit", Type: str},
						Property{Name: "dimensions", Type: mapOf(str)},
					)},
				))},
				{Name: "namespace", Type: str},
				{Name: "okActions", Type: setOf(str)},
				{Name: "period", Type: number},
				{Name: "statistic", Type: oneOf("SampleCount", "Average", "Sum", "Minimum", "Maximum")},
				{Name: "threshold", Type: number},
				{Name: "treatMissingData", Type: oneOf("missing", "ignore", "breaching", "notBreaching"), Default: "missing"},
				{Name: "unit", Type: str},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "tagsAll"},
			Name:     Naming{Property: "name", Max: 255},
			Identity: []string{"name", "region"},
			create:   byPutting(func(r *Resource) string { return r.text("name") }, putAlarm),
			update:   updateAlarm, read: readAlarm, remove: removeAlarm,
			find: putAgain,
		},
		{
			Token: "aws:cloudwatch/logGroup:LogGroup",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "namePrefix", Type: str, Replace: true, Computed: true},
				{Name: "logGroupClass", Type: oneOf("STANDARD"), Default: "STANDARD", Replace: true},
				{Name: "retentionInDays", Type: number, Default: 0.0},
				{Name: "skipDestroy", Type: boolean, Default: false},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "tagsAll"},
			Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 512},
			Identity: []string{"name", "region"},
			create:   createLogGroup, read: readLogGroup, update: updateLogGroup, remove: removeLogGroup,
			find: byInputs(func(r *Resource) string { return r.text("name") }, readLogGroup),
		},
	}
}

func putDashboard(ctx context.Context, r *Resource) error {
	in := members(r.In, "dashboardName", "dashboardBody")
	var out struct {
		DashboardValidationMessages []struct{ DataPath, Message string }
	}
	if err := r.json(ctx, cloudWatch, "PutDashboard", in, &out); err != nil {
		return err
	}
	for _, m := range out.DashboardValidationMessages {
		return fmt.Errorf("monitoring:PutDashboard: %s: %s", m.DataPath, m.Message)
	}
	return nil
}

func readDashboard(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct{ DashboardArn string }
	err := r.json(ctx, cloudWatch, "GetDashboard", jsonObject{"DashboardName": r.ID}, &out)
	return value.Map{"dashboardArn": out.DashboardArn}, notFound(err, "ResourceNotFound", "DashboardNotFoundError")
}

func removeDashboard(ctx context.Context, r *Resource) error {
	err := r.json(ctx, cloudWatch, "DeleteDashboards", jsonObject{"DashboardNames": []any{r.ID}}, nil)
	return unlessGone(notFound(err, "ResourceNotFound", "DashboardNotFoundError"))
}

// dimensions of a metric, in the order of their names.
func dimensions(m value.Map) []any { return awsTags(m["dimensions"], "Name", "Value") }

func putAlarm(ctx context.Context, r *Resource) error {
	in := members(r.In, "name:AlarmName", "actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm",
		"evaluateLowSampleCountPercentiles:EvaluateLowSampleCountPercentile", "evaluationPeriods", "extendedStatistic", "insufficientDataActions",
		"metricName", "namespace", "okActions:OKActions", "period", "statistic", "threshold", "treatMissingData", "unit")
	if list := dimensions(r.In); len(list) > 0 {
		in["Dimensions"] = list
	}
	var queries []any
	for _, m := range objects(r.In["metricQueries"]) {
		q := members(m, "id", "expression", "label", "period", "returnData")
		if of := nested(m, "metric"); of != nil {
			metric := members(of, "metricName", "namespace")
			if list := dimensions(of); len(list) > 0 {
				metric["Dimensions"] = list
			}
			stat := members(of, "period", "stat", "unit")
			stat["Metric"] = metric
			q["MetricStat"] = stat
		}
		queries = append(queries, q)
	}
	if len(queries) > 0 {
		in["Metrics"] = queries
	}
	if tags := awsTags(r.In["tags"], "Key", "Value"); len(tags) > 0 && r.Old == nil {
		in["Tags"] = tags
	}
	return r.json(ctx, cloudWatch, "PutMetricAlarm", in, nil)
}

func updateAlarm(ctx context.Context, r *Resource) error {
	if err := putAlarm(ctx, r); err != nil {
		return err
	}
	arn := r.arn("cloudwatch", "alarm:"+r.ID)
	return r.retag(func(gone []string) error {
		return r.json(ctx, cloudWatch, "UntagResource", jsonObject{"ResourceARN": arn, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, cloudWatch, "TagResource", jsonObject{"ResourceARN": arn, "Tags": awsTags(tags, "Key", "Value")}, nil)
	})
}

func readAlarm(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct{ MetricAlarms []struct{ AlarmArn string } }
	if err := r.json(ctx, cloudWatch, "DescribeAlarms", jsonObject{"AlarmNames": []any{r.ID}}, &out); err != nil {
		return nil, err
	}
	if len(out.MetricAlarms) == 0 {
		return nil, errGone
	}
	return value.Map{"arn": out.MetricAlarms[0].AlarmArn}, nil
}

func removeAlarm(ctx context.Context, r *Resource) error {
	err := r.json(ctx, cloudWatch, "DeleteAlarms", jsonObject{"AlarmNames": []any{r.ID}}, nil)
	return unlessGone(notFound(err, "ResourceNotFound"))
}

func createLogGroup(ctx context.Context, r *Resource) (string, error) {
	in := camel(r.In, "name:logGroupName")
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["tags"] = tags
	}
	if err := r.json(ctx, cloudLogs, "CreateLogGroup", in, nil); err != nil {
		return "", err
	}
	r.ID = r.text("name")
	return r.ID, setRetention(ctx, r)
}

func setRetention(ctx context.Context, r *Resource) error {
	days := integer(r.In["retentionInDays"])
	switch {
	case !r.Changed("retentionInDays") || r.Old == nil && days == 0:
		return nil
	case days == 0:
		return r.json(ctx, cloudLogs, "DeleteRetentionPolicy", jsonObject{"logGroupName": r.ID}, nil)
	}
	return r.json(ctx, cloudLogs, "PutRetentionPolicy", jsonObject{"logGroupName": r.ID, "retentionInDays": days}, nil)
}

func readLogGroup(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		LogGroups []struct{ LogGroupName, Arn string } `json:"logGroups"`
	}
	if err := r.json(ctx, cloudLogs, "DescribeLogGroups", jsonObject{"logGroupNamePrefix": r.ID}, &out); err != nil {
		return nil, err
	}
	for _, g := range out.LogGroups {
		if g.LogGroupName == r.ID {
			return value.Map{"arn": strings.TrimSuffix(g.Arn, ":*")}, nil
		}
	}
	return nil, errGone
}

func updateLogGroup(ctx context.Context, r *Resource) error {
	if err := setRetention(ctx, r); err != nil {
		return err
	}
	arn := r.arn("logs", "log-group:"+r.ID)
	return r.retag(func(gone []string) error {
		return r.json(ctx, cloudLogs, "UntagResource", jsonObject{"resourceArn": arn, "tagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, cloudLogs, "TagResource", jsonObject{"resourceArn": arn, "tags": tags}, nil)
	})
}

func removeLogGroup(ctx context.Context, r *Resource) error {
	if r.flag("skipDestroy") {
		return nil
	}
	err := r.json(ctx, cloudLogs, "DeleteLogGroup", jsonObject{"logGroupName": r.ID}, nil)
	return unlessGone(notFound(err, "ResourceNotFoundException"))
}

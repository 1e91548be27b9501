package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// metric is a metric as dashboards write it.
type metric struct {
	namespace, name, stat string
	dimensions            []any // names and values in turn
	label                 string
}

func (m metric) row() []any {
	row := append([]any{m.namespace, m.name}, m.dimensions...)
	options := map[string]any{"stat": m.stat}
	if m.label != "" {
		options["label"] = m.label
	}
	return append(row, options)
}

// widget is a chart of a dashboard.
type widget struct {
	title   string
	metrics []metric
}

func newMonitoring(ctx *pulumi.Context, s settings, t *tables, b *buckets, a *api, f *functions) error {
	topic, err := sns.NewTopic(ctx, "alarms", &sns.TopicArgs{Name: pulumi.String("biihlive-alarms"), DisplayName: pulumi.String("Biihlive")})
	if err != nil {
		return err
	}
	if s.alarmMail != "" {
		if _, err := sns.NewTopicSubscription(ctx, "alarms", &sns.TopicSubscriptionArgs{
			Topic: topic.Arn, Protocol: pulumi.String("email"), Endpoint: pulumi.String(s.alarmMail),
		}); err != nil {
			return err
		}
	}
	if err := newDashboards(ctx, s, t, b, a, f); err != nil {
		return err
	}
	return newAlarms(ctx, t, b, a, topic)
}

func newDashboards(ctx *pulumi.Context, s settings, t *tables, b *buckets, a *api, f *functions) error {
	graphql, stage := []any{"GraphQLAPIId", a.graphql.ID()}, []any{"ApiId", f.rankings.api.ID()}
	var throttles, consumed []metric
	for _, table := range []pulumi.StringOutput{t.users.Name, t.social.Name, t.chats.Name, t.rankings.Name} {
		of := []any{"TableName", table}
		throttles = append(throttles, metric{"AWS/DynamoDB", "ReadThrottleEvents", "Sum", of, ""}, metric{"AWS/DynamoDB", "WriteThrottleEvents", "Sum", of, ""})
		consumed = append(consumed, metric{"AWS/DynamoDB", "ConsumedReadCapacityUnits", "Sum", of, ""}, metric{"AWS/DynamoDB", "ConsumedWriteCapacityUnits", "Sum", of, ""})
	}
	var invocations, failures []metric
	for _, name := range f.names {
		of := []any{"FunctionName", name}
		invocations = append(invocations, metric{"AWS/Lambda", "Invocations", "Sum", of, name})
		failures = append(failures, metric{"AWS/Lambda", "Errors", "Sum", of, name})
	}
	media := []any{"BucketName", b.media.Bucket, "FilterId", metricsOf}
	for name, widgets := range map[string][]widget{
		"biihlive-api": {
			{"API Gateway requests/errors", []metric{
				{"AWS/ApiGateway", "Count", "Sum", stage, "requests"}, {"AWS/ApiGateway", "4xx", "Sum", stage, "4xx"}, {"AWS/ApiGateway", "5xx", "Sum", stage, "5xx"},
			}},
			{"AppSync requests/errors", []metric{
				{"AWS/AppSync", "Requests", "Sum", graphql, "requests"}, {"AWS/AppSync", "4XXError", "Sum", graphql, "4xx"}, {"AWS/AppSync", "5XXError", "Sum", graphql, "5xx"},
			}},
			{"AppSync latency", []metric{
				{"AWS/AppSync", "Latency", "Average", graphql, "average"}, {"AWS/AppSync", "Latency", "p99", graphql, "p99"},
			}},
		},
		"biihlive-dynamodb": {{"DynamoDB throttles", throttles}, {"DynamoDB capacity", consumed}},
		"biihlive-lambda":   {{"Lambda invocations", invocations}, {"Lambda errors", failures}},
		"biihlive-s3": {
			{"S3 GET/PUT requests", []metric{{"AWS/S3", "GetRequests", "Sum", media, "GET"}, {"AWS/S3", "PutRequests", "Sum", media, "PUT"}}},
			{"S3 4xx/5xx errors", []metric{{"AWS/S3", "4xxErrors", "Sum", media, "4xx"}, {"AWS/S3", "5xxErrors", "Sum", media, "5xx"}}},
		},
	} {
		if _, err := cloudwatch.NewDashboard(ctx, name, &cloudwatch.DashboardArgs{
			DashboardName: pulumi.String(name), DashboardBody: body(s.region, widgets),
		}); err != nil {
			return err
		}
	}
	return nil
}

// body lays widgets two in a row.
func body(region string, widgets []widget) pulumi.StringOutput {
	const width, height = 12, 6
	var list []any
	for i, w := range widgets {
		var rows []any
		for _, m := range w.metrics {
			rows = append(rows, m.row())
		}
		list = append(list, map[string]any{
			"type": "metric", "x": i % 2 * width, "y": i / 2 * height, "width": width, "height": height,
			"properties": map[string]any{"title": w.title, "region": region, "view": "timeSeries", "period": 60, "metrics": rows},
		})
	}
	return pulumi.JSONMarshal(map[string]any{"widgets": list})
}

func newAlarms(ctx *pulumi.Context, t *tables, b *buckets, a *api, topic *sns.Topic) error {
	minute := pulumi.Int(60)
	alarm := func(name, description string, args *cloudwatch.MetricAlarmArgs) error {
		args.Name, args.AlarmDescription = pulumi.String(name), pulumi.String(description)
		args.AlarmActions, args.OkActions = pulumi.Array{topic.Arn}, pulumi.Array{topic.Arn}
		args.ComparisonOperator = pulumi.String("GreaterThanThreshold")
		args.EvaluationPeriods = pulumi.Int(1)
		args.TreatMissingData = pulumi.String("notBreaching")
		_, err := cloudwatch.NewMetricAlarm(ctx, name, args)
		return err
	}
	if err := alarm("biihlive-api-latency", "High API latency (>1s)", &cloudwatch.MetricAlarmArgs{
		Namespace: pulumi.String("AWS/AppSync"), MetricName: pulumi.String("Latency"), Statistic: pulumi.String("Average"), Period: minute,
		Dimensions: pulumi.StringMap{"GraphQLAPIId": a.graphql.ID()}, Threshold: pulumi.Float64(1000),
	}); err != nil {
		return err
	}
	throttles := cloudwatch.MetricAlarmMetricQueryArray{sum("total", "SUM(METRICS())", "throttled requests")}
	for id, table := range map[string]pulumi.StringOutput{"users": t.users.Name, "social": t.social.Name, "chats": t.chats.Name, "rankings": t.rankings.Name} {
		of := pulumi.StringMap{"TableName": table}
		throttles = append(throttles,
			query(id+"_reads", "AWS/DynamoDB", "ReadThrottleEvents", of), query(id+"_writes", "AWS/DynamoDB", "WriteThrottleEvents", of))
	}
	if err := alarm("biihlive-dynamodb-throttling", "DynamoDB throttling", &cloudwatch.MetricAlarmArgs{
		MetricQueries: throttles, Threshold: pulumi.Float64(0),
	}); err != nil {
		return err
	}
	// Without dimensions Lambda's metrics are those of all functions.
	if err := alarm("biihlive-lambda-errors", "Lambda errors >1%", &cloudwatch.MetricAlarmArgs{
		MetricQueries: cloudwatch.MetricAlarmMetricQueryArray{
			sum("rate", "100 * errors / invocations", "errors in percent"),
			query("errors", "AWS/Lambda", "Errors", nil), query("invocations", "AWS/Lambda", "Invocations", nil),
		},
		Threshold: pulumi.Float64(1),
	}); err != nil {
		return err
	}
	media := pulumi.StringMap{"BucketName": b.media.Bucket, "FilterId": pulumi.String(metricsOf)}
	return alarm("biihlive-s3-errors", "S3 4xx/5xx errors", &cloudwatch.MetricAlarmArgs{
		MetricQueries: cloudwatch.MetricAlarmMetricQueryArray{
			sum("total", "SUM(METRICS())", "errors"),
			query("clients", "AWS/S3", "4xxErrors", media), query("servers", "AWS/S3", "5xxErrors", media),
		},
		Threshold: pulumi.Float64(5),
	})
}

// sum is what an alarm looks at: an expression over its queries.
func sum(id, expression, label string) *cloudwatch.MetricAlarmMetricQueryArgs {
	return &cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String(id), Expression: pulumi.String(expression), Label: pulumi.String(label), ReturnData: pulumi.Bool(true),
	}
}

func query(id, namespace, name string, dimensions pulumi.StringMap) *cloudwatch.MetricAlarmMetricQueryArgs {
	return &cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String(id),
		Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String(namespace), MetricName: pulumi.String(name), Period: pulumi.Int(60), Stat: pulumi.String("Sum"), Dimensions: dimensions,
		},
	}
}

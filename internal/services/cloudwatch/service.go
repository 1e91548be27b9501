package cloudwatch

import (
	"context"
	"log/slog"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what CloudWatch needs from the world. Every field is required.
type Deps struct {
	DB      *store.DB
	IDs     *aws.IDs
	Clock   *clock.Clock
	Meter   *meter.Meter
	Targets *deliver.Router // of alarms' actions
	Log     *slog.Logger
}

// Service is the emulator of CloudWatch metrics, alarms and dashboards.
type Service struct {
	Deps
	alarms     store.Table[alarm]
	history    store.Table[AlarmHistoryItem]
	dashboards store.Table[dashboardEntry]
	actions    *deliver.Queue
	sleeper    *clock.Sleeper
}

// New returns the alarms and dashboards that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Meter == nil || d.Targets == nil || d.Log == nil {
		panic("cloudwatch: incomplete Deps")
	}
	s := &Service{
		Deps:       d,
		sleeper:    d.Clock.Sleeper(),
		alarms:     store.NewTable[alarm]("cloudwatch/alarm"),
		history:    store.NewTable[AlarmHistoryItem]("cloudwatch/history"),
		dashboards: store.NewTable[dashboardEntry]("cloudwatch/dashboard"),
	}
	s.actions = deliver.NewQueue(deliver.QueueDeps{
		DB: d.DB, IDs: d.IDs, Name: "cloudwatch", Clock: d.Clock,
		Deliver: s.act, DeadLetters: d.Targets.Deliver, GaveUp: s.gaveUp,
	})
	return s
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:           "monitoring",
		Title:          "Amazon CloudWatch",
		Protocols:      []service.Protocol{service.CBOR, service.JSON10, service.Query},
		TargetPrefix:   "GraniteServiceVersion20100801",
		Version:        "2010-08-01",
		Namespace:      "http://monitoring.amazonaws.com/doc/2010-08-01/",
		CBORName:       "GraniteServiceVersion20100801",
		ValidationCode: "ValidationError",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("PutMetricData", onNamespace, s.putMetricData),
		service.Op("GetMetricData", on[GetMetricDataInput]("GetMetricData"), s.getMetricData),
		service.Op("GetMetricStatistics", on[GetMetricStatisticsInput]("GetMetricStatistics"), s.getMetricStatistics),
		service.Op("ListMetrics", on[ListMetricsInput]("ListMetrics"), s.listMetrics),

		service.Op("PutMetricAlarm", onAlarm("PutMetricAlarm", func(in *PutMetricAlarmInput) []string { return []string{in.AlarmName} }), s.putMetricAlarm),
		service.Op("DescribeAlarms", onAlarm("DescribeAlarms", func(*DescribeAlarmsInput) []string { return []string{"*"} }), s.describeAlarms),
		service.Op("DescribeAlarmsForMetric", on[DescribeAlarmsForMetricInput]("DescribeAlarmsForMetric"), s.describeAlarmsForMetric),
		service.Op("DescribeAlarmHistory", onAlarm("DescribeAlarmHistory", func(in *DescribeAlarmHistoryInput) []string {
			if in.AlarmName == "" {
				return []string{"*"}
			}
			return []string{in.AlarmName}
		}), s.describeAlarmHistory),
		service.Op("SetAlarmState", onAlarm("SetAlarmState", func(in *SetAlarmStateInput) []string { return []string{in.AlarmName} }), s.setAlarmState),
		service.Op("EnableAlarmActions", onAlarm("EnableAlarmActions", func(in *EnableAlarmActionsInput) []string { return in.AlarmNames }), s.enableAlarmActions),
		service.Op("DisableAlarmActions", onAlarm("DisableAlarmActions", func(in *DisableAlarmActionsInput) []string { return in.AlarmNames }), s.disableAlarmActions),
		service.Op("DeleteAlarms", onAlarm("DeleteAlarms", func(in *DeleteAlarmsInput) []string { return in.AlarmNames }), s.deleteAlarms),

		service.Op("PutDashboard", onDashboard("PutDashboard", func(in *PutDashboardInput) []string { return []string{in.DashboardName} }), s.putDashboard),
		service.Op("GetDashboard", onDashboard("GetDashboard", func(in *GetDashboardInput) []string { return []string{in.DashboardName} }), s.getDashboard),
		service.Op("ListDashboards", on[ListDashboardsInput]("ListDashboards"), s.listDashboards),
		service.Op("DeleteDashboards", onDashboard("DeleteDashboards", func(in *DeleteDashboardsInput) []string { return in.DashboardNames }), s.deleteDashboards),

		service.Op("TagResource", onARN("TagResource", func(in *TagResourceInput) string { return in.ResourceARN }), s.tagResource),
		service.Op("UntagResource", onARN("UntagResource", func(in *UntagResourceInput) string { return in.ResourceARN }), s.untagResource),
		service.Op("ListTagsForResource", onARN("ListTagsForResource", func(in *ListTagsForResourceInput) string { return in.ResourceARN }), s.listTagsForResource),
	}
}

// IAM calls the service "cloudwatch", while its signing name is "monitoring".
func action(operation string) string { return "cloudwatch:" + operation }

func on[In any](operation string) service.Resource[In] {
	return func(context.Context, *aws.Call, *In) ([]service.Access, error) {
		return []service.Access{{Action: action(operation), Resource: "*"}}, nil
	}
}

func onNamespace(_ context.Context, _ *aws.Call, in *PutMetricDataInput) ([]service.Access, error) {
	return []service.Access{{
		Action: action("PutMetricData"), Resource: "*", Keys: map[string][]string{"cloudwatch:namespace": {in.Namespace}},
	}}, nil
}

func onAlarm[In any](operation string, names func(*In) []string) service.Resource[In] {
	return onEach(operation, names, alarmARN)
}

func onDashboard[In any](operation string, names func(*In) []string) service.Resource[In] {
	return onEach(operation, names, dashboardARN)
}

func onEach[In any](operation string, names func(*In) []string, arn func(aws.Scope, string) aws.ARN) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) (list []service.Access, _ error) {
		for _, name := range names(in) {
			list = append(list, service.Access{Action: action(operation), Resource: arn(c.Scope, name)})
		}
		if len(list) == 0 {
			list = []service.Access{{Action: action(operation), Resource: "*"}}
		}
		return list, nil
	}
}

func onARN[In any](operation string, arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Action: action(operation), Resource: aws.ARN(arn(in))}}, nil
	}
}

func alarmARN(s aws.Scope, name string) aws.ARN { return aws.MakeARN("cloudwatch", s, "alarm:"+name) }

// dashboardARN has no region: dashboards are the account's.
func dashboardARN(s aws.Scope, name string) aws.ARN {
	return aws.MakeARN("cloudwatch", s.Global(), "dashboard/"+name)
}

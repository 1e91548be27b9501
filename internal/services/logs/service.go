package logs

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/lang/logpattern"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what CloudWatch Logs needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	Clock      *clock.Clock
	Meter      *meter.Meter
	Authorizer Authorizer
}

// Service is the emulator of CloudWatch Logs.
type Service struct {
	Deps
	sleeper  *clock.Sleeper
	groups   store.Table[group]
	streams  store.Table[stream]
	filters  store.Table[filter]
	policies store.Table[resourcePolicy]

	mu       sync.Mutex
	compiled map[string]*logpattern.Pattern
}

// New returns the groups that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.Clock == nil || d.Meter == nil || d.Authorizer == nil {
		panic("logs: incomplete Deps")
	}
	return &Service{
		Deps:     d,
		sleeper:  d.Clock.Sleeper(),
		groups:   store.NewTable[group]("logs/group"),
		streams:  store.NewTable[stream]("logs/stream"),
		filters:  store.NewTable[filter]("logs/metricfilter"),
		policies: store.NewTable[resourcePolicy]("logs/policy"),
		compiled: map[string]*logpattern.Pattern{},
	}
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:           "logs",
		Title:          "Amazon CloudWatch Logs",
		Protocols:      []service.Protocol{service.JSON11},
		TargetPrefix:   "Logs_20140328",
		Version:        "2014-03-28",
		ValidationCode: "InvalidParameterException",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateLogGroup", onNewGroup, s.createLogGroup),
		service.Op("DeleteLogGroup", onGroup(func(in *DeleteLogGroupInput) string { return in.LogGroupName }), s.deleteLogGroup),
		service.Op("DescribeLogGroups", onGroup(func(*DescribeLogGroupsInput) string { return "" }), s.describeLogGroups),
		service.Op("PutRetentionPolicy", onGroup(func(in *PutRetentionPolicyInput) string { return in.LogGroupName }), s.putRetentionPolicy),
		service.Op("DeleteRetentionPolicy", onGroup(func(in *DeleteRetentionPolicyInput) string { return in.LogGroupName }), s.deleteRetentionPolicy),

		service.Op("CreateLogStream", onStream(func(in *CreateLogStreamInput) (string, string) { return in.LogGroupName, in.LogStreamName }), s.createLogStream),
		service.Op("DeleteLogStream", onStream(func(in *DeleteLogStreamInput) (string, string) { return in.LogGroupName, in.LogStreamName }), s.deleteLogStream),
		service.Op("DescribeLogStreams", onGroup(func(in *DescribeLogStreamsInput) string { return either(in.LogGroupName, in.LogGroupIdentifier) }), s.describeLogStreams),

		service.Op("PutLogEvents", onStream(func(in *PutLogEventsInput) (string, string) { return in.LogGroupName, in.LogStreamName }), s.putLogEvents),
		service.Op("GetLogEvents", onStream(func(in *GetLogEventsInput) (string, string) {
			return either(in.LogGroupName, in.LogGroupIdentifier), in.LogStreamName
		}), s.getLogEvents),
		service.Op("FilterLogEvents", onGroup(func(in *FilterLogEventsInput) string { return either(in.LogGroupName, in.LogGroupIdentifier) }), s.filterLogEvents),

		service.Op("PutMetricFilter", onGroup(func(in *PutMetricFilterInput) string { return in.LogGroupName }), s.putMetricFilter),
		service.Op("DescribeMetricFilters", onGroup(func(in *DescribeMetricFiltersInput) string { return in.LogGroupName }), s.describeMetricFilters),
		service.Op("DeleteMetricFilter", onGroup(func(in *DeleteMetricFilterInput) string { return in.LogGroupName }), s.deleteMetricFilter),
		service.Op("TestMetricFilter", service.Any, s.testMetricFilter),

		service.Op("PutResourcePolicy", service.Any, s.putResourcePolicy),
		service.Op("DescribeResourcePolicies", service.Any, s.describeResourcePolicies),
		service.Op("DeleteResourcePolicy", service.Any, s.deleteResourcePolicy),

		service.Op("TagResource", onARN(func(in *TagResourceInput) string { return in.ResourceArn }), s.tagResource),
		service.Op("UntagResource", onARN(func(in *UntagResourceInput) string { return in.ResourceArn }), s.untagResource),
		service.Op("ListTagsForResource", onARN(func(in *ListTagsForResourceInput) string { return in.ResourceArn }), s.listTagsForResource),
		service.Op("TagLogGroup", onGroup(func(in *TagLogGroupInput) string { return in.LogGroupName }), s.tagLogGroup),
		service.Op("UntagLogGroup", onGroup(func(in *UntagLogGroupInput) string { return in.LogGroupName }), s.untagLogGroup),
		service.Op("ListTagsLogGroup", onGroup(func(in *ListTagsLogGroupInput) string { return in.LogGroupName }), s.listTagsLogGroup),
	}
}

// onGroup authorises against a group as AWS does: an ARN that policies for
// "log-group:NAME:*" match. Without a name it is all groups.
func onGroup[In any](name func(*In) string) service.Resource[In] {
	return onStream(func(in *In) (string, string) { return name(in), "" })
}

func onStream[In any](names func(*In) (group, stream string)) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		g, st := names(in)
		return []service.Access{{Resource: streamARN(c.Scope, nameOf(g), st)}}, nil
	}
}

// onNewGroup also lets policies test the new group's tags.
func onNewGroup(_ context.Context, c *aws.Call, in *CreateLogGroupInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for k, v := range in.Tags {
		keys["aws:RequestTag/"+k] = []string{v}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], k)
	}
	return []service.Access{{Resource: streamARN(c.Scope, in.LogGroupName, ""), Keys: keys}}, nil
}

func onARN[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}

func groupARN(s aws.Scope, name string) aws.ARN { return aws.MakeARN("logs", s, "log-group:"+name) }

func streamARN(s aws.Scope, group, stream string) aws.ARN {
	return groupARN(s, group) + aws.ARN(":log-stream:"+stream)
}

// either is the first of two names that is given.
func either(name, identifier string) string {
	if name != "" {
		return name
	}
	return identifier
}

// nameOf is the name in a group's identifier, which may be an ARN.
func nameOf(identifier string) string {
	if rest, ok := strings.CutPrefix(aws.ARN(identifier).Resource(), "log-group:"); ok {
		return strings.TrimSuffix(rest, ":*")
	}
	return identifier
}

func millis(t time.Time) int64 { return t.UnixMilli() }

package s3

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
)

// hostName is S3 as resource policies name it.
const hostName = "s3.amazonaws.com"

// notification is one configuration, whatever its target is.
type notification struct {
	id             *string
	target         aws.ARN
	service        string // that the target must be of
	events         []string
	filter         *NotificationConfigurationFilter
	prefix, suffix string
}

// list returns the configurations in the order in which S3 checks them.
func (n *NotificationConfiguration) list() []*notification {
	if n == nil {
		return nil
	}
	var all []*notification
	for i := range n.TopicConfigurations {
		x := &n.TopicConfigurations[i]
		all = append(all, &notification{id: &x.Id, target: aws.ARN(x.TopicArn), service: "sns", events: x.Events, filter: x.Filter})
	}
	for i := range n.QueueConfigurations {
		x := &n.QueueConfigurations[i]
		all = append(all, &notification{id: &x.Id, target: aws.ARN(x.QueueArn), service: "sqs", events: x.Events, filter: x.Filter})
	}
	for i := range n.LambdaFunctionConfigurations {
		x := &n.LambdaFunctionConfigurations[i]
		all = append(all, &notification{id: &x.Id, target: aws.ARN(x.LambdaFunctionArn), service: "lambda", events: x.Events, filter: x.Filter})
	}
	for _, x := range all {
		for _, r := range x.rules() {
			switch r.Name {
			case prefixRule:
				x.prefix = r.Value
			case suffixRule:
				x.suffix = r.Value
			}
		}
	}
	return all
}

func (n *notification) rules() []FilterRule {
	if n.filter == nil || n.filter.Key == nil {
		return nil
	}
	return n.filter.Key.FilterRules
}

// The names of filter rules, as S3 writes them whatever was sent.
const (
	prefixRule = "Prefix"
	suffixRule = "Suffix"
)

// maxNotifications is how many configurations a bucket may have.
const maxNotifications = 100

// eventTypes are the events that a configuration may name. Of some families
// nothing happens here.
var eventTypes = []string{
	"s3:ReducedRedundancyLostObject",
	"s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload",
	"s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectRestore:*", "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete",
	"s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationNotTracked",
	"s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold",
	"s3:LifecycleTransition", "s3:IntelligentTiering", "s3:ObjectAcl:Put",
	"s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated",
	"s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete",
}

func (s *Service) putBucketNotificationConfiguration(ctx context.Context, c *aws.Call, in *PutBucketNotificationConfigurationInput) (*Empty, error) {
	if in.NotificationConfiguration == nil {
		return nil, errMalformedXML()
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	all := in.NotificationConfiguration.list()
	if err := s.checkNotifications(all); err != nil {
		return nil, err
	}
	if !in.SkipDestinationValidation {
		for _, n := range all {
			if err := s.checkTarget(ctx, c, b, n.target); err != nil {
				return nil, err
			}
		}
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Notifications = in.NotificationConfiguration
		if len(all) == 0 && b.Notifications.EventBridgeConfiguration == nil {
			b.Notifications = nil
		}
		return nil
	})
}

func (s *Service) getBucketNotificationConfiguration(_ context.Context, _ *aws.Call, in *GetBucketNotificationConfigurationInput) (*NotificationConfiguration, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Notifications == nil {
		return &NotificationConfiguration{}, nil
	}
	return b.Notifications, nil
}

// checkNotifications checks configurations, and completes them as S3 does.
func (s *Service) checkNotifications(all []*notification) error {
	if len(all) > maxNotifications {
		return errInvalidRequest("The number of notification configurations should not exceed allowed limit of %d.", maxNotifications)
	}
	ids := map[string]bool{}
	for i, n := range all {
		if n.target == "" || len(n.events) == 0 {
			return errMalformedXML()
		}
		if p, ok := n.target.Parse(); !ok || p.Service != n.service {
			return errArgument(string(n.target), "", "The ARN could not be parsed")
		}
		for _, e := range n.events {
			if !slices.Contains(eventTypes, e) {
				return errArgument("Event", e, "The event is not supported for notifications")
			}
		}
		if err := n.checkFilter(); err != nil {
			return err
		}
		if *n.id == "" {
			*n.id = s.IDs.UUID()
		}
		if ids[*n.id] {
			return errArgument("Id", *n.id, "Same ID used for multiple configurations. IDs must be unique")
		}
		ids[*n.id] = true
		for _, m := range all[:i] {
			if n.overlaps(m) {
				return errOverlap()
			}
		}
	}
	return nil
}

func (n *notification) checkFilter() error {
	seen := map[string]bool{}
	rules := n.rules()
	for i, r := range rules {
		switch strings.ToLower(r.Name) {
		case "prefix":
			rules[i].Name, n.prefix = prefixRule, r.Value
		case "suffix":
			rules[i].Name, n.suffix = suffixRule, r.Value
		default:
			return errArgument("FilterRule.Name", r.Name, "filter rule name must be either prefix or suffix")
		}
		if seen[rules[i].Name] {
			return errArgument("FilterRule.Name", strings.ToLower(r.Name), "Cannot specify more than one "+strings.ToLower(r.Name)+" rule in a filter.")
		}
		seen[rules[i].Name] = true
		if len(r.Value) > maxKey {
			return errArgument("FilterRule.Value", r.Value, "size limit for filter value is 1024")
		}
	}
	return nil
}

// overlaps reports whether one thing that happens could be told by both.
func (n *notification) overlaps(m *notification) bool {
	common := slices.ContainsFunc(n.events, func(e string) bool {
		return slices.ContainsFunc(m.events, func(f string) bool { return covers(e, f) || covers(f, e) })
	})
	return common &&
		(strings.HasPrefix(n.prefix, m.prefix) || strings.HasPrefix(m.prefix, n.prefix)) &&
		(strings.HasSuffix(n.suffix, m.suffix) || strings.HasSuffix(m.suffix, n.suffix))
}

// covers reports whether an event type is, or includes, another.
func covers(pattern, event string) bool {
	family, all := strings.CutSuffix(pattern, "*")
	return pattern == event || all && strings.HasPrefix(event, family)
}

// takes reports whether something that happens to a key is to be told.
func (n *notification) takes(event, key string) bool {
	return strings.HasPrefix(key, n.prefix) && strings.HasSuffix(key, n.suffix) &&
		slices.ContainsFunc(n.events, func(e string) bool { return covers(e, event) })
}

// testEvent is what queues and topics get when they are configured.
type testEvent struct {
	Service, Event, Time, Bucket string
	RequestId, HostId            string
}

// checkTarget refuses a target that is not there, or does not let S3 in.
func (s *Service) checkTarget(ctx context.Context, c *aws.Call, b *opened, target aws.ARN) error {
	e := s.event(&b.bucket, target, nil)
	p, _ := target.Parse()
	call := *c
	call.Principal, call.SourceIP = e.Principal(), hostName
	err := s.Targets.Check(&call, target)
	if err == nil && p.Service != "lambda" {
		e.Payload, err = json.Marshal(testEvent{
			"Amazon S3", "s3:TestEvent", c.Time.UTC().Format(eventTime), b.Name, c.RequestID, c.RequestID})
		if err == nil {
			err = s.Targets.Deliver(ctx, &call, &e)
		}
	}
	if err != nil {
		return errDestination(target, err)
	}
	return nil
}

// event is something that a bucket tells a target.
func (s *Service) event(b *bucket, target aws.ARN, payload []byte) deliver.Event {
	return deliver.Event{
		ID: s.IDs.UUID(), Target: target, Payload: payload, Service: hostName, Source: b.arn(),
		Scope: aws.Scope{Account: b.Owner, Region: b.Region},
	}
}

const eventTime = "2006-01-02T15:04:05.000Z"

// notifyRetry is for how long a target is tried.
var notifyRetry = deliver.Retry{Age: 24 * time.Hour, First: time.Second, Longest: 5 * time.Minute}

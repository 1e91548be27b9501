package events

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what EventBridge needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Clock      *clock.Clock
	Meter      *meter.Meter
	Targets    *deliver.Router
	Authorizer Authorizer
}

// An Authorizer decides whether another account may send events to a bus.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// Service is the EventBridge emulator.
type Service struct {
	Deps
	buses    store.Table[bus]
	rules    store.Table[rule] // bus, name
	due      store.Table[due]  // time, account, region, rule; the scope is empty
	policies policy.Cache
	patterns patterns
	queue    *deliver.Queue
	sleeper  *clock.Sleeper // of schedules; made before anybody can move the clock
	changed  chan struct{}  // receives after schedules changed
}

// New returns an EventBridge with the buses and rules that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Meter == nil || d.Targets == nil || d.Authorizer == nil {
		panic("events: incomplete Deps")
	}
	s := &Service{
		Deps:    d,
		buses:   store.NewTable[bus]("events/bus"),
		rules:   store.NewTable[rule]("events/rule"),
		due:     store.NewTable[due]("events/due"),
		sleeper: d.Clock.Sleeper(),
		changed: make(chan struct{}, 1),
	}
	s.queue = deliver.NewQueue(deliver.QueueDeps{
		DB: d.DB, IDs: d.IDs, Name: "events", Clock: d.Clock, Deliver: s.deliver, DeadLetters: d.Targets.Deliver, GaveUp: s.gaveUp,
	})
	return s
}

// Info identifies EventBridge on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "events",
		Title:        "Amazon EventBridge",
		Protocols:    []service.Protocol{service.JSON11},
		TargetPrefix: "AWSEvents",
		Version:      "2015-10-07",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateEventBus", onCreateBus, s.createEventBus),
		service.Op("DescribeEventBus", onTheBus[DescribeEventBusInput](s), s.describeEventBus),
		service.Op("ListEventBuses", service.Any, s.listEventBuses),
		service.Op("DeleteEventBus", onTheBus[DeleteEventBusInput](s), s.deleteEventBus),
		service.Op("PutPermission", onTheBus[PutPermissionInput](s), s.putPermission),
		service.Op("RemovePermission", onTheBus[RemovePermissionInput](s), s.removePermission),

		service.Op("PutRule", onPutRule, s.putRule),
		service.Op("DescribeRule", onRule[DescribeRuleInput], s.describeRule),
		service.Op("ListRules", service.Any, s.listRules),
		service.Op("EnableRule", onRule[EnableRuleInput], s.enableRule),
		service.Op("DisableRule", onRule[DisableRuleInput], s.disableRule),
		service.Op("DeleteRule", onRule[DeleteRuleInput], s.deleteRule),
		service.Op("PutTargets", onPutTargets, s.putTargets),
		service.Op("RemoveTargets", onRule[RemoveTargetsInput], s.removeTargets),
		service.Op("ListTargetsByRule", onRule[ListTargetsByRuleInput], s.listTargetsByRule),
		service.Op("ListRuleNamesByTarget", service.Any, s.listRuleNamesByTarget),

		service.Op("PutEvents", s.onPutEvents, s.putEvents),
		service.Op("TestEventPattern", service.Any, s.testEventPattern),

		service.Op("TagResource", onResource[TagResourceInput], s.tagResource),
		service.Op("UntagResource", onResource[UntagResourceInput], s.untagResource),
		service.Op("ListTagsForResource", onResource[ListTagsForResourceInput], s.listTagsForResource),
	}
}

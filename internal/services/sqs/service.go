package sqs

import (
	"context"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what SQS needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Clock      *clock.Clock
	Meter      *meter.Meter
	Authorizer Authorizer
}

// An Authorizer decides whether another service may send to a queue.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// Service is the SQS emulator.
type Service struct {
	Deps
	queues   store.Table[queue]
	policies policy.Cache
	bells    bells
	active   activity
	sleeper  *clock.Sleeper // of Run; made before anybody can move the clock
	hurry    chan struct{}  // closed when nobody is to wait any more
	once     sync.Once
}

// New returns an SQS with the queues that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Meter == nil || d.Authorizer == nil {
		panic("sqs: incomplete Deps")
	}
	return &Service{Deps: d, queues: store.NewTable[queue]("sqs/queue"), hurry: make(chan struct{}), sleeper: d.Clock.Sleeper()}
}

// Info identifies SQS on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "sqs",
		Title:        "Amazon Simple Queue Service",
		Protocols:    []service.Protocol{service.JSON10, service.Query},
		TargetPrefix: "AmazonSQS",
		Version:      "2012-11-05",
		Namespace:    "http://queue.amazonaws.com/doc/2012-11-05/",
		ErrorPrefix:  "com.amazonaws.sqs#",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateQueue", s.onCreateQueue, s.createQueue),
		service.Op("GetQueueUrl", s.onGetQueueURL, s.getQueueURL),
		service.Op("GetQueueAttributes", onQueue[GetQueueAttributesInput](s, "GetQueueAttributes"), s.getQueueAttributes),
		service.Op("SetQueueAttributes", onQueue[SetQueueAttributesInput](s, "SetQueueAttributes"), s.setQueueAttributes),
		service.Op("ListQueues", onListQueues, s.listQueues),
		service.Op("DeleteQueue", onQueue[DeleteQueueInput](s, "DeleteQueue"), s.deleteQueue),
		service.Op("PurgeQueue", onQueue[PurgeQueueInput](s, "PurgeQueue"), s.purgeQueue),
		service.Op("ListDeadLetterSourceQueues", onQueue[ListDeadLetterSourceQueuesInput](s, "ListDeadLetterSourceQueues"), s.listDeadLetterSourceQueues),

		service.Op("SendMessage", onQueue[SendMessageInput](s, "SendMessage"), s.sendMessage),
		service.Op("SendMessageBatch", onQueue[SendMessageBatchInput](s, "SendMessage"), s.sendMessageBatch),
		service.Op("ReceiveMessage", onQueue[ReceiveMessageInput](s, "ReceiveMessage"), s.receiveMessage),
		service.Op("DeleteMessage", onQueue[DeleteMessageInput](s, "DeleteMessage"), s.deleteMessage),
		service.Op("DeleteMessageBatch", onQueue[DeleteMessageBatchInput](s, "DeleteMessage"), s.deleteMessageBatch),
		service.Op("ChangeMessageVisibility", onQueue[ChangeMessageVisibilityInput](s, "ChangeMessageVisibility"), s.changeMessageVisibility),
		service.Op("ChangeMessageVisibilityBatch", onQueue[ChangeMessageVisibilityBatchInput](s, "ChangeMessageVisibility"), s.changeMessageVisibilityBatch),

		service.Op("AddPermission", onQueue[AddPermissionInput](s, "AddPermission"), s.addPermission),
		service.Op("RemovePermission", onQueue[RemovePermissionInput](s, "RemovePermission"), s.removePermission),
		service.Op("TagQueue", onQueue[TagQueueInput](s, "TagQueue"), s.tagQueue),
		service.Op("UntagQueue", onQueue[UntagQueueInput](s, "UntagQueue"), s.untagQueue),
		service.Op("ListQueueTags", onQueue[ListQueueTagsInput](s, "ListQueueTags"), s.listQueueTags),
	}
}

// Hurry has requests that wait for messages answer without any, and new ones
// not wait at all: the cloud is about to end or to begin anew.
func (s *Service) Hurry() { s.once.Do(func() { close(s.hurry) }) }

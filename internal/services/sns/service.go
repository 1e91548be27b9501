package sns

import (
	"context"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what SNS needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Clock      *clock.Clock
	Meter      *meter.Meter
	Mail       *mail.Box
	Targets    *deliver.Router
	Authorizer Authorizer
	// Post sends a message to an endpoint over HTTP and returns the status of
	// its answer.
	Post func(ctx context.Context, url string, h http.Header, body []byte) (status int, err error)
}

// An Authorizer decides whether another service may publish to a topic.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// Service is the SNS emulator.
type Service struct {
	Deps
	topics        store.Table[topic]
	subscriptions store.Table[subscription] // topic, id
	tokens        store.Table[place]        // token; the scope is empty
	signers       store.Table[signer]
	policies      policy.Cache
	filters       filters
	signing       signing
	queue         *deliver.Queue
}

// New returns an SNS with the topics that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Meter == nil || d.Mail == nil || d.Targets == nil || d.Authorizer == nil || d.Post == nil {
		panic("sns: incomplete Deps")
	}
	s := &Service{
		Deps:          d,
		topics:        store.NewTable[topic]("sns/topic"),
		subscriptions: store.NewTable[subscription]("sns/subscription"),
		tokens:        store.NewTable[place]("sns/token"),
		signers:       store.NewTable[signer]("sns/signer"),
	}
	s.queue = deliver.NewQueue(deliver.QueueDeps{
		DB: d.DB, IDs: d.IDs, Name: "sns", Clock: d.Clock, Deliver: s.deliver, DeadLetters: s.bury, GaveUp: s.gaveUp,
	})
	return s
}

// Run implements service.Worker: it delivers what was published.
func (s *Service) Run(ctx context.Context) error { return s.queue.Run(ctx) }

// namespace is the XML namespace of answers.
const namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// Info identifies SNS on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:      "sns",
		Title:     "Amazon Simple Notification Service",
		Protocols: []service.Protocol{service.Query},
		Version:   "2010-03-31",
		Namespace: namespace,
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateTopic", onCreateTopic, s.createTopic),
		service.Op("DeleteTopic", onTopic[DeleteTopicInput](s, "DeleteTopic"), s.deleteTopic),
		service.Op("ListTopics", service.Any, s.listTopics),
		service.Op("GetTopicAttributes", onTopic[GetTopicAttributesInput](s, "GetTopicAttributes"), s.getTopicAttributes),
		service.Op("SetTopicAttributes", onTopic[SetTopicAttributesInput](s, "SetTopicAttributes"), s.setTopicAttributes),
		service.Op("AddPermission", onTopic[AddPermissionInput](s, "AddPermission"), s.addPermission),
		service.Op("RemovePermission", onTopic[RemovePermissionInput](s, "RemovePermission"), s.removePermission),

		service.Op("Subscribe", s.onSubscribe, s.subscribe),
		service.Op("ConfirmSubscription", onTopic[ConfirmSubscriptionInput](s, "ConfirmSubscription"), s.confirmSubscription),
		service.Op("Unsubscribe", service.Any, s.unsubscribe),
		service.Op("ListSubscriptions", service.Any, s.listSubscriptions),
		service.Op("ListSubscriptionsByTopic", onTopic[ListSubscriptionsByTopicInput](s, "ListSubscriptionsByTopic"), s.listSubscriptionsByTopic),
		service.Op("GetSubscriptionAttributes", service.Any, s.getSubscriptionAttributes),
		service.Op("SetSubscriptionAttributes", service.Any, s.setSubscriptionAttributes),

		service.Op("Publish", s.onPublish, s.publish),
		service.Op("PublishBatch", onTopic[PublishBatchInput](s, "Publish"), s.publishBatch),

		service.Op("TagResource", onTopic[TagResourceInput](s, "TagResource"), s.tagResource),
		service.Op("UntagResource", onTopic[UntagResourceInput](s, "UntagResource"), s.untagResource),
		service.Op("ListTagsForResource", onTopic[ListTagsForResourceInput](s, "ListTagsForResource"), s.listTagsForResource),
	}
}

package sns

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) measure(arn, metric string, unit meter.Unit, v float64) {
	p, _ := aws.ARN(arn).Parse()
	s.Meter.Count(p.Scope, "AWS/SNS", metric, unit, v, "TopicName", p.Resource)
}

func (s *Service) published(tx *store.Tx, t *topic, size int) {
	arn := string(t.arn())
	tx.OnCommit(func() {
		s.measure(arn, "NumberOfMessagesPublished", meter.Count, 1)
		s.measure(arn, "PublishSize", meter.Bytes, float64(size))
	})
}

func (s *Service) filteredOut(tx *store.Tx, t *topic) {
	arn := string(t.arn())
	tx.OnCommit(func() { s.measure(arn, "NumberOfNotificationsFilteredOut", meter.Count, 1) })
}

func (s *Service) notified(arn string) {
	s.measure(arn, "NumberOfNotificationsDelivered", meter.Count, 1)
}

func (s *Service) failed(arn string) { s.measure(arn, "NumberOfNotificationsFailed", meter.Count, 1) }

// chunk is how much of a request is billed as one.
const chunk = 64 << 10

// Observe implements service.Observer.
func (s *Service) Observe(x *service.Exchange) {
	if x.Err == nil {
		n := (x.BytesIn + chunk - 1) / chunk
		s.Meter.Charge(x.Call.Scope, meter.Item{Product: "AmazonSNS", Unit: "Requests"}, float64(max(n, 1)))
	}
}

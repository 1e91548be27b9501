package sqs

import (
	"context"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const namespace = "AWS/SQS"

func (s *Service) measure(q *queue, metric string, unit meter.Unit, v float64) {
	s.Meter.Count(q.scope, namespace, metric, unit, v, "QueueName", q.Name)
}

func (s *Service) sent(q *queue, size int) {
	s.active.mark(q.UID, s.Clock.Now())
	s.measure(q, "NumberOfMessagesSent", meter.Count, 1)
	s.measure(q, "SentMessageSize", meter.Bytes, float64(size))
}

func (s *Service) received(q *queue, n int) {
	s.active.mark(q.UID, s.Clock.Now())
	if n == 0 {
		s.measure(q, "NumberOfEmptyReceives", meter.Count, 1)
		return
	}
	s.measure(q, "NumberOfMessagesReceived", meter.Count, float64(n))
}

func (s *Service) deleted(q *queue, n int) {
	if n > 0 {
		s.measure(q, "NumberOfMessagesDeleted", meter.Count, float64(n))
	}
}

// chunk is how much of a request or an answer is billed as one request.
const chunk = 64 << 10

// Observe implements service.Observer.
func (s *Service) Observe(x *service.Exchange) {
	if x.Err == nil {
		n := (max(x.BytesIn, x.BytesOut) + chunk - 1) / chunk
		s.Meter.Charge(x.Call.Scope, meter.Item{Product: "AWSQueueService", Unit: "Requests"}, float64(max(n, 1)))
	}
}

// activity is when queues were used last, by UID. The zero value is ready for
// use.
type activity struct {
	mu   sync.Mutex
	last map[uint64]time.Time
}

func (a *activity) mark(uid uint64, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last == nil {
		a.last = map[uint64]time.Time{}
	}
	a.last[uid] = now
}

// measured is for how long after its last use a queue without messages is
// measured.
const measured = 6 * time.Hour

// recent reports whether a queue was used of late.
func (a *activity) recent(uid uint64, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, ok := a.last[uid]
	if ok && now.Sub(last) > measured {
		delete(a.last, uid)
		return false
	}
	return ok
}

// Run implements service.Worker: each minute it measures what queues hold, and
// removes what has expired.
func (s *Service) Run(ctx context.Context) error {
	defer s.sleeper.Close()
	for {
		s.sleeper.Sleep(ctx, s.Clock.Now().Truncate(time.Minute).Add(time.Minute), nil)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.sweep(); err != nil {
			return err
		}
	}
}

func (s *Service) sweep() error {
	now := s.Clock.Now()
	var stale []queue
	err := s.DB.View(func(tx *store.Tx) error {
		for at, q := range s.queues.Everywhere(tx) {
			q.scope = at
			n := q.count(tx, now)
			if n.expired > 0 {
				stale = append(stale, q)
			}
			if n.oldest == 0 && !s.active.recent(q.UID, now) {
				continue
			}
			age := 0.0
			if n.oldest != 0 {
				s.active.mark(q.UID, now)
				age = now.Sub(time.UnixMilli(n.oldest)).Seconds()
			}
			s.measure(&q, "ApproximateNumberOfMessagesVisible", meter.Count, float64(n.visible))
			s.measure(&q, "ApproximateNumberOfMessagesNotVisible", meter.Count, float64(n.inFlight))
			s.measure(&q, "ApproximateNumberOfMessagesDelayed", meter.Count, float64(n.delayed))
			s.measure(&q, "ApproximateAgeOfOldestMessage", meter.Seconds, age)
		}
		return nil
	})
	for _, q := range stale {
		if err == nil {
			err = s.expire(q.scope, q.Name)
		}
	}
	return err
}

// sweepStep is how many expired messages one transaction removes.
const sweepStep = 1000

// expire removes messages that were kept for as long as their queue keeps
// them. What is left is the next sweep's.
func (s *Service) expire(at aws.Scope, name string) error {
	return s.DB.Update(func(tx *store.Tx) error {
		q, ok := s.queues.Get(tx, at, name)
		if !ok {
			return nil
		}
		q.scope = at
		old := q.expired(tx, s.Clock.Now(), sweepStep)
		for _, d := range old {
			q.remove(tx, d.seq, &d.state)
		}
		return nil
	})
}

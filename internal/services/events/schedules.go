package events

import (
	"context"
	"encoding/json"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/schedule"
	"github.com/niebla-cloud/niebla/internal/store"
)

// due is a rule that is due at the time of its key.
type due struct {
	Scope aws.Scope
	Rule  string // on the default bus
}

const dueLayout = "20060102150405.000000000" // sorts as times do

func dueKey(at time.Time, r *rule) []string {
	return []string{at.UTC().Format(dueLayout), string(r.scope.Account), string(r.scope.Region), r.Name}
}

// wake has the schedules looked at again.
func (s *Service) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Run implements service.Worker: it delivers events, and fires schedules.
func (s *Service) Run(ctx context.Context) error {
	delivered := make(chan error, 1)
	go func() { delivered <- s.queue.Run(ctx) }()
	err := s.schedules(ctx)
	if err != nil {
		return err
	}
	return <-delivered
}

func (s *Service) schedules(ctx context.Context) error {
	defer s.sleeper.Close()
	for {
		next, err := s.fire()
		if err != nil {
			return err
		}
		s.sleeper.Sleep(ctx, next, s.changed)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// fireStep is how many schedules one transaction fires.
const fireStep = 100

// fire fires what is due, in order, and returns when the next is; zero if
// nothing is. Firing and settling the next occurrence are one transaction, so
// that each occurrence fires once. Of several that passed while nobody looked,
// because the cloud was off, the last fires.
func (s *Service) fire() (next time.Time, err error) {
	for more := true; more; {
		err = s.DB.Update(func(tx *store.Tx) error {
			now := s.Clock.Now()
			next, more = time.Time{}, false
			var list []due
			var times []time.Time
			for key, d := range s.due.All(tx, aws.Scope{}) {
				at, err := time.Parse(dueLayout, key[0])
				if err != nil {
					return err
				}
				if at.After(now) {
					next = at
					break
				}
				if more = len(list) == fireStep; more {
					break
				}
				list, times = append(list, d), append(times, at)
			}
			for i, d := range list {
				if err := s.fireOne(tx, d, times[i], now); err != nil {
					return err
				}
			}
			more = len(list) > 0 // the next occurrences have yet to be looked at
			return nil
		})
		if err != nil {
			return time.Time{}, err
		}
	}
	return next, nil
}

func (s *Service) fireOne(tx *store.Tx, d due, at, now time.Time) error {
	r, ok := s.rules.Get(tx, d.Scope, defaultBus, d.Rule)
	r.scope, r.Name = d.Scope, d.Rule
	if !ok || !r.Next.Equal(at) {
		s.due.Delete(tx, aws.Scope{}, dueKey(at, &r)...)
		return nil
	}
	p, err := schedule.Parse(r.Schedule, time.UTC)
	if err != nil {
		return err
	}
	at = p.Last(r.Start, at, now)
	before := r.Next
	r.Next = time.Time{}
	if next, ok := p.Next(r.Start, at); ok {
		r.Next = next
	}
	s.put(tx, &r, before)
	e := &event{
		Version: "0", ID: s.IDs.UUID(), DetailType: "Scheduled Event", Source: "aws.events", Account: string(r.scope.Account), Time: eventTime(at),
		Region: string(r.scope.Region), Resources: []string{string(r.arn())}, Detail: json.RawMessage("{}"),
	}
	text, err := encode(e)
	if err != nil {
		return err
	}
	return s.trigger(tx, &r, e, text)
}

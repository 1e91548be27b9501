package fault

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Set is the rules in force.
type Set struct {
	ids *aws.IDs
	now func() time.Time

	any   atomic.Bool // whether there are rules: the usual case costs nothing
	mu    sync.Mutex
	rules []*Rule
}

// NewSet returns a set without rules.
func NewSet(ids *aws.IDs, now func() time.Time) *Set { return &Set{ids: ids, now: now} }

// Add puts a rule in force, and returns it with its ID and defaults.
func (s *Set) Add(r Rule) (Rule, error) {
	if err := r.complete(); err != nil {
		return Rule{}, err
	}
	r.ID = s.ids.Lower(8)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, &r)
	s.any.Store(true)
	return r, nil
}

// List returns the rules in force, oldest first.
func (s *Set) List() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	list := []Rule{}
	for _, r := range s.rules {
		list = append(list, *r)
	}
	return list
}

// Remove ends a rule, and reports whether there was one.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.rules)
	s.rules = slices.DeleteFunc(s.rules, func(r *Rule) bool { return r.ID == id })
	s.any.Store(len(s.rules) > 0)
	return len(s.rules) < n
}

// Clear ends all rules.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	s.any.Store(false)
}

// expire forgets rules whose time is over. The set is locked.
func (s *Set) expire() {
	now := s.now()
	s.rules = slices.DeleteFunc(s.rules, func(r *Rule) bool { return !r.Until.IsZero() && !now.Before(r.Until) })
	s.any.Store(len(s.rules) > 0)
}

// Check lets a request go wrong: it waits as long as the rules say, and
// returns the error that they say, which is an *aws.Error, or nil.
func (s *Set) Check(ctx context.Context, service, operation string) error {
	if !s.any.Load() {
		return nil
	}
	pause, failed := s.strike(service, operation)
	if pause > 0 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if failed != nil {
		return failed
	}
	return nil
}

func (s *Set) strike(service, operation string) (pause time.Duration, failed *aws.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	for _, r := range slices.Clone(s.rules) {
		if r.Kind == Duplicate || failed != nil && r.Kind != Latency || !r.matches(service, operation) || !s.hit(r) {
			continue
		}
		switch r.Kind {
		case Latency:
			pause += r.Latency
		case Throttle:
			failed = throttled(service)
		case Error:
			failed = aws.Errorf(r.Status, r.Code, "niebla fault %s made this request fail", r.ID)
		}
	}
	return pause, failed
}

// Duplicate reports whether a record of a service's streams is to be
// delivered once more.
func (s *Set) Duplicate(service string) bool {
	if !s.any.Load() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	return slices.ContainsFunc(slices.Clone(s.rules), func(r *Rule) bool {
		return r.Kind == Duplicate && r.matches(service, "") && s.hit(r)
	})
}

// hit decides whether a rule strikes, and counts it. The set is locked.
func (s *Set) hit(r *Rule) bool {
	if r.Rate < 1 && float64(binary.BigEndian.Uint32(s.ids.Bytes(4)))/(1<<32) >= r.Rate {
		return false
	}
	if r.Count > 0 {
		if r.Count--; r.Count == 0 {
			s.rules = slices.DeleteFunc(s.rules, func(other *Rule) bool { return other == r })
			s.any.Store(len(s.rules) > 0)
		}
	}
	return true
}

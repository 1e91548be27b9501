package logs

import (
	"context"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (s *Service) putRetentionPolicy(_ context.Context, c *aws.Call, in *PutRetentionPolicyInput) (*service.Empty, error) {
	if !slices.Contains(retentions, in.RetentionInDays) {
		return nil, errParameter("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: %d", in.RetentionInDays, retentions)
	}
	return s.change(c, in.LogGroupName, func(_ *store.Tx, g *group) error {
		g.Retention = in.RetentionInDays
		return nil
	})
}

func (s *Service) deleteRetentionPolicy(_ context.Context, c *aws.Call, in *DeleteRetentionPolicyInput) (*service.Empty, error) {
	return s.change(c, in.LogGroupName, func(_ *store.Tx, g *group) error {
		g.Retention = 0
		return nil
	})
}

// sweepEvery is how often expired events are deleted.
const sweepEvery = time.Hour

// Run deletes expired events, and charges for what is stored, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	defer s.sleeper.Close()
	for next := s.Clock.Now().Truncate(sweepEvery).Add(sweepEvery); ; next = s.Clock.Now().Truncate(sweepEvery).Add(sweepEvery) {
		s.sleeper.Sleep(ctx, next, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.sweep(s.Clock.Now()); err != nil {
			return err
		}
	}
}

// held is a group of some account and region.
type held struct {
	scope aws.Scope
	group
}

func (s *Service) sweep(now time.Time) error {
	var groups []held
	err := s.DB.View(func(tx *store.Tx) error {
		for scope, g := range s.groups.Everywhere(tx) {
			groups = append(groups, held{scope, g})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := s.expire(g, now); err != nil {
			return err
		}
	}
	return nil
}

// expire deletes the expired events of a group, and charges an hour of the rest.
func (s *Service) expire(g held, now time.Time) error {
	until := position{g.since(now), 0}
	var old []stream
	err := s.DB.View(func(tx *store.Tx) error {
		if n := storedBytes(tx, g.scope, g.Name); n > 0 {
			s.Meter.Charge(g.scope, meter.Item{Product: product, Unit: "TimedStorage-ByteHrs"}, float64(n)/1e9/730) // in GB-months
		}
		if g.Retention == 0 {
			return nil
		}
		for _, st := range s.streams.All(tx, g.scope, g.Name) {
			if st.Ingested > 0 && st.First < until.time {
				old = append(old, st)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, st := range old {
		err := s.DB.Update(func(tx *store.Tx) error {
			st, ok := s.streams.Get(tx, g.scope, g.Name, st.Name)
			if !ok {
				return nil // deleted meanwhile
			}
			dropEvents(tx, g.scope, g.Name, st.Name, position{}, until)
			if st.First = st.Last; st.Last >= until.time {
				for e := range events(tx, g.scope, g.Name, st.Name, until, end, false) {
					st.First = e.time
					break
				}
			}
			s.streams.Put(tx, g.scope, st, g.Name, st.Name)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

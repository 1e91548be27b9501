package kms

import (
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

const day = 24 * time.Hour

// sweepEvery is how long key material may outlive its deletion date. Requests
// do not wait for it: to them the key is gone at once.
const sweepEvery = time.Minute

func (k *key) expired(now time.Time) bool {
	return k.State == PendingDeletion && !now.Before(k.Deletion)
}

func (s *Service) scheduleKeyDeletion(_ context.Context, c *aws.Call, in *ScheduleKeyDeletionInput) (*ScheduleKeyDeletionOutput, error) {
	days := in.PendingWindowInDays
	if days == 0 {
		days = 30
	}
	var out *ScheduleKeyDeletionOutput
	err := s.change(c, in.KeyId, func(_ *store.Tx, k *key) error {
		if err := k.customers(); err != nil {
			return err
		}
		if k.State == PendingDeletion {
			return errPendingDeletion(k.arn())
		}
		k.State, k.Deletion = PendingDeletion, c.Time.Add(time.Duration(days)*day)
		out = &ScheduleKeyDeletionOutput{
			DeletionDate: k.Deletion, KeyId: string(k.arn()), KeyState: string(k.State), PendingWindowInDays: days,
		}
		return nil
	})
	return out, err
}

func (s *Service) cancelKeyDeletion(_ context.Context, c *aws.Call, in *CancelKeyDeletionInput) (*CancelKeyDeletionOutput, error) {
	var out *CancelKeyDeletionOutput
	err := s.change(c, in.KeyId, func(_ *store.Tx, k *key) error {
		if k.State != PendingDeletion {
			return errNotPendingDeletion(k.arn())
		}
		k.State, k.Deletion = Disabled, time.Time{}
		out = &CancelKeyDeletionOutput{KeyId: string(k.arn())}
		return nil
	})
	return out, err
}

// Run destroys the material of keys whose deletion date has passed, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweep(s.Now()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep removes every expired key, with its aliases.
func (s *Service) sweep(now time.Time) error {
	var gone []key
	err := s.DB.View(func(tx *store.Tx) error {
		for at, k := range s.keys.Everywhere(tx) {
			if k.expired(now) {
				k.scope = at
				gone = append(gone, k)
			}
		}
		return nil
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	return s.DB.Update(func(tx *store.Tx) error {
		for _, k := range gone {
			s.keys.Delete(tx, k.scope, k.ID)
			for _, name := range k.Aliases {
				if a, ok := s.aliases.Get(tx, k.scope, name); ok && a.Target == k.ID { // not taken by another key since
					s.aliases.Delete(tx, k.scope, name)
				}
			}
		}
		return nil
	})
}

package kms

import (
	"context"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// rotation is a key's schedule of automatic rotation.
type rotation struct {
	Days int // 0 when automatic rotation is off
	Next time.Time
}

const (
	rotationDays = 365 // when EnableKeyRotation names no period
	maxOnDemand  = 25  // rotations on demand in a key's life
)

func (k *key) rotationDue(now time.Time) bool {
	return k.Rotation.Days > 0 && k.State == Enabled && !now.Before(k.Rotation.Next)
}

// rotate adds the versions that have fallen due by now.
func (s *Service) rotate(k *key, now time.Time) {
	for k.rotationDue(now) {
		k.Materials = append(k.Materials, s.newMaterial(k.Rotation.Next, false))
		k.Rotation.Next = k.Rotation.Next.Add(time.Duration(k.Rotation.Days) * day)
	}
}

// rotated returns k after any rotation that has fallen due: rotation happens
// when somebody looks, and is dated as if it had happened on time.
func (s *Service) rotated(c *aws.Call, k key) (key, error) {
	if !k.rotationDue(c.Time) {
		return k, nil
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		fresh, err := s.get(tx, k.scope, c.Time, k.ID) // another request may have been first
		if err != nil {
			return err
		}
		s.rotate(&fresh, c.Time)
		s.put(tx, fresh)
		k = fresh
		return nil
	})
	return k, err
}

// changeRotation applies f to an enabled key of the caller's own.
func (s *Service) changeRotation(c *aws.Call, name string, f func(*key) error) error {
	return s.change(c, name, func(_ *store.Tx, k *key) error {
		if k.Managed {
			return errUnsupported("%s is an AWS managed key, whose rotation cannot be changed.", k.arn())
		}
		if err := k.usable(); err != nil {
			return err
		}
		s.rotate(k, c.Time) // under the schedule that held until now
		return f(k)
	})
}

func (s *Service) enableKeyRotation(_ context.Context, c *aws.Call, in *EnableKeyRotationInput) (*service.Empty, error) {
	return &service.Empty{}, s.changeRotation(c, in.KeyId, func(k *key) error {
		days := in.RotationPeriodInDays
		if days == 0 {
			days = rotationDays
		}
		k.Rotation = rotation{Days: days, Next: c.Time.Add(time.Duration(days) * day)}
		return nil
	})
}

func (s *Service) disableKeyRotation(_ context.Context, c *aws.Call, in *DisableKeyRotationInput) (*service.Empty, error) {
	return &service.Empty{}, s.changeRotation(c, in.KeyId, func(k *key) error {
		k.Rotation = rotation{}
		return nil
	})
}

func (s *Service) rotateKeyOnDemand(_ context.Context, c *aws.Call, in *RotateKeyOnDemandInput) (*RotateKeyOnDemandOutput, error) {
	var out *RotateKeyOnDemandOutput
	err := s.changeRotation(c, in.KeyId, func(k *key) error {
		made := 0
		for _, m := range k.Materials {
			if m.OnDemand {
				made++
			}
		}
		if made >= maxOnDemand {
			return errLimit("%s has reached the limit of %d on-demand rotations.", k.arn(), maxOnDemand)
		}
		k.Materials = append(k.Materials, s.newMaterial(c.Time, true))
		out = &RotateKeyOnDemandOutput{KeyId: string(k.arn())}
		return nil
	})
	return out, err
}

// ownRotated is the caller's own key after any rotation that has fallen due.
func (s *Service) ownRotated(c *aws.Call, name string) (k key, err error) {
	err = s.read(c, name, func(_ *store.Tx, found key) error {
		k = found
		return nil
	})
	if err != nil {
		return key{}, err
	}
	return s.rotated(c, k)
}

func (s *Service) getKeyRotationStatus(_ context.Context, c *aws.Call, in *GetKeyRotationStatusInput) (*GetKeyRotationStatusOutput, error) {
	k, err := s.ownRotated(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	if k.State == PendingDeletion {
		return nil, errPendingDeletion(k.arn())
	}
	out := &GetKeyRotationStatusOutput{KeyId: string(k.arn()), KeyRotationEnabled: k.Rotation.Days > 0}
	if k.Rotation.Days > 0 {
		out.NextRotationDate, out.RotationPeriodInDays = k.Rotation.Next, &k.Rotation.Days
	}
	return out, nil
}

func (s *Service) listKeyRotations(_ context.Context, c *aws.Call, in *ListKeyRotationsInput) (*ListKeyRotationsOutput, error) {
	p, err := newPage(in.Limit, 100, in.Marker)
	if err != nil {
		return nil, err
	}
	k, err := s.ownRotated(c, in.KeyId)
	if err != nil {
		return nil, err
	}
	first := 1 // the material a key is born with is no rotation
	if in.IncludeKeyMaterial == "ALL_KEY_MATERIAL" {
		first = 0
	}
	if p.from() != "" {
		first = 1 + slices.IndexFunc(k.Materials, func(m material) bool { return m.ID == p.from() })
	}
	out := &ListKeyRotationsOutput{Rotations: []RotationsListEntry{}}
	for i := first; i < len(k.Materials); i++ {
		if p.full(len(out.Rotations)) {
			out.Truncated, out.NextMarker = true, marker(out.Rotations[len(out.Rotations)-1].KeyMaterialId)
			break
		}
		out.Rotations = append(out.Rotations, k.rotationEntry(i))
	}
	return out, nil
}

func (k *key) rotationEntry(i int) RotationsListEntry {
	m := k.Materials[i]
	e := RotationsListEntry{KeyId: string(k.arn()), KeyMaterialId: m.ID, KeyMaterialState: "NON_CURRENT"}
	if i == len(k.Materials)-1 {
		e.KeyMaterialState = "CURRENT"
	}
	if i > 0 {
		e.RotationDate, e.RotationType = m.Since, "AUTOMATIC"
		if m.OnDemand {
			e.RotationType = "ON_DEMAND"
		}
	}
	return e
}

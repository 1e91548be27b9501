package cloudfront

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// invalidation is an invalidation as stored. It has always been completed.
type invalidation struct {
	ID      string
	Created time.Time
	Batch   InvalidationBatch
}

const (
	maxPath      = 4000
	maxPaths     = 3000
	maxWildcards = 15
)

func (i *invalidation) show() *Invalidation {
	return &Invalidation{Id: i.ID, CreateTime: i.Created, Status: "Completed", InvalidationBatch: i.Batch}
}

func (s *Service) createInvalidation(_ context.Context, c *aws.Call, in *CreateInvalidationInput) (*CreateInvalidationOutput, error) {
	batch := in.InvalidationBatch
	if err := checkPaths(&batch.Paths); err != nil {
		return nil, err
	}
	i := invalidation{ID: s.newID("I")(), Created: c.Time, Batch: batch}
	again := false
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.DistributionId); err != nil {
			return err
		}
		for _, other := range s.invalidations.All(tx, c.Scope, in.DistributionId) {
			if other.Batch.CallerReference != batch.CallerReference {
				continue
			}
			if !slices.Equal(other.Batch.Paths.Items, batch.Paths.Items) {
				return errInvalidationExists()
			}
			i, again = other, true
			return nil
		}
		s.invalidations.Put(tx, c.Scope, i, in.DistributionId, i.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !again {
		s.edge.Invalidate(in.DistributionId, slices.Clone(batch.Paths.Items))
		s.chargeInvalidation(c.Account, len(batch.Paths.Items))
	}
	return &CreateInvalidationOutput{Invalidation: i.show(), Location: location("distribution/" + in.DistributionId + "/invalidation/" + i.ID)}, nil
}

func checkPaths(p *Paths) error {
	if int(p.Quantity) != len(p.Items) {
		return errInconsistent("Paths")
	}
	stars := 0
	for _, path := range p.Items {
		star := strings.IndexByte(path, '*')
		switch {
		case !strings.HasPrefix(path, "/") || len(path) > maxPath || star >= 0 && star != len(path)-1:
			return errInvalidArgument("Your request contains one or more invalid invalidation paths.")
		case star >= 0:
			stars++
		}
	}
	switch {
	case len(p.Items) == 0:
		return errInvalidArgument("Your request contains no invalidation paths.")
	case len(p.Items)-stars > maxPaths || stars > maxWildcards:
		return aws.Errorf(400, "TooManyInvalidationsInProgress", "You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.")
	}
	return nil
}

func (s *Service) getInvalidation(_ context.Context, c *aws.Call, in *GetInvalidationInput) (out *GetInvalidationOutput, err error) {
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.DistributionId); err != nil {
			return err
		}
		i, ok := s.invalidations.Get(tx, c.Scope, in.DistributionId, in.Id)
		if !ok {
			return errNoSuchInvalidation()
		}
		out = &GetInvalidationOutput{Invalidation: i.show()}
		return nil
	})
}

func (s *Service) listInvalidations(_ context.Context, c *aws.Call, in *ListInvalidationsInput) (*ListInvalidationsOutput, error) {
	var all []invalidation
	err := s.DB.View(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.DistributionId); err != nil {
			return err
		}
		for _, i := range s.invalidations.All(tx, c.Scope, in.DistributionId) {
			all = append(all, i)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b invalidation) int { return b.Created.Compare(a.Created) }) // the latest first
	p, err := pageOf(all, func(i invalidation) string { return i.ID }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	list := &InvalidationList{Marker: p.marker, MaxItems: p.max, NextMarker: p.next, IsTruncated: p.next != "", Quantity: p.quantity}
	for _, i := range p.items {
		list.Items = append(list.Items, InvalidationSummary{CreateTime: i.Created, Id: i.ID, Status: "Completed"})
	}
	return &ListInvalidationsOutput{InvalidationList: list}, nil
}

package logs

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
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

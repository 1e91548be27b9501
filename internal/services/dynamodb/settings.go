package dynamodb

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// What tools read back of a table beside its description. Nothing of it can be
// turned on here yet, and the operations that would are absent.

func (s *Service) describeContinuousBackups(_ context.Context, c *aws.Call, in *DescribeContinuousBackupsInput) (*DescribeContinuousBackupsOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	t, err := s.table(c.Scope, name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, aws.Errorf(400, "TableNotFoundException", "Table not found: %s", name)
	}
	return &DescribeContinuousBackupsOutput{ContinuousBackupsDescription{
		ContinuousBackupsStatus:        "ENABLED",
		PointInTimeRecoveryDescription: PointInTimeRecoveryDescription{"DISABLED"},
	}}, nil
}

// describeLimits tells AWS' default quotas.
func (s *Service) describeLimits(context.Context, *aws.Call, *service.Empty) (*DescribeLimitsOutput, error) {
	return &DescribeLimitsOutput{80000, 80000, 40000, 40000}, nil
}

// describeEndpoints tells clients that discover endpoints to stay here.
func (s *Service) describeEndpoints(_ context.Context, c *aws.Call, _ *service.Empty) (*DescribeEndpointsOutput, error) {
	return &DescribeEndpointsOutput{[]DynamoEndpoint{{c.Host, 1440}}}, nil
}

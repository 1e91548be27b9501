package dynamodb

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// describeLimits tells AWS' default quotas.
func (s *Service) describeLimits(context.Context, *aws.Call, *service.Empty) (*DescribeLimitsOutput, error) {
	return &DescribeLimitsOutput{80000, 80000, 40000, 40000}, nil
}

// describeEndpoints tells clients that discover endpoints to stay here.
func (s *Service) describeEndpoints(_ context.Context, c *aws.Call, _ *service.Empty) (*DescribeEndpointsOutput, error) {
	return &DescribeEndpointsOutput{[]DynamoEndpoint{{c.Host, 1440}}}, nil
}

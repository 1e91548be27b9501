package costexplorer

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
)

// Deps is what Cost Explorer needs from the world. Every field is required.
type Deps struct{ Meter *meter.Meter }

// Service is the emulator of Cost Explorer.
type Service struct{ Deps }

// New returns the bills of what was metered.
func New(d Deps) *Service {
	if d.Meter == nil {
		panic("costexplorer: incomplete Deps")
	}
	return &Service{d}
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "ce",
		Title:        "AWS Cost Explorer",
		Protocols:    []service.Protocol{service.JSON11},
		TargetPrefix: "AWSInsightsIndexService",
		Version:      "2017-10-25",
		Global:       true,
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("GetCostAndUsage", func(_ context.Context, c *aws.Call, _ *GetCostAndUsageInput) ([]service.Access, error) {
			return []service.Access{{Resource: aws.ARN("arn:aws:ce:us-east-1:" + string(c.Account) + ":/GetCostAndUsage")}}, nil
		}, s.getCostAndUsage),
	}
}

package cloudfront

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/edge"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// metricsRegion is where CloudFront's metrics are, wherever its viewers are.
const metricsRegion = "us-east-1"

// observe counts a request that the edge has answered.
func (s *Service) observe(v *edge.Visit) {
	at := aws.Scope{Account: v.Distribution.Scope.Account, Region: metricsRegion}
	count := func(metric string, unit meter.Unit, value float64) {
		s.Meter.Count(at, "AWS/CloudFront", metric, unit, value, "DistributionId", v.Distribution.ID, "Region", "Global")
	}
	percent := func(yes bool) float64 {
		if yes {
			return 100
		}
		return 0
	}
	count("Requests", meter.None, 1)
	count("BytesDownloaded", meter.None, float64(v.Out))
	count("BytesUploaded", meter.None, float64(v.In))
	count("4xxErrorRate", meter.Percent, percent(v.Status >= 400 && v.Status < 500))
	count("5xxErrorRate", meter.Percent, percent(v.Status >= 500))
	count("TotalErrorRate", meter.Percent, percent(v.Status >= 400))
	count("CacheHitRate", meter.Percent, percent(v.Hit))

	request := meter.Item{Product: "AmazonCloudFront", Unit: "Requests-HTTP"}
	if v.TLS {
		request.Unit = "Requests-HTTPS"
	}
	s.Meter.Charge(at, request, 1)
	s.Meter.Charge(at, meter.Item{Product: "AmazonCloudFront", Unit: "DataTransfer-Out-Bytes"}, float64(v.Out))
}

// chargeInvalidation counts invalidated paths.
func (s *Service) chargeInvalidation(account aws.AccountID, paths int) {
	s.Meter.Charge(aws.Scope{Account: account, Region: metricsRegion}, meter.Item{Product: "AmazonCloudFront", Unit: "Invalidations"}, float64(paths))
}

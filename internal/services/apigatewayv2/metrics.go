package apigatewayv2

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

const namespace = "AWS/ApiGateway"

// requests are what is paid for: one for each 512 KB.
var requests = meter.Item{Product: "AmazonApiGateway", Unit: "ApiGatewayHttpRequest"}

const paidBytes = 512 << 10

// measured is what one request came to.
type measured struct {
	status      int
	took        time.Duration
	integration time.Duration
	bytes       int
}

func (s *Service) measure(scope aws.Scope, id, stage string, m measured) {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	class := func(n int) float64 {
		if m.status/100 == n {
			return 1
		}
		return 0
	}
	for _, dims := range [][]string{{"ApiId", id}, {"ApiId", id, "Stage", stage}} {
		s.Meter.Count(scope, namespace, "Count", meter.Count, 1, dims...)
		s.Meter.Count(scope, namespace, "4xx", meter.Count, class(4), dims...)
		s.Meter.Count(scope, namespace, "5xx", meter.Count, class(5), dims...)
		s.Meter.Count(scope, namespace, "Latency", meter.Milliseconds, ms(m.took), dims...)
		s.Meter.Count(scope, namespace, "IntegrationLatency", meter.Milliseconds, ms(m.integration), dims...)
		s.Meter.Count(scope, namespace, "DataProcessed", meter.Bytes, float64(m.bytes), dims...)
	}
	s.Meter.Charge(scope, requests, float64(1+max(m.bytes-1, 0)/paidBytes))
}

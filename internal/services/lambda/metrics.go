package lambda

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
)

const namespace = "AWS/Lambda"

// What is paid for.
var (
	requests  = meter.Item{Product: "AWSLambda", Unit: "Request"}
	gbSeconds = meter.Item{Product: "AWSLambda", Unit: "Lambda-GB-Second"}
)

// count adds a value to a metric: of the account, of the function, and of the
// version or alias by which it was invoked.
func (s *Service) count(n name, metric string, unit meter.Unit, value float64) {
	s.Meter.Count(n.scope, namespace, metric, unit, value)
	s.Meter.Count(n.scope, namespace, metric, unit, value, "FunctionName", n.function)
	resource := n.function
	if n.qualifier != "" {
		resource += ":" + n.qualifier
	}
	s.Meter.Count(n.scope, namespace, metric, unit, value, "FunctionName", n.function, "Resource", resource)
}

// measure tells what an event came to.
func (s *Service) measure(n name, v *version, r *runtime.Result) {
	s.count(n, "Invocations", meter.Count, 1)
	failed := 0.0
	if r.Error != "" {
		failed = 1
	}
	s.count(n, "Errors", meter.Count, failed)
	s.count(n, "Throttles", meter.Count, 0)
	s.count(n, "Duration", meter.Milliseconds, float64(r.Duration)/float64(time.Millisecond))
	s.Meter.Charge(n.scope, requests, 1)
	s.Meter.Charge(n.scope, gbSeconds, float64(v.Memory)/1024*r.Billed().Seconds())
}

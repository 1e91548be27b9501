package events

import (
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

func (s *Service) measure(at aws.Scope, rule, metric string) {
	s.Meter.Count(at, "AWS/Events", metric, meter.Count, 1, "RuleName", rule)
}

// ruleOf is the name of the rule of an ARN.
func ruleOf(arn aws.ARN) string {
	r := arn.Resource()
	return r[strings.LastIndexByte(r, '/')+1:]
}

// chunk is how much of an event is billed as one.
const chunk = 64 << 10

// charge is for an application's own events; those of AWS and of schedules are
// free.
func (s *Service) charge(at aws.Scope, size int) {
	n := (size + chunk - 1) / chunk
	s.Meter.Charge(at, meter.Item{Product: "AWSEvents", Unit: "CustomEvents"}, float64(max(n, 1)))
}

package appsync

import (
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/meter"
)

// operations is what queries and mutations are charged by: one for a request,
// however many fields it has.
var operations = meter.Item{Product: product, Unit: "Requests"}

// count measures a request to an API. Errors of resolvers are answers.
func (s *Service) count(a *api, status int, took time.Duration) {
	of := func(metric string, unit meter.Unit, value float64) {
		s.Meter.Count(a.scope, namespace, metric, unit, value, "GraphQLAPIId", a.id)
	}
	var client, server float64
	switch {
	case status >= http.StatusInternalServerError:
		server = 1
	case status >= http.StatusBadRequest:
		client = 1
	}
	of("4XXError", meter.Count, client)
	of("5XXError", meter.Count, server)
	of("Latency", meter.Milliseconds, float64(took)/float64(time.Millisecond))
	of("Requests", meter.Count, 1)
	if client+server == 0 {
		of("TokensConsumed", meter.Count, 1)
		s.Meter.Charge(a.scope, operations, 1)
	}
}

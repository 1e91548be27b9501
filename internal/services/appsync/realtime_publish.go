package appsync

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/meter"
)

const (
	namespace = "AWS/AppSync"
	product   = "AWSAppSync"

	// chargedBytes is what one update may have; larger ones are several.
	chargedBytes = 5 << 10
)

// publish tells those who follow a mutation what its client selected of it.
func (s *Service) publish(p publication) {
	for _, sub := range s.hub.to(topic{p.api.id, p.mutation}) {
		sub.tell(p.value)
	}
}

// tell sends a payload to a subscriber whom it concerns.
func (sub *subscription) tell(payload any) {
	if !sub.wants(payload) {
		return
	}
	sub.mu.Lock()
	defer sub.mu.Unlock()
	c := sub.c
	if sub.who.expired(c.s.Now()) {
		c.expire(sub)
		return
	}
	a, err := c.s.compiled(c.api)
	if err != nil || a.schema == nil {
		return // the API is gone
	}
	ctx, cancel := context.WithTimeout(c.ctx, executionTime)
	defer cancel()
	x := sub.execution(ctx, a)
	x.event = payload
	if no := x.prepare(sub.request); no != nil || len(x.errors) > 0 {
		return // the schema has changed since
	}
	m := event(sub.id, x.write(x.start()).body)
	if len(m) > maxFrame {
		c.count("PublishDataMessageClientError", meter.Count, 1)
		return
	}
	c.send(m)
	c.count("PublishDataMessageSuccess", meter.Count, 1)
	c.count("PublishDataMessageSize", meter.Bytes, float64(len(m)))
	c.s.Meter.Charge(c.call.Scope, meter.Item{Product: product, Unit: "RealTimeUpdates"}, float64((len(m)+chargedBytes-1)/chargedBytes))
}

// wants decides by the filter that the resolver has set, or else by the
// arguments: each that was given is a field of the payload.
func (sub *subscription) wants(payload any) bool {
	_, isList := payload.(*vtl.List)
	if sub.filter != nil {
		return !isList && sub.filter.matches(payload)
	}
	wanted := true
	sub.args.Each(func(name, v any) bool {
		wanted = !isList && same(property(payload, name.(string)), v)
		return wanted
	})
	return wanted
}

// invalidate ends the subscriptions that resolvers have invalidated.
func (x *execution) invalidate() {
	for _, i := range x.extended.invalidations {
		x.s.hub.invalidate(x.api.id, i)
	}
}

func (h *hub) invalidate(api string, i invalidation) {
	seen := map[*subscription]bool{}
	h.mu.RLock()
	for t, subs := range h.topics {
		for sub := range subs {
			if t.api == api && sub.field == i.field && sub.invalidation != nil {
				seen[sub] = true
			}
		}
	}
	h.mu.RUnlock()
	for sub := range seen {
		if sub.invalidation.matches(i.payload) && sub.c.drop(sub.id) {
			sub.c.send(plain("complete", sub.id))
		}
	}
}

// count counts something of a connection.
func (c *connection) count(metric string, unit meter.Unit, value float64) {
	c.s.Meter.Count(c.call.Scope, namespace, metric, unit, value, "GraphQLAPIId", c.api)
}

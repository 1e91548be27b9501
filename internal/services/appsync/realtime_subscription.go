package appsync

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// subscription is one start of a client.
type subscription struct {
	mu sync.Mutex // held while something is sent, so that all is in order

	c            *connection
	id           string
	who          *caller
	call         aws.Call
	header       http.Header
	request      graphQLRequest
	field        string
	topics       []topic
	args         *vtl.Map // those that were given
	filter       *filter  // instead of the arguments, if it was set
	invalidation *filter
}

// expired reports whether a caller's credentials are good no more.
func (c *caller) expired(now time.Time) bool { return !c.expires.IsZero() && !now.Before(c.expires) }

// start answers a client that subscribes.
func (c *connection) start(m message) {
	refuse := func(payload any) {
		c.count("SubscribeClientError", meter.Count, 1)
		c.send(problem("error", m.id, payload))
	}
	c.mu.Lock()
	n, taken := len(c.subscriptions), c.subscriptions[m.id] != nil
	c.mu.Unlock()
	switch {
	case m.id == "":
		refuse(errorsOf("BadRequestException", "A subscription needs an id.", 400))
		return
	case taken:
		refuse(errorsOf("DuplicatedOperationError", "Duplicated operation id "+m.id, 400))
		return
	case n >= maxSubscriptions:
		refuse(limitError("MaxSubscriptionsReachedError", sprintf("Max number of %d subscriptions reached", maxSubscriptions)))
		return
	}
	sub := &subscription{c: c, id: m.id}
	ctx, cancel := context.WithTimeout(c.ctx, executionTime)
	defer cancel()
	if payload := sub.prepare(ctx, m); payload != nil {
		refuse(payload)
		return
	}
	c.mu.Lock()
	ended := c.subscriptions == nil
	if !ended {
		c.subscriptions[m.id] = sub
	}
	c.mu.Unlock()
	if ended {
		return
	}
	// Nothing is missed from when the client has its answer, and nothing comes
	// before it.
	sub.mu.Lock()
	defer sub.mu.Unlock()
	c.s.hub.add(sub)
	c.send(plain("start_ack", m.id))
	c.count("SubscribeSuccess", meter.Count, 1)
}

// prepare finds out what is asked for, by whom, and whether that may be: the
// resolver of the field is run once for it. It returns the payload of an error.
func (sub *subscription) prepare(ctx context.Context, m message) any {
	c := sub.c
	s := c.s
	sub.call = c.call
	sub.call.RequestID, sub.call.Time = s.IDs.UUID(), s.Now()
	a, err := s.compiled(c.api)
	if err != nil {
		no := notFound(err)
		return errorsOf(no.kind, no.message, no.status)
	}
	who, header, no := s.enter(ctx, &sub.call, a, c.entry.forSubscription(m.authorization, m.data))
	if no != nil {
		return errorsOf(no.kind, no.message, no.status)
	}
	sub.who, sub.header = who, header
	if sub.request, no = parseRequest(m.data); no != nil {
		return errorsOf("BadRequestException", no.message, 400)
	}
	x := sub.execution(ctx, a)
	if no := x.prepare(sub.request); no != nil {
		return errorsOf(no.kind, no.message, no.status)
	}
	if len(x.errors) > 0 {
		return x.problems()
	}
	if x.op.Operation != ast.Subscription {
		return errorsOf("UnsupportedOperation", "Operation not supported through the realtime channel", 400)
	}
	return sub.resolve(x, a)
}

// resolve runs the resolver of the field that is subscribed to. Its value does
// not matter, what it says of filters does.
func (sub *subscription) resolve(x *execution, a *api) any {
	fields := x.collect(x.doc.roots[x.op], a.schema.Subscription)
	if len(fields) != 1 || fields[0].info == nil {
		return errorsOf("BadRequestException", "A subscription has one field.", 400)
	}
	f := fields[0]
	it := &item{path: &path{key: f.key}}
	if !a.allows(x.who, f.info) || !x.permitted(f.info) {
		x.deny(f, it)
		return x.problems()
	}
	e, err := x.newEvaluation(f, nil, it.path)
	if err != nil {
		return errorsOf("", err.Error(), 0)
	}
	args, _ := e.ctx.Get("arguments")
	sub.args, _ = clone(args).(*vtl.Map)
	if f.info.resolver != nil {
		if _, raised := x.runResolver(f.info.resolver, e); raised != nil {
			x.failField(f, it, raised)
			return x.problems()
		}
	}
	sub.field = f.def.Name
	sub.filter, sub.invalidation = x.extended.filter, x.extended.invalidation
	for _, mutation := range f.info.mutates {
		sub.topics = append(sub.topics, topic{a.id, mutation})
	}
	return nil
}

// execution is of the subscription's operation.
func (sub *subscription) execution(ctx context.Context, a *api) *execution {
	return &execution{s: sub.c.s, api: a, ctx: ctx, call: &sub.call, who: sub.who, header: sub.header}
}

// problems is a payload of all errors.
func (x *execution) problems() any {
	list := vtl.NewList()
	for _, e := range x.errors {
		m := vtl.NewMap()
		if e.kind != "" {
			m.Put("errorType", e.kind)
		}
		m.Put("message", e.message)
		list.Add(m)
	}
	p := vtl.NewMap()
	p.Put("errors", list)
	return p
}

// stop ends a subscription at the wish of its client.
func (c *connection) stop(id string) {
	if !c.drop(id) {
		c.send(problem("error", id, errorsOf("UnknownOperationError", "Unknown operation id "+id, 400)))
		return
	}
	c.count("UnsubscribeSuccess", meter.Count, 1)
	c.send(plain("complete", id))
}

// drop takes a subscription out, if it is there.
func (c *connection) drop(id string) bool {
	c.mu.Lock()
	sub := c.subscriptions[id]
	delete(c.subscriptions, id)
	c.mu.Unlock()
	if sub == nil {
		return false
	}
	c.s.hub.remove(sub)
	return true
}

// expire ends a subscription whose credentials have expired. Clients take new
// ones when they read this.
func (c *connection) expire(sub *subscription) {
	if c.drop(sub.id) {
		c.send(problem("error", sub.id, errorsOf("UnauthorizedException", "Token expired.", 401)))
	}
}

func (h *hub) add(sub *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range sub.topics {
		if h.topics[t] == nil {
			h.topics[t] = map[*subscription]bool{}
		}
		h.topics[t][sub] = true
	}
}

func (h *hub) remove(sub *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range sub.topics {
		delete(h.topics[t], sub)
		if len(h.topics[t]) == 0 {
			delete(h.topics, t)
		}
	}
}

// to lists the subscriptions that follow a mutation.
func (h *hub) to(t topic) []*subscription {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*subscription, 0, len(h.topics[t]))
	for sub := range h.topics[t] {
		list = append(list, sub)
	}
	return list
}

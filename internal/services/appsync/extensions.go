package appsync

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// maxInvalidations is how many subscriptions one request may invalidate by.
const maxInvalidations = 5

// extended is what the extensions of a request's resolvers asked for.
type extended struct {
	filter        *filter // of the subscription
	invalidation  *filter // of the subscription
	invalidations []invalidation
}

// invalidation ends the subscriptions to a field whose invalidation filters
// match the payload.
type invalidation struct {
	field   string
	payload any
}

// extension answers $extensions of templates, and extensions of code.
func (e *evaluation) extension(name string, args []any) (any, error) {
	var arg any
	if len(args) > 0 {
		arg = args[0]
	}
	switch name {
	case "setSubscriptionFilter", "setSubscriptionInvalidationFilter":
		if e.x.op.Operation != ast.Subscription {
			return nil, fmt.Errorf("%s is for subscriptions only", name)
		}
		f, err := newFilter(arg)
		if err != nil {
			return nil, err
		}
		if name == "setSubscriptionFilter" {
			e.x.extended.filter = f
		} else {
			e.x.extended.invalidation = f
		}
		return nil, nil
	case "invalidateSubscriptions":
		m, _ := arg.(*vtl.Map)
		field, _ := property(m, "subscriptionField").(string)
		if field == "" {
			return nil, fmt.Errorf("%s expects a subscriptionField and a payload", name)
		}
		e.x.mu.Lock()
		defer e.x.mu.Unlock()
		if len(e.x.extended.invalidations) == maxInvalidations {
			return nil, fmt.Errorf("%s can be called %d times in a request", name, maxInvalidations)
		}
		e.x.extended.invalidations = append(e.x.extended.invalidations, invalidation{field, clone(property(m, "payload"))})
		return nil, nil
	}
	return nil, fmt.Errorf("%s is not available", name)
}

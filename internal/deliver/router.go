package deliver

import (
	"context"
	"errors"
	"fmt"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Event is something to be told to a resource.
type Event struct {
	ID      string
	Target  aws.ARN
	Payload []byte

	Scope   aws.Scope // where the sender acts
	Service string    // host name of the sending service, as policies name it: "events.amazonaws.com"
	Source  aws.ARN   // the resource that sends: aws:SourceArn
	// Attributes go along where the target has such a thing, as a queue has.
	Attributes map[string]string
	// Types are of the attributes that are no strings: "Number", or "Binary" of
	// one whose value is in base64.
	Types map[string]string
}

// Principal is who the receiver's resource policy must let in.
func (e *Event) Principal() *aws.Principal {
	return &aws.Principal{
		Kind: aws.ServicePrincipal, Account: e.Scope.Account, Name: e.Service,
		Keys: map[string][]string{"aws:SourceArn": {string(e.Source)}, "aws:SourceAccount": {string(e.Scope.Account)}},
	}
}

// Receiver is implemented by services whose resources can be targets. A call
// has the sender's scope, and as its principal who sends.
type Receiver interface {
	// Check reports whether arn names something that can receive.
	Check(c *aws.Call, arn aws.ARN) error
	// Receive takes one event, if the sender may send it. An event may come
	// more than once. An error that is Permanent ends its retries.
	Receive(ctx context.Context, c *aws.Call, e *Event) error
}

// Router finds the receiver of an ARN by its service. Fill it before it is
// used; from then on it is read-only.
type Router struct{ receivers map[string]Receiver }

// Mount makes r the receiver for the ARNs of a service.
func (r *Router) Mount(service string, rec Receiver) {
	if r.receivers == nil {
		r.receivers = map[string]Receiver{}
	}
	if r.receivers[service] != nil {
		panic("deliver: two receivers for " + service)
	}
	r.receivers[service] = rec
}

// Check reports whether arn can receive. Senders ask when a target is
// configured, so that a bad one fails there and not in the background.
func (r *Router) Check(c *aws.Call, arn aws.ARN) error {
	rec, err := r.find(arn)
	if err != nil {
		return err
	}
	return rec.Check(c, arn)
}

// Deliver hands an event to its target, once.
func (r *Router) Deliver(ctx context.Context, c *aws.Call, e *Event) error {
	rec, err := r.find(e.Target)
	if err != nil {
		return Permanent(err)
	}
	return rec.Receive(ctx, c, e)
}

// ErrNoReceiver is the error for an ARN of which no service takes events.
var ErrNoReceiver = errors.New("deliver: nothing receives for this ARN")

func (r *Router) find(arn aws.ARN) (Receiver, error) {
	p, _ := arn.Parse()
	if rec := r.receivers[p.Service]; rec != nil {
		return rec, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrNoReceiver, arn)
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that trying again would not help against.
func Permanent(err error) error { return permanent{err} }

type busy struct{ error }

func (b busy) Unwrap() error { return b.error }

// Busy marks an error of a target that is there and could not take more just
// now. It uses up no attempt: the event is tried until it is too old.
func Busy(err error) error { return busy{err} }

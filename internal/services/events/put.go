package events

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/eventpattern"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// hostName is what resource policies call us.
const hostName = "events.amazonaws.com"

// event is an event as rules see it and targets get it.
type event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

func eventTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// onPutEvents authorises against each bus that is sent to.
func (s *Service) onPutEvents(_ context.Context, c *aws.Call, in *PutEventsInput) (list []service.Access, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		for _, e := range in.Entries {
			at, name := locate(c.Scope, e.EventBusName)
			b, _ := s.buses.Get(tx, at, name)
			b.Name, b.scope = name, at
			a, err := s.access(&b, "")
			if err != nil {
				return err
			}
			a.Keys = map[string][]string{"events:source": {e.Source}, "events:detail-type": {e.DetailType}, "events:eventBusInvocation": {"false"}}
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// maxEntries is how large all entries of a request may be together.
const maxEntries = 1 << 20

func (e *PutEventsRequestEntry) size() int {
	n := len(e.Source) + len(e.DetailType) + len(e.Detail)
	if e.Time != nil {
		n += 14
	}
	for _, r := range e.Resources {
		n += len(r)
	}
	return n
}

func (s *Service) putEvents(_ context.Context, c *aws.Call, in *PutEventsInput) (*PutEventsOutput, error) {
	total := 0
	for i := range in.Entries {
		total += in.Entries[i].size()
	}
	if total > maxEntries {
		return nil, errValidation("Total size of the entries in the request is over the limit.")
	}
	out := &PutEventsOutput{}
	err := s.DB.Update(func(tx *store.Tx) error {
		out.Entries, out.FailedEntryCount = nil, 0
		for i := range in.Entries {
			p := &in.Entries[i]
			if refused := p.check(); refused != nil {
				out.FailedEntryCount++
				out.Entries = append(out.Entries, PutEventsResultEntry{ErrorCode: refused.Code, ErrorMessage: refused.Message})
				continue
			}
			e := &event{
				Version: "0", ID: s.IDs.UUID(), DetailType: p.DetailType, Source: p.Source, Account: string(c.Account), Time: eventTime(s.Clock.Now()),
				Region: string(c.Region), Resources: append([]string{}, p.Resources...), Detail: json.RawMessage(p.Detail),
			}
			if p.Time != nil {
				e.Time = eventTime(*p.Time)
			}
			out.Entries = append(out.Entries, PutEventsResultEntry{EventId: e.ID})
			at, name := locate(c.Scope, p.EventBusName)
			if err := s.match(tx, at, name, e); err != nil {
				return err
			}
			size := p.size()
			tx.OnCommit(func() { s.charge(c.Scope, size) })
		}
		return nil
	})
	return out, err
}

// check validates an entry.
func (e *PutEventsRequestEntry) check() *aws.Error {
	missing := func(name string) *aws.Error {
		return aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Parameter %s is not valid. Reason: %s is a required argument.", name, name)
	}
	switch {
	case e.Source == "":
		return missing("Source")
	case e.DetailType == "":
		return missing("DetailType")
	case e.Detail == "":
		return missing("Detail")
	case strings.HasPrefix(strings.ToLower(e.Source), "aws."):
		return aws.Errorf(http.StatusBadRequest, "NotAuthorizedForSourceException", "Not authorized for the source.")
	case len(e.DetailType) > 128:
		return aws.Errorf(http.StatusBadRequest, "InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.")
	}
	var detail map[string]json.RawMessage
	if json.Unmarshal([]byte(e.Detail), &detail) != nil || detail == nil {
		return aws.Errorf(http.StatusBadRequest, "MalformedDetail", "Detail is malformed.")
	}
	return nil
}

// match sends an event to the targets of the rules that want it. A bus that
// does not exist takes events, and nothing comes of them.
func (s *Service) match(tx *store.Tx, at aws.Scope, busName string, e *event) error {
	text, err := encode(e)
	if err != nil {
		return err
	}
	seen, err := eventpattern.Decode(text)
	if err != nil {
		return err
	}
	for _, r := range s.rules.All(tx, at, busName) {
		r.scope = at
		if r.Pattern == "" || r.State == disabled {
			continue
		}
		p, err := s.patterns.compile(r.Pattern)
		if err != nil {
			return err
		}
		if !p.Matches(seen) {
			continue
		}
		if err := s.trigger(tx, &r, e, text); err != nil {
			return err
		}
		name := r.Name
		tx.OnCommit(func() { s.measure(at, name, "MatchedEvents") })
	}
	return nil
}

// needed are the members that an event to be tested must have.
var needed = []string{"id", "account", "source", "time", "region", "resources", "detail-type"}

func (s *Service) testEventPattern(_ context.Context, _ *aws.Call, in *TestEventPatternInput) (*TestEventPatternOutput, error) {
	p, err := s.patterns.compile(in.EventPattern)
	if err != nil {
		return nil, errPattern(err)
	}
	e, err := eventpattern.Decode([]byte(in.Event))
	if errors.Is(err, eventpattern.ErrNoObject) {
		return nil, errValidation("Parameter Event is not valid.")
	}
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(in.Event), &members); err != nil {
		return nil, errValidation("Parameter Event is not valid.")
	}
	for _, name := range needed {
		if _, ok := members[name]; !ok {
			return nil, errValidation("Parameter Event is not valid. Reason: the field %s is missing.", name)
		}
	}
	return &TestEventPatternOutput{p.Matches(e)}, nil
}

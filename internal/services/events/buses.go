package events

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// bus is an event bus as stored. The default one is stored once something is
// set on it, and exists before.
type bus struct {
	Name        string
	Description string
	Policy      string
	Tags        []Tag
	Created     time.Time
	Modified    time.Time

	scope aws.Scope // where it was found
}

const defaultBus = "default"

func busARN(s aws.Scope, name string) aws.ARN { return aws.MakeARN("events", s, "event-bus/"+name) }

func (b *bus) arn() aws.ARN { return busARN(b.scope, b.Name) }

// locate tells which bus a name or an ARN is of; "" is the default one.
func locate(at aws.Scope, name string) (aws.Scope, string) {
	if name == "" {
		return at, defaultBus
	}
	if p, ok := aws.ARN(name).Parse(); ok {
		if name, ok := strings.CutPrefix(p.Resource, "event-bus/"); ok {
			return p.Scope, name
		}
	}
	return at, name
}

// bus returns a bus.
func (s *Service) bus(tx *store.Tx, at aws.Scope, name string) (bus, error) {
	at, name = locate(at, name)
	b, ok := s.buses.Get(tx, at, name)
	if !ok && name != defaultBus {
		return bus{}, errNoBus(name)
	}
	b.Name, b.scope = name, at
	return b, nil
}

// changeBus applies f to a bus, and stores it.
func (s *Service) changeBus(c *aws.Call, name string, f func(*bus) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		b, err := s.bus(tx, c.Scope, name)
		if err != nil {
			return err
		}
		if err := f(&b); err != nil {
			return err
		}
		b.Modified = c.Time
		s.buses.Put(tx, b.scope, b, b.Name)
		return nil
	})
}

// access is what a request wants to do with a bus.
func (s *Service) access(b *bus, action string) (service.Access, error) {
	p, err := s.policies.Compile(b.Policy)
	return service.Access{Action: action, Resource: b.arn(), ResourcePolicy: p, Owner: b.scope.Account}, err
}

// onTheBus authorises against the bus that an input names.
func onTheBus[In any, P interface {
	*In
	bus() string
}](s *Service) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) (list []service.Access, err error) {
		err = s.DB.View(func(tx *store.Tx) error {
			at, name := locate(c.Scope, P(in).bus())
			b, _ := s.buses.Get(tx, at, name)
			b.Name, b.scope = name, at
			a, err := s.access(&b, "")
			list = []service.Access{a}
			return err
		})
		return list, err
	}
}

func onCreateBus(_ context.Context, c *aws.Call, in *CreateEventBusInput) ([]service.Access, error) {
	return []service.Access{{Resource: busARN(c.Scope, in.Name), Keys: tagKeys(in.Tags)}}, nil
}

func (s *Service) createEventBus(_ context.Context, c *aws.Call, in *CreateEventBusInput) (*CreateEventBusOutput, error) {
	if strings.Contains(in.Name, "/") {
		return nil, errValidation("Event bus name must not contain '/'.")
	}
	b := bus{Name: in.Name, Description: in.Description, Tags: in.Tags, Created: c.Time, Modified: c.Time, scope: c.Scope}
	if err := checkTags(b.Tags); err != nil {
		return nil, err
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, exists := s.buses.Get(tx, c.Scope, in.Name); exists || in.Name == defaultBus {
			return errBusExists(in.Name)
		}
		s.buses.Put(tx, c.Scope, b, b.Name)
		return nil
	})
	return &CreateEventBusOutput{Description: b.Description, EventBusArn: string(b.arn())}, err
}

func (b *bus) describe() EventBus {
	d := EventBus{Arn: string(b.arn()), Name: b.Name, Description: b.Description, Policy: b.Policy}
	if !b.Created.IsZero() {
		d.CreationTime, d.LastModifiedTime = &b.Created, &b.Modified
	}
	return d
}

func (s *Service) describeEventBus(_ context.Context, c *aws.Call, in *DescribeEventBusInput) (out *EventBus, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		b, err := s.bus(tx, c.Scope, in.Name)
		d := b.describe()
		out = &d
		return err
	})
	return out, err
}

func (s *Service) listEventBuses(_ context.Context, c *aws.Call, in *ListEventBusesInput) (*ListEventBusesOutput, error) {
	var all []EventBus
	err := s.DB.View(func(tx *store.Tx) error {
		def, err := s.bus(tx, c.Scope, defaultBus)
		all = append(all, def.describe())
		for _, b := range s.buses.All(tx, c.Scope) {
			b.scope = c.Scope
			if b.Name != defaultBus {
				all = append(all, b.describe())
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(b EventBus) bool { return !strings.HasPrefix(b.Name, in.NamePrefix) })
	slices.SortFunc(all, func(a, b EventBus) int { return strings.Compare(a.Name, b.Name) })
	out := &ListEventBusesOutput{}
	out.EventBuses, out.NextToken = cut(all, in.page, func(b EventBus) string { return b.Name })
	return out, nil
}

// cut returns one page of what is sorted by name, and the token of the next.
func cut[T any](all []T, p page, name func(T) string) (part []T, next string) {
	limit := 100
	if p.Limit != nil {
		limit = int(*p.Limit)
	}
	part = []T{}
	for _, v := range all {
		if p.NextToken != "" && name(v) <= p.NextToken {
			continue
		}
		if len(part) == limit {
			return part, name(part[limit-1])
		}
		part = append(part, v)
	}
	return part, ""
}

func (s *Service) deleteEventBus(_ context.Context, c *aws.Call, in *DeleteEventBusInput) (*service.Empty, error) {
	if in.Name == defaultBus {
		return nil, errValidation("Cannot delete event bus default.")
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		for range s.rules.All(tx, c.Scope, in.Name) {
			return errValidation("Event bus %s has rules: delete them first.", in.Name)
		}
		s.buses.Delete(tx, c.Scope, in.Name)
		return nil
	})
}

// document is a bus' policy, with its statements left as they are.
type document struct {
	Version   string            `json:"Version"`
	Statement []json.RawMessage `json:"Statement"`
}

func (b *bus) statements() (d document, err error) {
	d.Version = "2012-10-17"
	if b.Policy == "" {
		return d, nil
	}
	var one struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(b.Policy), &one); err != nil {
		return d, err
	}
	if json.Unmarshal(one.Statement, &d.Statement) != nil {
		d.Statement = []json.RawMessage{one.Statement}
	}
	return d, nil
}

// without removes the statement with a Sid, and reports whether there was one.
func (d *document) without(sid string) bool {
	n := len(d.Statement)
	d.Statement = slices.DeleteFunc(d.Statement, func(raw json.RawMessage) bool {
		var s struct{ Sid string }
		return json.Unmarshal(raw, &s) == nil && s.Sid == sid
	})
	return len(d.Statement) < n
}

func (b *bus) setStatements(d document) error {
	if len(d.Statement) == 0 {
		b.Policy = ""
		return nil
	}
	text, err := json.Marshal(d)
	b.Policy = string(text)
	return err
}

// maxPolicy is the size of the largest policy of a bus.
const maxPolicy = 10 << 10

func (s *Service) putPermission(_ context.Context, c *aws.Call, in *PutPermissionInput) (*service.Empty, error) {
	return &service.Empty{}, s.changeBus(c, in.EventBusName, func(b *bus) error {
		if in.Policy != "" {
			if in.StatementId != "" || in.Principal != "" || in.Action != "" {
				return errValidation("Parameter Policy must not be given together with Action, Principal or StatementId.")
			}
			b.Policy = in.Policy
		} else {
			if in.StatementId == "" || in.Principal == "" || in.Action != "events:PutEvents" {
				return errValidation("Provided value in parameter 'action' is not supported.")
			}
			if err := b.permit(in); err != nil {
				return err
			}
		}
		if len(b.Policy) > maxPolicy {
			return aws.Errorf(400, "PolicyLengthExceededException", "The policy is longer than %d bytes.", maxPolicy)
		}
		if _, err := s.policies.Compile(b.Policy); err != nil {
			return errValidation("Policy is not valid. Reason: %s", strings.TrimPrefix(err.Error(), "policy: "))
		}
		return nil
	})
}

// permit adds a statement, or replaces that of the same name.
func (b *bus) permit(in *PutPermissionInput) error {
	d, err := b.statements()
	if err != nil {
		return err
	}
	st := map[string]any{"Sid": in.StatementId, "Effect": "Allow", "Principal": "*", "Action": in.Action, "Resource": b.arn()}
	if in.Principal != "*" {
		st["Principal"] = map[string]string{"AWS": "arn:aws:iam::" + in.Principal + ":root"}
	}
	if in.Condition != nil {
		st["Condition"] = map[string]any{in.Condition.Type: map[string]string{in.Condition.Key: in.Condition.Value}}
	}
	raw, err := json.Marshal(st)
	if err != nil {
		return err
	}
	d.without(in.StatementId)
	d.Statement = append(d.Statement, raw)
	return b.setStatements(d)
}

func (s *Service) removePermission(_ context.Context, c *aws.Call, in *RemovePermissionInput) (*service.Empty, error) {
	return &service.Empty{}, s.changeBus(c, in.EventBusName, func(b *bus) error {
		if b.Policy == "" {
			return errNotFound("EventBus does not have a policy.")
		}
		if in.RemoveAllPermissions {
			b.Policy = ""
			return nil
		}
		d, err := b.statements()
		if err != nil {
			return err
		}
		if !d.without(in.StatementId) {
			return errNotFound("Statement with the provided id does not exist.")
		}
		return b.setStatements(d)
	})
}

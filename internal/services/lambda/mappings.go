package lambda

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/eventpattern"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// mapping is an event source mapping: whose records go to which function.
type mapping struct {
	UUID           string
	Source         aws.ARN
	Function       aws.ARN
	Disabled       bool
	BatchSize      int32
	Window         int32 // seconds
	Retries        int32 // -1 is until the record expires
	MaxAge         int32 // seconds; -1 is the same
	Parallel       int32
	Bisect         bool
	ReportFailures bool
	OnFailure      aws.ARN
	Filters        []string // event patterns
	Start          string
	Concurrency    *int32
	Tags           map[string]string
	Modified       time.Time
	Revision       string
}

// pinTag is the tag that gives a new mapping its id.
const pinTag = "niebla:id"

func (m *mapping) fromQueue() bool { return strings.HasPrefix(string(m.Source), "arn:aws:sqs:") }

// recordLife is how long a stream keeps its records.
const recordLife = 24 * time.Hour

func (m *mapping) age() time.Duration {
	if m.MaxAge < 0 {
		return recordLife
	}
	return time.Duration(m.MaxAge) * time.Second
}

// apply takes over the settings that are given.
func (m *mapping) apply(in *mappingSettings) error {
	set(&m.BatchSize, in.BatchSize)
	set(&m.Window, in.MaximumBatchingWindowInSeconds)
	set(&m.Retries, in.MaximumRetryAttempts)
	set(&m.MaxAge, in.MaximumRecordAgeInSeconds)
	set(&m.Parallel, in.ParallelizationFactor)
	set(&m.Bisect, in.BisectBatchOnFunctionError)
	if in.Enabled != nil {
		m.Disabled = !*in.Enabled
	}
	if in.FunctionResponseTypes != nil {
		m.ReportFailures = len(in.FunctionResponseTypes) > 0
	}
	if in.DestinationConfig != nil {
		m.OnFailure = ""
		if d := in.DestinationConfig.OnFailure; d != nil {
			m.OnFailure = aws.ARN(d.Destination)
		}
	}
	if in.ScalingConfig != nil {
		m.Concurrency = in.ScalingConfig.MaximumConcurrency
	}
	if in.FilterCriteria != nil {
		m.Filters = nil
		for _, f := range in.FilterCriteria.Filters {
			m.Filters = append(m.Filters, f.Pattern)
		}
	}
	if _, err := m.filter(); err != nil {
		return errInvalid("Invalid filter pattern definition. %v", err)
	}
	switch {
	case len(m.Filters) > maxFilters:
		return errInvalid("Filters has more than %d elements.", maxFilters)
	case m.fromQueue() && m.BatchSize > 10 && m.Window == 0:
		return errInvalid("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
	case m.fromQueue() && (in.ParallelizationFactor != nil || in.BisectBatchOnFunctionError != nil || in.MaximumRetryAttempts != nil || in.MaximumRecordAgeInSeconds != nil || m.OnFailure != ""):
		return errInvalid("Unsupported parameters for an event source of SQS: it takes a batch size, a batching window, filters, response types and a scaling configuration.")
	case !m.fromQueue() && m.Concurrency != nil:
		return errInvalid("ScalingConfig is not supported for this event source.")
	case m.MaxAge >= 0 && m.MaxAge < 60:
		return errInvalid("MaximumRecordAgeInSeconds must be -1, or from 60 to 604800.")
	}
	return nil
}

func mappingARN(scope aws.Scope, uuid string) aws.ARN {
	return aws.MakeARN("lambda", scope, "event-source-mapping:"+uuid)
}

func (s *Service) describeMapping(scope aws.Scope, m *mapping, state string) EventSourceMappingConfiguration {
	d := EventSourceMappingConfiguration{
		BatchSize: m.BatchSize, EventSourceArn: string(m.Source), EventSourceMappingArn: string(mappingARN(scope, m.UUID)), FunctionArn: string(m.Function),
		FunctionResponseTypes: []string{}, LastModified: m.Modified, MaximumBatchingWindowInSeconds: m.Window,
		State: state, StateTransitionReason: "User action", UUID: m.UUID, StartingPosition: m.Start,
	}
	if m.ReportFailures {
		d.FunctionResponseTypes = []string{"ReportBatchItemFailures"}
	}
	for _, f := range m.Filters {
		if d.FilterCriteria == nil {
			d.FilterCriteria = &FilterCriteria{}
		}
		d.FilterCriteria.Filters = append(d.FilterCriteria.Filters, Filter{f})
	}
	if state == "" {
		d.State = "Enabled"
		if m.Disabled {
			d.State = "Disabled"
		}
	}
	if m.fromQueue() {
		if m.Concurrency != nil {
			d.ScalingConfig = &ScalingConfig{m.Concurrency}
		}
		return d
	}
	none := int32(0)
	d.BisectBatchOnFunctionError, d.MaximumRecordAgeInSeconds, d.MaximumRetryAttempts = &m.Bisect, &m.MaxAge, &m.Retries
	d.ParallelizationFactor, d.TumblingWindowInSeconds = &m.Parallel, &none
	d.DestinationConfig = &DestinationConfig{OnFailure: &Destination{string(m.OnFailure)}}
	d.LastProcessingResult = s.pollers.result(m.UUID)
	return d
}

func (s *Service) onMapping(_ context.Context, c *aws.Call, in interface{ uuid() string }) ([]service.Access, error) {
	a := service.Access{Resource: mappingARN(c.Scope, in.uuid())}
	err := s.DB.View(func(tx *store.Tx) error {
		if m, ok := s.mappings.Get(tx, c.Scope, in.uuid()); ok {
			a.Keys = map[string][]string{"lambda:FunctionArn": {string(m.Function)}}
		}
		return nil
	})
	return []service.Access{a}, err
}

func (in *GetEventSourceMappingInput) uuid() string    { return in.UUID }
func (in *UpdateEventSourceMappingInput) uuid() string { return in.UUID }
func (in *DeleteEventSourceMappingInput) uuid() string { return in.UUID }

func onUUID[In any, P interface {
	*In
	uuid() string
}](s *Service) service.Resource[In] {
	return func(ctx context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return s.onMapping(ctx, c, P(in))
	}
}

func onNewMapping(_ context.Context, c *aws.Call, in *CreateEventSourceMappingInput) ([]service.Access, error) {
	keys := map[string][]string{"lambda:FunctionArn": {string(parseName(in.FunctionName, c.Scope).arn())}}
	return []service.Access{{Resource: "*", Keys: keys}}, nil
}

func (s *Service) createEventSourceMapping(ctx context.Context, c *aws.Call, in *CreateEventSourceMappingInput) (*EventSourceMappingAccepted, error) {
	n := parseName(in.FunctionName, c.Scope)
	m := mapping{
		UUID: s.IDs.UUID(), Source: aws.ARN(in.EventSourceArn), Function: n.arn(), BatchSize: 100, Retries: -1, MaxAge: -1, Parallel: 1,
		Start: in.StartingPosition, Tags: in.Tags, Modified: c.Time.UTC(), Revision: s.IDs.UUID(),
	}
	if id := in.Tags[pinTag]; id != "" {
		m.UUID = id
	}
	p, _ := m.Source.Parse()
	switch {
	case m.fromQueue():
		m.BatchSize = 10
		if m.Start != "" {
			return nil, errInvalid("StartingPosition is not valid for SQS event sources.")
		}
	case p.Service != "dynamodb" || !strings.Contains(p.Resource, "/stream/"):
		return nil, errAbsent("event sources other than DynamoDB streams and SQS queues")
	case m.Start == "":
		return nil, errInvalid("1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.")
	case m.Start == "AT_TIMESTAMP":
		return nil, errInvalid("Unsupported starting position for stream type: AT_TIMESTAMP")
	}
	if err := m.apply(&in.mappingSettings); err != nil {
		return nil, err
	}
	if err := s.checkMapping(c, n, &m); err != nil {
		return nil, err
	}
	places, err := s.begin(ctx, n, &m)
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		for _, o := range s.mappings.All(tx, c.Scope) {
			if o.Source == m.Source && o.Function == m.Function || o.UUID == m.UUID {
				return errConflict("The event source arn (\" %s \") and function (\" %s \") provided mapping already exists. Please update or delete the existing mapping with UUID %s", m.Source, n.function, o.UUID)
			}
		}
		for shard, place := range places {
			s.checkpoints.Put(tx, c.Scope, place, m.UUID, shard)
		}
		s.mappings.Put(tx, c.Scope, m, m.UUID)
		tx.OnCommit(s.pollers.changed)
		return nil
	})
	return &EventSourceMappingAccepted{EventSourceMappingConfiguration: s.describeMapping(c.Scope, &m, "Creating")}, err
}

// checkMapping refuses mappings that could never work.
func (s *Service) checkMapping(c *aws.Call, n name, m *mapping) error {
	if _, _, err := s.read(n); err != nil {
		return err
	}
	if m.OnFailure != "" {
		if err := s.Targets.Check(c, m.OnFailure); err != nil {
			return errInvalid("The destination ARN %s is invalid.", m.OnFailure)
		}
	}
	return nil
}

func (s *Service) getEventSourceMapping(_ context.Context, c *aws.Call, in *GetEventSourceMappingInput) (*EventSourceMappingConfiguration, error) {
	var d EventSourceMappingConfiguration
	err := s.DB.View(func(tx *store.Tx) error {
		m, ok := s.mappings.Get(tx, c.Scope, in.UUID)
		if !ok {
			return errNothingThere()
		}
		d = s.describeMapping(c.Scope, &m, "")
		return nil
	})
	return &d, err
}

func (s *Service) updateEventSourceMapping(_ context.Context, c *aws.Call, in *UpdateEventSourceMappingInput) (*EventSourceMappingAccepted, error) {
	out := &EventSourceMappingAccepted{}
	var m mapping
	err := s.DB.View(func(tx *store.Tx) error {
		var ok bool
		if m, ok = s.mappings.Get(tx, c.Scope, in.UUID); !ok {
			return errNothingThere()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if in.FunctionName != "" {
		m.Function = parseName(in.FunctionName, c.Scope).arn()
	}
	if err := m.apply(&in.mappingSettings); err != nil {
		return nil, err
	}
	if err := s.checkMapping(c, parseName(string(m.Function), c.Scope), &m); err != nil {
		return nil, err
	}
	before := m.Revision
	m.Modified, m.Revision = c.Time.UTC(), s.IDs.UUID()
	err = s.DB.Update(func(tx *store.Tx) error {
		if now, ok := s.mappings.Get(tx, c.Scope, in.UUID); !ok || now.Revision != before {
			return errConflict("Cannot update the event source mapping because it is in use.")
		} else {
			m.Tags = now.Tags
		}
		s.mappings.Put(tx, c.Scope, m, m.UUID)
		tx.OnCommit(s.pollers.changed)
		return nil
	})
	out.EventSourceMappingConfiguration = s.describeMapping(c.Scope, &m, "Updating")
	return out, err
}

func (s *Service) deleteEventSourceMapping(_ context.Context, c *aws.Call, in *DeleteEventSourceMappingInput) (*EventSourceMappingAccepted, error) {
	out := &EventSourceMappingAccepted{}
	err := s.DB.Update(func(tx *store.Tx) error {
		m, ok := s.mappings.Get(tx, c.Scope, in.UUID)
		if !ok {
			return errNothingThere()
		}
		s.mappings.Delete(tx, c.Scope, in.UUID)
		s.checkpoints.DeleteAll(tx, c.Scope, in.UUID)
		tx.OnCommit(s.pollers.changed)
		out.EventSourceMappingConfiguration = s.describeMapping(c.Scope, &m, "Deleting")
		return nil
	})
	return out, err
}

func (s *Service) listEventSourceMappings(_ context.Context, c *aws.Call, in *ListEventSourceMappingsInput) (*ListEventSourceMappingsOutput, error) {
	out := &ListEventSourceMappingsOutput{EventSourceMappings: []EventSourceMappingConfiguration{}}
	var function aws.ARN
	if in.FunctionName != "" {
		function = parseName(in.FunctionName, c.Scope).arn()
	}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, m := range s.mappings.After(tx, c.Scope, []string{in.Marker}) {
			if function != "" && function != m.Function || in.EventSourceArn != "" && in.EventSourceArn != string(m.Source) {
				continue
			}
			if len(out.EventSourceMappings) >= in.size() {
				out.NextMarker = out.EventSourceMappings[len(out.EventSourceMappings)-1].UUID
				return nil
			}
			out.EventSourceMappings = append(out.EventSourceMappings, s.describeMapping(c.Scope, &m, ""))
		}
		return nil
	})
	return out, err
}

// maxFilters is how many filters a mapping has at most.
const maxFilters = 10

// filter compiles the mapping's filters: a record passes if one of them matches.
func (m *mapping) filter() (func(record []byte) bool, error) {
	if len(m.Filters) == 0 {
		return func([]byte) bool { return true }, nil
	}
	var all []*eventpattern.Pattern
	for _, text := range m.Filters {
		p, err := eventpattern.Compile([]byte(text))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return func(record []byte) bool {
		e, err := eventpattern.Decode(record)
		return err == nil && slices.ContainsFunc(all, func(p *eventpattern.Pattern) bool { return p.Matches(e) })
	}, nil
}

package events

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/eventpattern"
	"github.com/niebla-cloud/niebla/internal/lang/schedule"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// rule is a rule as stored.
type rule struct {
	Bus         string
	Name        string
	Description string
	Pattern     string
	Schedule    string
	State       string
	Role        string
	Tags        []Tag
	Targets     []Target
	CreatedBy   aws.AccountID
	Start       time.Time // rates count from here
	Next        time.Time // occurrence of the schedule; zero if there is none

	scope aws.Scope // where it was found
}

// The states of a rule.
const (
	enabled  = "ENABLED"
	disabled = "DISABLED"
)

func (r *rule) arn() aws.ARN { return ruleARN(r.scope, r.Bus, r.Name) }

func ruleARN(s aws.Scope, bus, name string) aws.ARN {
	if bus == defaultBus {
		return aws.MakeARN("events", s, "rule/"+name)
	}
	return aws.MakeARN("events", s, "rule/"+bus+"/"+name)
}

// patterns remembers compiled patterns by their text. The zero value is ready
// for use.
type patterns struct {
	mu       sync.Mutex
	compiled map[string]*eventpattern.Pattern
}

// maxCompiled bounds patterns; beyond it all are forgotten.
const maxCompiled = 4096

func (p *patterns) compile(text string) (*eventpattern.Pattern, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.compiled[text]; ok {
		return c, nil
	}
	c, err := eventpattern.Compile([]byte(text))
	if err != nil {
		return nil, err
	}
	if len(p.compiled) >= maxCompiled || p.compiled == nil {
		p.compiled = map[string]*eventpattern.Pattern{}
	}
	p.compiled[text] = c
	return c, nil
}

// aboutRule is an input that names a rule.
type aboutRule[In any] interface {
	*In
	rule() string
	bus() string
}

func onRule[In any, P aboutRule[In]](_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
	at, bus := locate(c.Scope, P(in).bus())
	return []service.Access{{Resource: ruleARN(at, bus, P(in).rule()), Owner: at.Account}}, nil
}

func onPutRule(ctx context.Context, c *aws.Call, in *PutRuleInput) ([]service.Access, error) {
	list, err := onRule(ctx, c, in)
	list[0].Keys = tagKeys(in.Tags)
	return passRole(list, in.RoleArn), err
}

// passRole adds that the caller may hand over a role.
func passRole(list []service.Access, role string) []service.Access {
	if role == "" {
		return list
	}
	return append(list, service.Access{
		Action: "iam:PassRole", Resource: aws.ARN(role), Keys: map[string][]string{"iam:PassedToService": {hostName}},
	})
}

// get returns a rule.
func (s *Service) get(tx *store.Tx, at aws.Scope, busName, name string) (rule, error) {
	b, err := s.bus(tx, at, busName)
	if err != nil {
		return rule{}, err
	}
	r, ok := s.rules.Get(tx, b.scope, b.Name, name)
	if !ok {
		return rule{}, errNoRule(name, b.Name)
	}
	r.scope = b.scope
	return r, nil
}

// change applies f to a rule, and stores it.
func (s *Service) change(c *aws.Call, busName, name string, f func(*rule) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		r, err := s.get(tx, c.Scope, busName, name)
		if err != nil {
			return err
		}
		before := r.Next
		if err := f(&r); err != nil {
			return err
		}
		s.put(tx, &r, before)
		return nil
	})
}

// put stores a rule, and when it is due next.
func (s *Service) put(tx *store.Tx, r *rule, before time.Time) {
	s.rules.Put(tx, r.scope, *r, r.Bus, r.Name)
	if before.Equal(r.Next) {
		return
	}
	if !before.IsZero() {
		s.due.Delete(tx, aws.Scope{}, dueKey(before, r)...)
	}
	if !r.Next.IsZero() {
		s.due.Put(tx, aws.Scope{}, due{r.scope, r.Name}, dueKey(r.Next, r)...)
	}
	tx.OnCommit(s.wake)
}

func (s *Service) putRule(_ context.Context, c *aws.Call, in *PutRuleInput) (*PutRuleOutput, error) {
	if in.EventPattern == "" && in.ScheduleExpression == "" {
		return nil, errValidation("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	if in.EventPattern != "" {
		if _, err := s.patterns.compile(in.EventPattern); err != nil {
			return nil, errPattern(err)
		}
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if in.State == "" {
		in.State = enabled
	}
	var arn aws.ARN
	err := s.DB.Update(func(tx *store.Tx) error {
		b, err := s.bus(tx, c.Scope, in.EventBusName)
		if err != nil {
			return err
		}
		if in.ScheduleExpression != "" && b.Name != defaultBus {
			return errValidation("ScheduleExpression is supported only on the default event bus.")
		}
		r, exists := s.rules.Get(tx, b.scope, b.Name, in.Name)
		before, same := r.Next, exists && r.Schedule == in.ScheduleExpression && r.State == in.State
		if !exists {
			r = rule{Bus: b.Name, Name: in.Name, Tags: in.Tags, CreatedBy: c.Principal.Account}
		}
		r.scope, r.Pattern, r.Schedule, r.State, r.Role, r.Description = b.scope, in.EventPattern, in.ScheduleExpression, in.State, in.RoleArn, in.Description
		if !same {
			if err := r.begin(s.Clock.Now()); err != nil {
				return err
			}
		}
		arn = r.arn()
		s.put(tx, &r, before)
		return nil
	})
	return &PutRuleOutput{string(arn)}, err
}

// begin settles when a rule's schedule is due first.
func (r *rule) begin(now time.Time) error {
	r.Start, r.Next = now.UTC(), time.Time{}
	if r.Schedule == "" {
		return nil
	}
	p, err := schedule.Parse(r.Schedule, time.UTC)
	if err != nil || p.Once() {
		return errSchedule()
	}
	if next, ok := p.Next(r.Start, r.Start); ok && r.State != disabled {
		r.Next = next
	}
	return nil
}

func (r *rule) describe() Rule {
	return Rule{
		Arn: string(r.arn()), Name: r.Name, EventBusName: r.Bus, Description: r.Description, EventPattern: r.Pattern,
		RoleArn: r.Role, ScheduleExpression: r.Schedule, State: r.State,
	}
}

func (s *Service) describeRule(_ context.Context, c *aws.Call, in *DescribeRuleInput) (out *DescribeRuleOutput, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		r, err := s.get(tx, c.Scope, in.EventBusName, in.Name)
		out = &DescribeRuleOutput{r.describe(), string(r.CreatedBy)}
		return err
	})
	return out, err
}

// all lists the rules of a bus.
func (s *Service) all(tx *store.Tx, at aws.Scope, busName string) (list []rule, err error) {
	b, err := s.bus(tx, at, busName)
	if err != nil {
		return nil, err
	}
	for _, r := range s.rules.All(tx, b.scope, b.Name) {
		r.scope = b.scope
		list = append(list, r)
	}
	return list, nil
}

func (s *Service) listRules(_ context.Context, c *aws.Call, in *ListRulesInput) (*ListRulesOutput, error) {
	var all []Rule
	err := s.DB.View(func(tx *store.Tx) error {
		rules, err := s.all(tx, c.Scope, in.EventBusName)
		for _, r := range rules {
			if strings.HasPrefix(r.Name, in.NamePrefix) {
				all = append(all, r.describe())
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListRulesOutput{}
	out.Rules, out.NextToken = cut(all, in.page, func(r Rule) string { return r.Name })
	return out, nil
}

func (s *Service) listRuleNamesByTarget(_ context.Context, c *aws.Call, in *ListRuleNamesByTargetInput) (*ListRuleNamesByTargetOutput, error) {
	var all []string
	err := s.DB.View(func(tx *store.Tx) error {
		rules, err := s.all(tx, c.Scope, in.EventBusName)
		for _, r := range rules {
			if slices.ContainsFunc(r.Targets, func(t Target) bool { return t.Arn == in.TargetArn }) {
				all = append(all, r.Name)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListRuleNamesByTargetOutput{}
	out.RuleNames, out.NextToken = cut(all, in.page, func(name string) string { return name })
	return out, nil
}

func (s *Service) enableRule(_ context.Context, c *aws.Call, in *EnableRuleInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.EventBusName, in.Name, func(r *rule) error {
		if r.State != disabled {
			return nil
		}
		r.State = enabled
		return r.begin(s.Clock.Now())
	})
}

func (s *Service) disableRule(_ context.Context, c *aws.Call, in *DisableRuleInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.EventBusName, in.Name, func(r *rule) error {
		r.State, r.Next = disabled, time.Time{}
		return nil
	})
}

func (s *Service) deleteRule(_ context.Context, c *aws.Call, in *DeleteRuleInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		b, err := s.bus(tx, c.Scope, in.EventBusName)
		if err != nil {
			return err
		}
		r, ok := s.rules.Get(tx, b.scope, b.Name, in.Name)
		if !ok {
			return nil
		}
		if len(r.Targets) > 0 {
			return errValidation("Rule can't be deleted since it has targets.")
		}
		r.scope = b.scope
		if !r.Next.IsZero() {
			s.due.Delete(tx, aws.Scope{}, dueKey(r.Next, &r)...)
		}
		s.rules.Delete(tx, b.scope, b.Name, in.Name)
		return nil
	})
}

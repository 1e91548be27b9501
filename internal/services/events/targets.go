package events

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/service"
)

// maxTargets is how many targets a rule may have.
const maxTargets = 5

func onPutTargets(ctx context.Context, c *aws.Call, in *PutTargetsInput) ([]service.Access, error) {
	list, err := onRule(ctx, c, in)
	for _, t := range in.Targets {
		list[0].Keys = map[string][]string{"events:TargetArn": append(list[0].Keys["events:TargetArn"], t.Arn)}
		list = passRole(list, t.RoleArn)
	}
	return list, err
}

func (s *Service) putTargets(_ context.Context, c *aws.Call, in *PutTargetsInput) (*PutTargetsOutput, error) {
	_, bus := locate(c.Scope, in.EventBusName)
	for i := range in.Targets {
		t := &in.Targets[i]
		if err := s.checkTarget(c, t); err != nil {
			return nil, err
		}
		if t.Arn == string(busARN(c.Scope, bus)) {
			return nil, errTarget(t.Id, "A rule cannot send to its own event bus")
		}
	}
	return &PutTargetsOutput{FailedEntries: []TargetResultEntry{}}, s.change(c, in.EventBusName, in.Rule, func(r *rule) error {
		for _, t := range in.Targets {
			i := slices.IndexFunc(r.Targets, func(o Target) bool { return o.Id == t.Id })
			if i >= 0 {
				r.Targets[i] = t
			} else {
				r.Targets = append(r.Targets, t)
			}
		}
		if len(r.Targets) > maxTargets {
			return errLimit()
		}
		return nil
	})
}

// checkTarget refuses what could not be sent later.
func (s *Service) checkTarget(c *aws.Call, t *Target) error {
	p, ok := aws.ARN(t.Arn).Parse()
	if !ok {
		return errTarget(t.Id, "Parameter %s is not valid. Reason: Provided Arn is not in correct format", t.Arn)
	}
	if strings.HasSuffix(t.Arn, ".fifo") {
		return errTarget(t.Id, "Parameter(s) MessageGroupId must be specified")
	}
	if err := s.Targets.Check(c, aws.ARN(t.Arn)); err != nil {
		if errors.Is(err, deliver.ErrNoReceiver) {
			return errTarget(t.Id, "Parameter %s is not valid. Reason: targets of the service %s are not supported here", t.Arn, p.Service)
		}
		return errTarget(t.Id, "Parameter %s is not valid. Reason: it does not exist", t.Arn)
	}
	if t.RoleArn != "" && p.Service != "events" {
		return errTarget(t.Id, "RoleArn is not supported here but for event buses: the target's own policy must allow the rule. It was given")
	}
	ways := 0
	for _, used := range []bool{t.Input != "", t.InputPath != "", t.InputTransformer != nil} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errTarget(t.Id, "Only one of Input, InputPath, or InputTransformer must be provided")
	case t.Input != "" && !json.Valid([]byte(t.Input)):
		return errTarget(t.Id, "JSON syntax error in input")
	}
	if t.InputPath != "" {
		if _, err := parsePath(t.InputPath); err != nil {
			return errTarget(t.Id, "Invalid InputPath")
		}
	}
	if t.InputTransformer != nil {
		if err := t.InputTransformer.check(); err != nil {
			return errTarget(t.Id, "%v", err)
		}
	}
	if t.DeadLetterConfig != nil && t.DeadLetterConfig.Arn != "" {
		if at, ok := aws.ARN(t.DeadLetterConfig.Arn).Parse(); !ok || at.Service != "sqs" || s.Targets.Check(c, aws.ARN(t.DeadLetterConfig.Arn)) != nil {
			return errTarget(t.Id, "Parameter DeadLetterConfig.Arn is not valid. Reason: it is not the ARN of a queue")
		}
	}
	return nil
}

func (s *Service) removeTargets(_ context.Context, c *aws.Call, in *RemoveTargetsInput) (*PutTargetsOutput, error) {
	return &PutTargetsOutput{FailedEntries: []TargetResultEntry{}}, s.change(c, in.EventBusName, in.Rule, func(r *rule) error {
		r.Targets = slices.DeleteFunc(r.Targets, func(t Target) bool { return slices.Contains(in.Ids, t.Id) })
		return nil
	})
}

func (s *Service) listTargetsByRule(_ context.Context, c *aws.Call, in *ListTargetsByRuleInput) (*ListTargetsByRuleOutput, error) {
	var all []Target
	err := s.readRule(c, in.EventBusName, in.Rule, func(r *rule) { all = r.Targets })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Target) int { return strings.Compare(a.Id, b.Id) })
	for i := range all { // the store does not tell an empty map from none
		if t := all[i].InputTransformer; t != nil && len(t.InputPathsMap) == 0 {
			t.InputPathsMap = nil
		}
	}
	out := &ListTargetsByRuleOutput{}
	out.Targets, out.NextToken = cut(all, in.page, func(t Target) string { return t.Id })
	return out, nil
}

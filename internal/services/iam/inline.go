package iam

import (
	"maps"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxInline is how large all inline policies of an entity may be together.
var maxInline = map[kind]int{user: 2048, group: 5120, role: 10240}

func (p *policyName) inline() string       { return p.PolicyName }
func (p *policyDocument) document() string { return p.PolicyDocument }

// inlined is an input that names an entity and one of its inline policies.
type inlined[In any] interface {
	named[In]
	inline() string
}

func putInline[In any, P interface {
	inlined[In]
	document() string
}](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) error {
		if _, err := policy.Parse(in.document(), policy.Identity); err != nil {
			return malformed(err)
		}
		if e.Inline == nil {
			e.Inline = make(map[string]string)
		}
		e.Inline[in.inline()] = in.document()
		total := 0
		for _, d := range e.Inline {
			total += size(d)
		}
		if limit := maxInline[e.Kind]; total > limit {
			return errInlineSize(e.ref(), limit)
		}
		return nil
	})
}

func getInline[In any, P inlined[In]](s *Service) service.Handler[In, GetInlinePolicyOutput] {
	return look(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) (*GetInlinePolicyOutput, error) {
		d, ok := e.Inline[in.inline()]
		if !ok {
			return nil, errNoInline(e.Kind, in.inline())
		}
		out := &GetInlinePolicyOutput{PolicyDocument: encoded(d), PolicyName: in.inline()}
		switch e.Kind {
		case user:
			out.UserName = e.Name
		case group:
			out.GroupName = e.Name
		case role:
			out.RoleName = e.Name
		}
		return out, nil
	})
}

func deleteInline[In any, P inlined[In]](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) error {
		if _, ok := e.Inline[in.inline()]; !ok {
			return errNoInline(e.Kind, in.inline())
		}
		delete(e.Inline, in.inline())
		return nil
	})
}

func listInline[In any, P listing[In]](s *Service) service.Handler[In, ListInlinePoliciesOutput] {
	return look(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) (*ListInlinePoliciesOutput, error) {
		names, p, err := paginate(in.asked(), slices.Sorted(maps.Keys(e.Inline)), func(n string) string { return n })
		return &ListInlinePoliciesOutput{p, append([]string{}, names...)}, err
	})
}

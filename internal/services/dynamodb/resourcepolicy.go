package dynamodb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// resourcePolicy says who may use a table with its indexes, or a stream.
type resourcePolicy struct {
	Document string
	Revision int64 // of milliseconds, and always greater than the one before
}

const (
	maxPolicy = 20 << 10
	noPolicy  = "NO_POLICY" // the revision that is expected where there is to be none
)

// document is the text of a policy, "" of none.
func (p *resourcePolicy) document() string {
	if p == nil {
		return ""
	}
	return p.Document
}

func (p *resourcePolicy) revision() string {
	if p == nil {
		return ""
	}
	return strconv.FormatInt(p.Revision, 10)
}

// expect fails unless the policy is the one that a request means to change.
func (p *resourcePolicy) expect(arn, revision string) error {
	switch {
	case revision == "", revision == noPolicy && p == nil, p != nil && revision == p.revision():
		return nil
	}
	return errNoPolicy(arn)
}

// checkPolicy checks a document, and refuses one that would keep the caller from
// changing it again, unless that is what he wants.
func checkPolicy(c *aws.Call, arn aws.ARN, document string, confirmed bool) error {
	if len(document) > maxPolicy {
		return errLimitExceeded("Resource-based policy size exceeds the limit of %d bytes", maxPolicy)
	}
	p, err := policy.Parse(document, policy.Resource)
	if err != nil {
		var syntax *policy.SyntaxError
		if errors.As(err, &syntax) {
			return errValidation("Invalid policy document: %s", syntax.Reason)
		}
		return err
	}
	if confirmed {
		return nil
	}
	everything, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, policy.Identity)
	if err != nil {
		return err
	}
	d := policy.Decide(&policy.Case{
		Request: policy.Request{
			Principal: c.Principal, Action: "dynamodb:PutResourcePolicy", Resource: arn,
			Keys: func(string) []string { return nil },
		},
		Identity:       []policy.Attached{{Name: "what IAM could grant", Policy: everything}},
		ResourcePolicy: p,
	})
	if !d.Allowed {
		return errValidation("The policy would not let you change it again: set ConfirmRemoveSelfResourceAccess if that is what you want")
	}
	return nil
}

// changePolicy changes the policy of a table or of a stream.
func (s *Service) changePolicy(c *aws.Call, arn string, change func(*resourcePolicy) (*resourcePolicy, error)) error {
	p, ok := aws.ARN(arn).Parse()
	if !ok || p.Service != "dynamodb" {
		return errValidation("Invalid ResourceArn: %s", arn)
	}
	if p.Scope != c.Scope {
		return errResourceNotFound(arn)
	}
	if _, table, label, err := parseStreamARN(arn); err == nil {
		return s.DB.Update(func(tx *store.Tx) error {
			st, ok := s.streams.Get(tx, c.Scope, table, label)
			if !ok || st.gone(c.Time) {
				return errResourceNotFound(arn)
			}
			if st.Policy, err = change(st.Policy); err != nil {
				return err
			}
			s.streams.Put(tx, c.Scope, st, table, label)
			return nil
		})
	}
	name, isTable := strings.CutPrefix(p.Resource, "table/")
	if !isTable || checkTableName(name) != nil {
		return errValidation("Invalid ResourceArn: %s", arn)
	}
	_, err := s.changeTable(c.Scope, name, func(_ *store.Tx, t *table) (_ *table, err error) {
		if t == nil {
			return nil, errResourceNotFound(arn)
		}
		t = t.clone()
		t.Policy, err = change(t.Policy)
		return t, err
	})
	return err
}

func (s *Service) putResourcePolicy(_ context.Context, c *aws.Call, in *PutResourcePolicyInput) (*PutResourcePolicyOutput, error) {
	if err := checkPolicy(c, aws.ARN(in.ResourceArn), in.Policy, in.ConfirmRemoveSelfResourceAccess); err != nil {
		return nil, err
	}
	out := &PutResourcePolicyOutput{}
	err := s.changePolicy(c, in.ResourceArn, func(old *resourcePolicy) (*resourcePolicy, error) {
		if err := old.expect(in.ResourceArn, in.ExpectedRevisionId); err != nil {
			return nil, err
		}
		p := old
		if old == nil || old.Document != in.Policy {
			p = newPolicy(c, in.Policy)
			if old != nil {
				p.Revision = max(p.Revision, old.Revision+1)
			}
		}
		out.RevisionId = p.revision()
		return p, nil
	})
	return out, err
}

func newPolicy(c *aws.Call, document string) *resourcePolicy {
	return &resourcePolicy{document, c.Time.UnixMilli()}
}

func (s *Service) getResourcePolicy(_ context.Context, c *aws.Call, in *GetResourcePolicyInput) (*GetResourcePolicyOutput, error) {
	p, err := s.policyOf(c.Scope, aws.ARN(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errNoPolicy(in.ResourceArn)
	}
	return &GetResourcePolicyOutput{p.Document, p.revision()}, nil
}

// deleteResourcePolicy may be repeated.
func (s *Service) deleteResourcePolicy(_ context.Context, c *aws.Call, in *DeleteResourcePolicyInput) (*PutResourcePolicyOutput, error) {
	out := &PutResourcePolicyOutput{}
	err := s.changePolicy(c, in.ResourceArn, func(old *resourcePolicy) (*resourcePolicy, error) {
		out.RevisionId = old.revision()
		return nil, old.expect(in.ResourceArn, in.ExpectedRevisionId)
	})
	return out, err
}

// policyOf finds the policy of a table, an index or a stream; nil is none. What
// is not there is an error.
func (s *Service) policyOf(scope aws.Scope, arn aws.ARN) (p *resourcePolicy, err error) {
	at, ok := arn.Parse()
	if !ok || at.Service != "dynamodb" {
		return nil, errValidation("Invalid ResourceArn: %s", arn)
	}
	if at.Region != scope.Region {
		return nil, errResourceNotFound(string(arn))
	}
	if _, table, label, bad := parseStreamARN(string(arn)); bad == nil {
		err = s.DB.View(func(tx *store.Tx) error {
			st, ok := s.streams.Get(tx, at.Scope, table, label)
			if !ok {
				return errResourceNotFound(string(arn))
			}
			p = st.Policy
			return nil
		})
		return p, err
	}
	name, isTable := strings.CutPrefix(at.Resource, "table/")
	name, _, _ = strings.Cut(name, "/index/")
	if !isTable || checkTableName(name) != nil {
		return nil, errValidation("Invalid ResourceArn: %s", arn)
	}
	t, err := s.table(at.Scope, name)
	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, errResourceNotFound(string(arn))
	}
	return t.Policy, nil
}

// access is what a request wants to do with a table, or with an index if suffix
// says so, before its condition keys.
func (s *Service) access(c *aws.Call, table, suffix string) (service.Access, error) {
	a := service.Access{Resource: tableARN(c.Scope, table) + aws.ARN(suffix)}
	owner, _ := ownerOf(c.Scope, table)
	a.Owner = owner.Account
	t, err := s.table(c.Scope, table)
	if err != nil || t == nil || t.Policy == nil {
		return a, err
	}
	a.ResourcePolicy, err = s.policies.Compile(t.Policy.Document)
	return a, err
}

// accessARN is access for a resource that is named by its ARN.
func (s *Service) accessARN(c *aws.Call, arn aws.ARN) (service.Access, error) {
	a := service.Access{Resource: arn}
	if p, ok := arn.Parse(); ok && p.Service == "dynamodb" {
		a.Owner = p.Account
	}
	p, err := s.policyOf(c.Scope, arn)
	if err != nil {
		if e := (*aws.Error)(nil); errors.As(err, &e) {
			return a, nil // what is wrong with it is told to who may know
		}
		return a, err
	}
	a.ResourcePolicy, err = s.policies.Compile(p.document())
	return a, err
}

func errNoPolicy(arn string) *aws.Error {
	return aws.Errorf(400, "PolicyNotFoundException", "Resource-based policy not found for the provided ResourceArn: %s", arn)
}

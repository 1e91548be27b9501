package lambda

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// resourcePolicy is who else may use a function, or one of its qualifiers.
type resourcePolicy struct {
	Revision   string
	Statements []statement
}

// statement is one statement of a policy, as policies are written.
type statement struct {
	Sid       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Principal any                          `json:"Principal"`
	Action    string                       `json:"Action"`
	Resource  aws.ARN                      `json:"Resource"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

// maxPolicy bounds a resource policy, in bytes.
const maxPolicy = 20 << 10

// document is the policy as JSON, or "" if it has no statement.
func (p *resourcePolicy) document() string {
	if p == nil || len(p.Statements) == 0 {
		return ""
	}
	b, err := json.Marshal(struct {
		Version   string
		ID        string `json:"Id"`
		Statement []statement
	}{"2012-10-17", "default", p.Statements})
	if err != nil {
		panic("lambda: " + err.Error()) // a type that JSON cannot hold: a bug
	}
	return string(b)
}

// policyKey is the qualifier under which a function keeps a policy.
func (n name) policyKey() string {
	if n.qualifier == latest {
		return ""
	}
	return n.qualifier
}

// policies remembers compiled policies by their text.
type policies struct {
	mu       sync.Mutex
	compiled map[string]*policy.Policy
}

// maxCompiled bounds policies; beyond it all are forgotten.
const maxCompiled = 1024

func (ps *policies) compile(document string) (*policy.Policy, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p, ok := ps.compiled[document]; ok {
		return p, nil
	}
	p, err := policy.Parse(document, policy.Resource)
	if err != nil {
		return nil, err
	}
	if len(ps.compiled) >= maxCompiled || ps.compiled == nil {
		ps.compiled = map[string]*policy.Policy{}
	}
	ps.compiled[document] = p
	return p, nil
}

func (s *Service) addPermission(_ context.Context, c *aws.Call, in *AddPermissionInput) (*AddPermissionOutput, error) {
	n := in.name(c)
	if n.qualifier == latest {
		return nil, errInvalid("We currently do not support adding policies for $LATEST.")
	}
	st := in.statement(n)
	var text []byte
	err := s.change(n, func(tx *store.Tx, f *function) error {
		if _, _, err := s.find(tx, n); err != nil {
			return err
		}
		p := f.Policies[n.policyKey()]
		if p == nil {
			p = &resourcePolicy{}
		}
		switch {
		case in.RevisionId != "" && in.RevisionId != p.Revision:
			return errRevision()
		case slices.ContainsFunc(p.Statements, func(o statement) bool { return o.Sid == st.Sid }):
			return errConflict("The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", st.Sid)
		}
		p.Statements = append(p.Statements, st)
		p.Revision = s.IDs.UUID()
		document := p.document()
		if len(document) > maxPolicy {
			return user(400, "PolicyLengthExceededException", "The final policy size (%d) is bigger than the limit (%d).", len(document), maxPolicy)
		}
		if _, err := s.policies.compile(document); err != nil {
			return errInvalid("The provided principal was invalid. Please check the principal and try again.")
		}
		if f.Policies == nil {
			f.Policies = map[string]*resourcePolicy{}
		}
		f.Policies[n.policyKey()] = p
		var err error
		text, err = json.Marshal(st)
		return err
	})
	return &AddPermissionOutput{Statement: string(text)}, err
}

// statement is what an input adds to a policy.
func (in *AddPermissionInput) statement(n name) statement {
	st := statement{Sid: in.StatementId, Effect: "Allow", Action: in.Action, Resource: n.arn()}
	switch p := in.Principal; {
	case p == "*":
		st.Principal = "*"
	case strings.HasPrefix(p, "arn:"):
		st.Principal = map[string]string{"AWS": p}
	case strings.Trim(p, "0123456789") == "":
		st.Principal = map[string]string{"AWS": "arn:aws:iam::" + p + ":root"}
	default:
		st.Principal = map[string]string{"Service": p}
	}
	add := func(operator, key, value string) {
		if value == "" {
			return
		}
		if st.Condition == nil {
			st.Condition = map[string]map[string]string{}
		}
		if st.Condition[operator] == nil {
			st.Condition[operator] = map[string]string{}
		}
		st.Condition[operator][key] = value
	}
	add("StringEquals", "AWS:SourceAccount", in.SourceAccount)
	add("ArnLike", "AWS:SourceArn", in.SourceArn)
	add("StringEquals", "aws:PrincipalOrgID", in.PrincipalOrgID)
	add("StringEquals", "lambda:EventSourceToken", in.EventSourceToken)
	add("StringEquals", "lambda:FunctionUrlAuthType", in.FunctionUrlAuthType)
	if in.InvokedViaFunctionUrl != nil && *in.InvokedViaFunctionUrl {
		add("Bool", "lambda:InvokedViaFunctionUrl", "true")
	}
	return st
}

func (s *Service) getPolicy(_ context.Context, c *aws.Call, in *GetPolicyInput) (*GetPolicyOutput, error) {
	n := in.name(c)
	f, _, err := s.read(n)
	if err != nil {
		return nil, err
	}
	p := f.Policies[n.policyKey()]
	document := p.document()
	if document == "" {
		return nil, errNothingThere()
	}
	return &GetPolicyOutput{document, p.Revision}, nil
}

func (s *Service) removePermission(_ context.Context, c *aws.Call, in *RemovePermissionInput) (*NoContent, error) {
	n := in.name(c)
	return &NoContent{}, s.change(n, func(tx *store.Tx, f *function) error {
		p := f.Policies[n.policyKey()]
		if p == nil {
			return errNothingThere()
		}
		i := slices.IndexFunc(p.Statements, func(o statement) bool { return o.Sid == in.StatementId })
		switch {
		case i < 0:
			return errResourceNotFound("Statement %s is not found in resource policy.", in.StatementId)
		case in.RevisionId != "" && in.RevisionId != p.Revision:
			return errRevision()
		}
		p.Statements = slices.Delete(p.Statements, i, i+1)
		p.Revision = s.IDs.UUID()
		return nil
	})
}

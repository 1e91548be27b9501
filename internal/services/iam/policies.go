package iam

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	maxManaged  = 6144 // characters of a managed policy
	maxVersions = 5
)

// managed is a managed policy, as stored.
type managed struct {
	Name        string
	ID          string
	Path        string
	Description string    `json:",omitzero"`
	Created     time.Time // of the policy
	Updated     time.Time // of the newest version
	Default     string    // id of the version in force
	Next        int       // number of the next version
	Versions    []version // oldest first
	Tags        []Tag     `json:",omitzero"`
}

type version struct {
	ID       string
	Document string
	Created  time.Time
}

func (m *managed) arn(account aws.AccountID) string {
	return string(aws.MakeARN("iam", aws.Scope{Account: account}, "policy"+m.Path+m.Name))
}

func (m *managed) version(id string) (*version, bool) {
	i := slices.IndexFunc(m.Versions, func(v version) bool { return v.ID == id })
	if i < 0 {
		return nil, false
	}
	return &m.Versions[i], true
}

// document is the one in force.
func (m *managed) document() string {
	v, _ := m.version(m.Default)
	return v.Document
}

func (m *managed) add(document string, now time.Time, inForce bool) *version {
	v := version{fmt.Sprintf("v%d", m.Next), document, now.UTC().Truncate(time.Second)}
	m.Next++
	m.Versions = append(m.Versions, v)
	m.Updated = v.Created
	if inForce {
		m.Default = v.ID
	}
	return &v
}

func (v *version) describe(inForce string) PolicyVersion {
	return PolicyVersion{CreateDate: v.Created, Document: encoded(v.Document), IsDefaultVersion: v.ID == inForce, VersionId: v.ID}
}

// number is the n of the version id vn.
func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "v"))
	return n
}

// size counts a document as quotas do: without white space.
func size(document string) (n int) {
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// checkManaged refuses what a managed policy may not be.
func checkManaged(document string) error {
	p, err := policy.Parse(document, policy.Identity)
	if err != nil {
		return malformed(err)
	}
	if p.Version() != "2012-10-17" {
		return errMalformed("Policy document must be version 2012-10-17 or greater.")
	}
	if size(document) > maxManaged {
		return errQuota("PolicySize", maxManaged)
	}
	return nil
}

// policyNamed splits the ARN of a managed policy.
func policyNamed(arn string) (name string, account aws.AccountID, ok bool) {
	p, ok := aws.ARN(arn).Parse()
	rest, isPolicy := strings.CutPrefix(p.Resource, "policy/")
	if !ok || p.Service != "iam" || !isPolicy {
		return "", "", false
	}
	return rest[strings.LastIndexByte(rest, '/')+1:], p.Account, true
}

// managedPolicy finds a policy of the account, or one of AWS' own.
func (s *Service) managedPolicy(tx *store.Tx, c aws.Scope, arn string) (*managed, error) {
	name, account, ok := policyNamed(arn)
	if !ok {
		return nil, errBadARN()
	}
	if account == "aws" {
		if m, ok := s.amazon.byARN[arn]; ok {
			return m, nil
		}
		return nil, errNoPolicy(arn)
	}
	m, ok := s.policies.Get(tx, aws.Scope{Account: account}, strings.ToLower(name))
	if !ok || account != c.Account || m.arn(account) != arn {
		return nil, errNoPolicy(arn)
	}
	return &m, nil
}

// attachable is managedPolicy for those who mean to attach it.
func (s *Service) attachable(tx *store.Tx, c *aws.Call, arn string) (*managed, error) {
	m, err := s.managedPolicy(tx, c.Scope, arn)
	if _, _, ok := policyNamed(arn); ok && err != nil {
		return nil, errNotAttachable(arn)
	}
	return m, err
}

func (s *Service) describe(m *managed, account aws.AccountID, u usage) Policy {
	if s.amazon.has(m) {
		account = "aws"
	}
	arn := m.arn(account)
	return Policy{
		Arn: arn, AttachmentCount: u.attached[arn], CreateDate: m.Created, DefaultVersionId: m.Default,
		Description: m.Description, IsAttachable: true, Path: m.Path, PermissionsBoundaryUsageCount: u.bounding[arn], PolicyId: m.ID, PolicyName: m.Name,
		Tags: m.Tags, UpdateDate: m.Updated,
	}
}

// usage counts where managed policies are attached.
type usage struct{ attached, bounding map[string]int32 }

func (s *Service) usage(tx *store.Tx, a aws.Scope) usage {
	u := usage{map[string]int32{}, map[string]int32{}}
	for _, e := range s.entities.All(tx, a.Global()) {
		for _, arn := range e.Attached {
			u.attached[arn]++
		}
		if e.Boundary != "" {
			u.bounding[e.Boundary]++
		}
	}
	return u
}

func (s *Service) createPolicy(_ context.Context, c *aws.Call, in *CreatePolicyInput) (*CreatePolicyOutput, error) {
	if err := checkManaged(in.PolicyDocument); err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	m := managed{Name: in.PolicyName, ID: "ANPA" + s.IDs.Base32(17), Path: in.Path, Description: in.Description, Tags: in.Tags, Next: 1}
	if m.Path == "" {
		m.Path = "/"
	}
	m.Created = m.add(in.PolicyDocument, c.Time, true).Created
	err := s.update(func(tx *store.Tx) error {
		if _, taken := s.policies.Get(tx, c.Global(), strings.ToLower(m.Name)); taken {
			return errPolicyExists(m.Name)
		}
		s.policies.Put(tx, c.Global(), m, strings.ToLower(m.Name))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreatePolicyOutput{s.describe(&m, c.Account, usage{})}, nil
}

func (s *Service) getPolicy(_ context.Context, c *aws.Call, in *GetPolicyInput) (*GetPolicyOutput, error) {
	out := new(GetPolicyOutput)
	return out, s.DB.View(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, in.PolicyArn)
		if err == nil {
			out.Policy = s.describe(m, c.Account, s.usage(tx, c.Scope))
		}
		return err
	})
}

// changePolicy loads a policy of the account, changes it and stores it.
func (s *Service) changePolicy(c *aws.Call, arn string, f func(tx *store.Tx, m *managed) error) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, arn)
		if err != nil {
			return err
		}
		if s.amazon.has(m) {
			return errAmazon()
		}
		if err := f(tx, m); err != nil {
			return err
		}
		s.policies.Put(tx, c.Global(), *m, strings.ToLower(m.Name))
		return nil
	})
}

func (s *Service) deletePolicy(_ context.Context, c *aws.Call, in *DeletePolicyInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, in.PolicyArn)
		u := s.usage(tx, c.Scope)
		switch {
		case err != nil:
			return err
		case s.amazon.has(m):
			return errAmazon()
		case u.attached[in.PolicyArn]+u.bounding[in.PolicyArn] > 0:
			return errAttached()
		case len(m.Versions) > 1:
			return errHasVersions()
		}
		s.policies.Delete(tx, c.Global(), strings.ToLower(m.Name))
		return nil
	})
}

func (s *Service) listPolicies(_ context.Context, c *aws.Call, in *ListPoliciesInput) (*ListPoliciesOutput, error) {
	out := &ListPoliciesOutput{Policies: []Policy{}}
	return out, s.DB.View(func(tx *store.Tx) (err error) {
		u := s.usage(tx, c.Scope)
		var all []Policy
		for _, m := range s.scope(tx, c, in.Scope) {
			p := s.describe(m, c.Account, u)
			p.Description, p.Tags = "", nil // as AWS does
			if strings.HasPrefix(m.Path, in.PathPrefix) && wanted(&p, in) {
				all = append(all, p)
			}
		}
		slices.SortFunc(all, func(a, b Policy) int { return strings.Compare(a.Arn, b.Arn) })
		out.Policies, out.paged, err = paginate(in.page, all, func(p Policy) string { return p.Arn })
		return err
	})
}

// scope is the account's policies, AWS', or both.
func (s *Service) scope(tx *store.Tx, c *aws.Call, scope string) []*managed {
	var all []*managed
	if scope != "AWS" {
		for _, m := range s.policies.All(tx, c.Global()) {
			all = append(all, &m)
		}
	}
	if scope != "Local" {
		all = append(all, s.amazon.list...)
	}
	return all
}

// wanted applies the filters on use.
func wanted(p *Policy, in *ListPoliciesInput) bool {
	switch {
	case in.PolicyUsageFilter == "PermissionsPolicy" && p.AttachmentCount == 0,
		in.PolicyUsageFilter == "PermissionsBoundary" && p.PermissionsBoundaryUsageCount == 0,
		in.OnlyAttached && p.AttachmentCount == 0 && p.PermissionsBoundaryUsageCount == 0:
		return false
	}
	return true
}

func (s *Service) createPolicyVersion(_ context.Context, c *aws.Call, in *CreatePolicyVersionInput) (*CreatePolicyVersionOutput, error) {
	if err := checkManaged(in.PolicyDocument); err != nil {
		return nil, err
	}
	out := new(CreatePolicyVersionOutput)
	_, err := s.changePolicy(c, in.PolicyArn, func(_ *store.Tx, m *managed) error {
		if len(m.Versions) >= maxVersions {
			return errVersions()
		}
		out.PolicyVersion = m.add(in.PolicyDocument, c.Time, in.SetAsDefault).describe(m.Default)
		out.PolicyVersion.Document = ""
		return nil
	})
	return out, err
}

func (s *Service) getPolicyVersion(_ context.Context, c *aws.Call, in *GetPolicyVersionInput) (*GetPolicyVersionOutput, error) {
	out := new(GetPolicyVersionOutput)
	return out, s.DB.View(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, in.PolicyArn)
		if err != nil {
			return err
		}
		v, ok := m.version(in.VersionId)
		if !ok {
			return errNoVersion(in.PolicyArn, in.VersionId)
		}
		out.PolicyVersion = v.describe(m.Default)
		return nil
	})
}

func (s *Service) deletePolicyVersion(_ context.Context, c *aws.Call, in *DeletePolicyVersionInput) (*service.Empty, error) {
	return s.changePolicy(c, in.PolicyArn, func(_ *store.Tx, m *managed) error {
		if _, ok := m.version(in.VersionId); !ok {
			return errNoVersion(in.PolicyArn, in.VersionId)
		}
		if in.VersionId == m.Default {
			return errDefaultVersion()
		}
		m.Versions = slices.DeleteFunc(m.Versions, func(v version) bool { return v.ID == in.VersionId })
		return nil
	})
}

// listPolicyVersions gives the newest first, without documents.
func (s *Service) listPolicyVersions(_ context.Context, c *aws.Call, in *ListPolicyVersionsInput) (*ListPolicyVersionsOutput, error) {
	out := &ListPolicyVersionsOutput{Versions: []PolicyVersion{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		m, err := s.managedPolicy(tx, c.Scope, in.PolicyArn)
		if err != nil {
			return err
		}
		var all []PolicyVersion
		for i := range slices.Backward(m.Versions) {
			v := m.Versions[i].describe(m.Default)
			v.Document = ""
			all = append(all, v)
		}
		all, out.paged, err = paginate(in.page, all, func(v PolicyVersion) string { return fmt.Sprintf("%08d", 1e8-number(v.VersionId)) })
		out.Versions = append(out.Versions, all...)
		return err
	})
}

func (s *Service) setDefaultPolicyVersion(_ context.Context, c *aws.Call, in *SetDefaultPolicyVersionInput) (*service.Empty, error) {
	return s.changePolicy(c, in.PolicyArn, func(_ *store.Tx, m *managed) error {
		if _, ok := m.version(in.VersionId); !ok {
			return errNoVersion(in.PolicyArn, in.VersionId)
		}
		m.Default = in.VersionId
		return nil
	})
}

func (s *Service) listEntitiesForPolicy(_ context.Context, c *aws.Call, in *ListEntitiesForPolicyInput) (*ListEntitiesForPolicyOutput, error) {
	out := &ListEntitiesForPolicyOutput{PolicyGroups: []PolicyGroup{}, PolicyRoles: []PolicyRole{}, PolicyUsers: []PolicyUser{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		if _, err := s.managedPolicy(tx, c.Scope, in.PolicyArn); err != nil {
			return err
		}
		var found []*entity
		for _, e := range s.entities.All(tx, c.Global()) {
			if strings.HasPrefix(e.Path, in.PathPrefix) && e.uses(in) {
				found = append(found, &e)
			}
		}
		es, p, err := paginate(in.page, found, func(e *entity) string { return string(e.Kind) + lowerName(e) })
		out.paged = p
		for _, e := range es {
			switch e.Kind {
			case user:
				out.PolicyUsers = append(out.PolicyUsers, PolicyUser{e.ID, e.Name})
			case group:
				out.PolicyGroups = append(out.PolicyGroups, PolicyGroup{e.ID, e.Name})
			case role:
				out.PolicyRoles = append(out.PolicyRoles, PolicyRole{e.ID, e.Name})
			}
		}
		return err
	})
}

// uses reports whether an entity has a policy in the way that is asked for.
func (e *entity) uses(in *ListEntitiesForPolicyInput) bool {
	if in.EntityFilter != "" && !strings.EqualFold(in.EntityFilter, string(e.Kind)) {
		return false
	}
	attached := slices.Contains(e.Attached, in.PolicyArn) && in.PolicyUsageFilter != "PermissionsBoundary"
	bounding := e.Boundary == in.PolicyArn && in.PolicyUsageFilter != "PermissionsPolicy"
	return attached || bounding
}

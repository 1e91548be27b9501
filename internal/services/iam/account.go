package iam

import (
	"context"
	"regexp"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

var aliasPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// createAccountAlias replaces the alias the account had. No two accounts have
// the same.
func (s *Service) createAccountAlias(_ context.Context, c *aws.Call, in *CreateAccountAliasInput) (*service.Empty, error) {
	if !aliasPattern.MatchString(in.AccountAlias) || strings.Contains(in.AccountAlias, "--") {
		return nil, errBadAlias()
	}
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		for owner, alias := range s.aliases.Everywhere(tx) {
			if alias == in.AccountAlias && owner.Account != c.Account {
				return errAliasExists(alias)
			}
		}
		s.aliases.Put(tx, c.Global(), in.AccountAlias, "alias")
		return nil
	})
}

func (s *Service) deleteAccountAlias(_ context.Context, c *aws.Call, in *DeleteAccountAliasInput) (*service.Empty, error) {
	return &service.Empty{}, s.update(func(tx *store.Tx) error {
		if alias, ok := s.aliases.Get(tx, c.Global(), "alias"); !ok || alias != in.AccountAlias {
			return errNoAlias(in.AccountAlias)
		}
		s.aliases.Delete(tx, c.Global(), "alias")
		return nil
	})
}

func (s *Service) listAccountAliases(_ context.Context, c *aws.Call, in *ListAccountAliasesInput) (*ListAccountAliasesOutput, error) {
	out := &ListAccountAliasesOutput{AccountAliases: []string{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		var all []string // one, or none
		if alias, ok := s.aliases.Get(tx, c.Global(), "alias"); ok {
			all = append(all, alias)
		}
		all, next, err := paginate(in.page, all, func(alias string) string { return alias })
		out.AccountAliases, out.paged = append(out.AccountAliases, all...), next
		return err
	})
}

// getAccountSummary counts what there is, and tells the quotas we hold.
func (s *Service) getAccountSummary(_ context.Context, c *aws.Call, _ *GetAccountSummaryInput) (*GetAccountSummaryOutput, error) {
	sum := map[string]int32{
		"AccessKeysPerUserQuota": maxAccessKeys, "GroupsPerUserQuota": maxGroups, "PolicySizeQuota": maxManaged, "VersionsPerPolicyQuota": maxVersions,
		"AttachedPoliciesPerUserQuota": maxAttached, "AttachedPoliciesPerGroupQuota": maxAttached, "AttachedPoliciesPerRoleQuota": maxAttached,
		"UserPolicySizeQuota": int32(maxInline[user]), "GroupPolicySizeQuota": int32(maxInline[group]), "AssumeRolePolicySizeQuota": maxTrust,
		"Users": 0, "Groups": 0, "Roles": 0, "Policies": 0,
	}
	return &GetAccountSummaryOutput{sum}, s.DB.View(func(tx *store.Tx) error {
		for _, e := range s.entities.All(tx, c.Global()) {
			sum[map[kind]string{user: "Users", group: "Groups", role: "Roles"}[e.Kind]]++
		}
		for range s.policies.All(tx, c.Global()) {
			sum["Policies"]++
		}
		return nil
	})
}

package kms

import (
	"context"
	"errors"
	"fmt"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// policyName is the only name a key policy can have.
const policyName = "default"

// defaultPolicy delegates to the account: its IAM policies decide.
func defaultPolicy(account aws.AccountID) string {
	return fmt.Sprintf(`{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::%s:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`, account)
}

// managedPolicy lets the account use the key through its service, and look at
// it directly.
func managedPolicy(s aws.Scope, svc string) string {
	return fmt.Sprintf(`{
  "Version" : "2012-10-17",
  "Id" : "auto-%[1]s-1",
  "Statement" : [ {
    "Sid" : "UseThroughService",
    "Effect" : "Allow",
    "Principal" : { "AWS" : "*" },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : { "kms:CallerAccount" : "%[2]s", "kms:ViaService" : "%[1]s.%[3]s.amazonaws.com" }
    }
  }, {
    "Sid" : "Look",
    "Effect" : "Allow",
    "Principal" : { "AWS" : "arn:aws:iam::%[2]s:root" },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
    "Resource" : "*"
  } ]
}`, svc, s.Account, s.Region)
}

// checkPolicy parses a new key policy, and unless the caller waives the check,
// refuses one that would keep the caller from changing it again.
func checkPolicy(c *aws.Call, arn aws.ARN, document string, waive bool) error {
	p, err := policy.Parse(document, policy.Resource)
	if err != nil {
		var syntax *policy.SyntaxError
		if errors.As(err, &syntax) {
			return errMalformedPolicy(syntax.Reason)
		}
		return err
	}
	if waive {
		return nil
	}
	everything, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, policy.Identity)
	if err != nil {
		return err
	}
	account := string(c.Principal.Account)
	d := policy.Decide(&policy.Case{
		Request: policy.Request{
			Principal: c.Principal, Action: "kms:PutKeyPolicy", Resource: arn,
			Keys: func(name string) []string {
				if name == "kms:calleraccount" {
					return []string{account}
				}
				return nil
			},
		},
		Identity:       []policy.Attached{{Name: "what IAM could grant", Policy: everything}},
		ResourcePolicy: p,
		PolicyDecides:  true,
	})
	if !d.Allowed {
		return errMalformedPolicy("The new key policy will not allow you to update the key policy in the future.")
	}
	return nil
}

func (s *Service) getKeyPolicy(_ context.Context, c *aws.Call, in *GetKeyPolicyInput) (*GetKeyPolicyOutput, error) {
	if in.PolicyName != "" && in.PolicyName != policyName {
		return nil, errNoSuchPolicy()
	}
	var out *GetKeyPolicyOutput
	err := s.read(c, in.KeyId, func(_ *store.Tx, k key) error {
		out = &GetKeyPolicyOutput{Policy: k.Policy, PolicyName: policyName}
		return nil
	})
	return out, err
}

func (s *Service) putKeyPolicy(_ context.Context, c *aws.Call, in *PutKeyPolicyInput) (*service.Empty, error) {
	if in.PolicyName != "" && in.PolicyName != policyName {
		return nil, errNoSuchPolicy()
	}
	return &service.Empty{}, s.change(c, in.KeyId, func(_ *store.Tx, k *key) error {
		if err := k.customers(); err != nil {
			return err
		}
		if k.State == PendingDeletion {
			return errPendingDeletion(k.arn())
		}
		k.Policy = in.Policy
		return checkPolicy(c, k.arn(), in.Policy, in.BypassPolicyLockoutSafetyCheck)
	})
}

func (s *Service) listKeyPolicies(_ context.Context, c *aws.Call, in *ListKeyPoliciesInput) (*ListKeyPoliciesOutput, error) {
	return &ListKeyPoliciesOutput{PolicyNames: []string{policyName}}, s.read(c, in.KeyId, func(*store.Tx, key) error { return nil })
}

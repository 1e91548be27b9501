package provider

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func policyKinds() []*Kind {
	return []*Kind{{
		Token: "aws:iam/policy:Policy", Global: true,
		Inputs: []Property{
			{Name: "name", Type: str, Replace: true, Computed: true},
			{Name: "namePrefix", Type: str, Replace: true, Computed: true},
			{Name: "policy", Type: document, Required: true, Policy: true},
			{Name: "description", Type: str, Replace: true},
			{Name: "path", Type: str, Default: "/", Replace: true},
			{Name: "tags", Type: mapOf(str)},
		},
		Computed: []string{"arn", "policyId", "attachmentCount", "tagsAll"},
		Identity: []string{"name"},
		Name:     Naming{Property: "name", Prefix: "namePrefix", Max: 128},
		create:   createPolicy, read: readPolicy, update: updatePolicy, remove: removePolicy,
		find: byInputs(policyARN, readPolicy),
	}}
}

func policyARN(r *Resource) string {
	return "arn:aws:iam::" + r.Account + ":policy" + r.text("path") + r.text("name")
}

func createPolicy(ctx context.Context, r *Resource) (string, error) {
	in := form("PolicyName", r.text("name"), "Path", r.text("path"), "Description", r.text("description"), "PolicyDocument", r.text("policy"))
	var out struct {
		Arn string `xml:"CreatePolicyResult>Policy>Arn"`
	}
	err := r.iam(ctx, "CreatePolicy", formTags(in, r.In["tags"]), &out)
	return out.Arn, err
}

func readPolicy(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		Policy struct {
			Arn, PolicyId, PolicyName string
			AttachmentCount           float64
		} `xml:"GetPolicyResult>Policy"`
	}
	if err := r.iam(ctx, "GetPolicy", form("PolicyArn", r.ID), &out); err != nil {
		return nil, err
	}
	return value.Map{
		"arn": out.Policy.Arn, "policyId": out.Policy.PolicyId, "name": out.Policy.PolicyName,
		"attachmentCount": out.Policy.AttachmentCount,
	}, nil
}

// policyVersions are the versions of a managed policy, oldest last.
func (r *Resource) policyVersions(ctx context.Context) (all []policyVersion, err error) {
	var out struct {
		Versions []policyVersion `xml:"ListPolicyVersionsResult>Versions>member"`
	}
	err = r.iam(ctx, "ListPolicyVersions", form("PolicyArn", r.ID), &out)
	return out.Versions, err
}

type policyVersion struct {
	VersionId        string
	IsDefaultVersion bool
	CreateDate       string
}

// maxPolicyVersions is how many versions a policy may have.
const maxPolicyVersions = 5

func updatePolicy(ctx context.Context, r *Resource) error {
	if r.Changed("policy") {
		versions, err := r.policyVersions(ctx)
		if err != nil {
			return err
		}
		if len(versions) >= maxPolicyVersions {
			if err := r.deletePolicyVersion(ctx, oldest(versions)); err != nil {
				return err
			}
		}
		in := form("PolicyArn", r.ID, "PolicyDocument", r.text("policy"), "SetAsDefault", "true")
		if err := r.iam(ctx, "CreatePolicyVersion", in, nil); err != nil {
			return err
		}
	}
	return r.retagIAM(ctx, "Policy", "PolicyArn")
}

// oldest is the oldest version that is not the default.
func oldest(versions []policyVersion) string {
	var found policyVersion
	for _, v := range versions {
		if !v.IsDefaultVersion && (found.VersionId == "" || v.CreateDate < found.CreateDate) {
			found = v
		}
	}
	return found.VersionId
}

func (r *Resource) deletePolicyVersion(ctx context.Context, version string) error {
	return r.iam(ctx, "DeletePolicyVersion", form("PolicyArn", r.ID, "VersionId", version), nil)
}

func removePolicy(ctx context.Context, r *Resource) error {
	versions, err := r.policyVersions(ctx)
	if err != nil {
		return unlessGone(err)
	}
	for _, v := range versions {
		if v.IsDefaultVersion {
			continue
		}
		if err := r.deletePolicyVersion(ctx, v.VersionId); unlessGone(err) != nil {
			return err
		}
	}
	return unlessGone(r.iam(ctx, "DeletePolicy", form("PolicyArn", r.ID), nil))
}

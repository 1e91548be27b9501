package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// guests are listeners without a login: the pool gives each browser an
// identity of its own, the role says what it may do.
type guests struct {
	pool *cognito.IdentityPool
	role *iam.Role
	name string
}

func newGuests(ctx *pulumi.Context, s settings) (*guests, error) {
	pool, err := cognito.NewIdentityPool(ctx, "guests", &cognito.IdentityPoolArgs{
		IdentityPoolName:               pulumi.String(s.name),
		AllowUnauthenticatedIdentities: pulumi.Bool(true),
		AllowClassicFlow:               pulumi.Bool(false),
	})
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, "guest", &iam.RoleArgs{
		Name:        pulumi.String(s.name + "-guest"),
		Description: pulumi.String("What an anonymous listener of fog-music may do"),
		AssumeRolePolicy: policy(statement{
			"Effect":    "Allow",
			"Principal": map[string]any{"Federated": "cognito-identity.amazonaws.com"},
			"Action":    "sts:AssumeRoleWithWebIdentity",
			"Condition": map[string]any{
				"StringEquals":           map[string]any{"cognito-identity.amazonaws.com:aud": pool.ID()},
				"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": "unauthenticated"},
			},
		}),
	})
	if err != nil {
		return nil, err
	}
	_, err = cognito.NewIdentityPoolRoleAttachment(ctx, "guests", &cognito.IdentityPoolRoleAttachmentArgs{
		IdentityPoolId: pool.ID(),
		Roles:          pulumi.StringMap{"unauthenticated": role.Arn},
	})
	return &guests{pool, role, s.name}, err
}

// allow gives guests what listening takes and not a thing more.
func (g *guests) allow(ctx *pulumi.Context, m *media, t *tables, k *songKey) error {
	_, err := iam.NewRolePolicy(ctx, "guest", &iam.RolePolicyArgs{
		Name: pulumi.String("listen"),
		Role: g.role.Name,
		Policy: policy(
			statement{
				"Sid":      "ReadTheCatalogue",
				"Effect":   "Allow",
				"Action":   []any{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"},
				"Resource": t.catalog.Arn,
			},
			statement{
				"Sid":      "ReadSongs",
				"Effect":   "Allow",
				"Action":   "s3:GetObject",
				"Resource": pulumi.Sprintf("%s/songs/*", m.bucket.Arn),
			},
			statement{
				// Unwrapping says which song it is for, and nothing else.
				"Sid":      "UnwrapTheKeyOfASong",
				"Effect":   "Allow",
				"Action":   "kms:Decrypt",
				"Resource": k.key.Arn,
				"Condition": map[string]any{
					"Null":                      map[string]any{"kms:EncryptionContext:song_id": "false"},
					"ForAllValues:StringEquals": map[string]any{"kms:EncryptionContextKeys": []any{"song_id"}},
				},
			},
			statement{
				// ForAllValues holds for a request that names no key at all, so
				// the key must be there, and only calls that name it are listed.
				"Sid":      "KeepOneselfInMind",
				"Effect":   "Allow",
				"Action":   []any{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
				"Resource": t.users.Arn,
				"Condition": map[string]any{
					"Null": map[string]any{"dynamodb:LeadingKeys": "false"},
					"ForAllValues:StringEquals": map[string]any{
						"dynamodb:LeadingKeys": []any{"${cognito-identity.amazonaws.com:sub}"},
					},
				},
			},
		),
	})
	return err
}

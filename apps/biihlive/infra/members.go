package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// members are the people: who they are is the user pool's business, what they
// may do with AWS itself the identity pool's.
type members struct {
	pool       *cognito.UserPool
	client     *cognito.UserPoolClient
	identities *cognito.IdentityPool
	member     *iam.Role
	guest      *iam.Role
}

func newMembers(ctx *pulumi.Context, s settings, t *tables) (*members, error) {
	confirmed, err := newFunction(ctx, s, function{
		name: "PostConfirmation", memory: 128, timeout: 10,
		variables: pulumi.StringMap{"USERS_TABLE": t.users.Name},
		rights:    []statement{{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": t.users.Arn}},
	})
	if err != nil {
		return nil, err
	}
	pool, err := cognito.NewUserPool(ctx, "members", &cognito.UserPoolArgs{
		Name:                   pulumi.String("biihlive"),
		UsernameAttributes:     pulumi.ToStringArray([]string{"email"}),
		AutoVerifiedAttributes: pulumi.ToStringArray([]string{"email"}),
		UsernameConfiguration:  &cognito.UserPoolUsernameConfigurationArgs{CaseSensitive: pulumi.Bool(false)},
		PasswordPolicy: &cognito.UserPoolPasswordPolicyArgs{
			MinimumLength: pulumi.Int(8), RequireLowercase: pulumi.Bool(true), RequireUppercase: pulumi.Bool(true), RequireNumbers: pulumi.Bool(true),
			RequireSymbols: pulumi.Bool(false), TemporaryPasswordValidityDays: pulumi.Int(7),
		},
		AccountRecoverySetting: &cognito.UserPoolAccountRecoverySettingArgs{
			RecoveryMechanisms: cognito.UserPoolAccountRecoverySettingRecoveryMechanismArray{
				&cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs{Name: pulumi.String("verified_email"), Priority: pulumi.Int(1)},
			},
		},
		LambdaConfig:       &cognito.UserPoolLambdaConfigArgs{PostConfirmation: confirmed.Arn},
		DeletionProtection: pulumi.String(map[bool]string{true: "INACTIVE", false: "ACTIVE"}[s.trials]),
		Tags: pulumi.StringMap{
			"niebla:id": pulumi.String(userPoolID), "niebla:client-id:web": pulumi.String(clientID),
		},
	})
	if err != nil {
		return nil, err
	}
	if _, err := lambda.NewPermission(ctx, "PostConfirmation", &lambda.PermissionArgs{
		StatementId: pulumi.String("cognito"), Action: pulumi.String("lambda:InvokeFunction"), Function: confirmed.Name,
		Principal: pulumi.String("cognito-idp.amazonaws.com"), SourceArn: pool.Arn,
	}); err != nil {
		return nil, err
	}
	client, err := cognito.NewUserPoolClient(ctx, "web", &cognito.UserPoolClientArgs{
		Name:       pulumi.String("web"),
		UserPoolId: pool.ID(),
		ExplicitAuthFlows: pulumi.ToStringArray([]string{
			"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
		}),
		PreventUserExistenceErrors: pulumi.String("ENABLED"),
		EnableTokenRevocation:      pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	provider := pulumi.Sprintf("cognito-idp.%s.amazonaws.com/%s", s.region, pool.ID())
	identities, err := cognito.NewIdentityPool(ctx, "members", &cognito.IdentityPoolArgs{
		IdentityPoolName:               pulumi.String("biihlive"),
		AllowUnauthenticatedIdentities: pulumi.Bool(true),
		CognitoIdentityProviders: cognito.IdentityPoolCognitoIdentityProviderArray{&cognito.IdentityPoolCognitoIdentityProviderArgs{
			ClientId: client.ID(), ProviderName: provider, ServerSideTokenCheck: pulumi.Bool(true),
		}},
		Tags: pinned(identityPoolID),
	})
	if err != nil {
		return nil, err
	}
	// The folders are named for the userId, which the session carries as a tag.
	if _, err := cognito.NewIdentityPoolProviderPrincipalTag(ctx, "members", &cognito.IdentityPoolProviderPrincipalTagArgs{
		IdentityPoolId: identities.ID(), IdentityProviderName: provider, PrincipalTags: pulumi.StringMap{"userId": pulumi.String("sub")},
	}); err != nil {
		return nil, err
	}
	member, err := identityRole(ctx, "member", "What a member may do with AWS itself", identities, "authenticated", "sts:AssumeRoleWithWebIdentity", "sts:TagSession")
	if err != nil {
		return nil, err
	}
	guest, err := identityRole(ctx, "guest", "Guests may do nothing with AWS itself", identities, "unauthenticated", "sts:AssumeRoleWithWebIdentity")
	if err != nil {
		return nil, err
	}
	_, err = cognito.NewIdentityPoolRoleAttachment(ctx, "members", &cognito.IdentityPoolRoleAttachmentArgs{
		IdentityPoolId: identities.ID(), Roles: pulumi.StringMap{"authenticated": member.Arn, "unauthenticated": guest.Arn},
	})
	return &members{pool, client, identities, member, guest}, err
}

func identityRole(ctx *pulumi.Context, name, description string, pool *cognito.IdentityPool, amr string, actions ...string) (*iam.Role, error) {
	return iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:        pulumi.String("biihlive-" + name),
		Description: pulumi.String(description),
		AssumeRolePolicy: policy(statement{
			"Effect":    "Allow",
			"Principal": map[string]any{"Federated": "cognito-identity.amazonaws.com"},
			"Action":    actions,
			"Condition": map[string]any{
				"StringEquals":           map[string]any{"cognito-identity.amazonaws.com:aud": pool.ID()},
				"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": amr},
			},
		}),
	})
}

// allow lets members put files into their own folders, and nothing else.
func (m *members) allow(ctx *pulumi.Context, b *buckets) error {
	own := func(pattern string) pulumi.StringOutput {
		return pulumi.Sprintf("%s/"+pattern, b.media.Arn)
	}
	_, err := iam.NewRolePolicy(ctx, "member", &iam.RolePolicyArgs{
		Name: pulumi.String("own-folders"),
		Role: m.member.Name,
		Policy: policy(statement{
			"Sid": "OwnFolders", "Effect": "Allow", "Action": "s3:PutObject",
			"Resource": []any{
				own("profile-photos/${aws:PrincipalTag/userId}/photo_*.jpg"),
				own("fotos/${aws:PrincipalTag/userId}/*.jpg"),
				own("videos/${aws:PrincipalTag/userId}/video_*.mp4"),
			},
		}),
	})
	return err
}

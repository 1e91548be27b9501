package pulumi

import (
	"errors"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/dynamodb"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// programs are the Pulumi programs of the tests, by name. They differ by the
// config values test:a and test:b.
var programs = map[string]func(*pulumi.Context) error{
	"nothing":   func(*pulumi.Context) error { return nil },
	"chain":     chain,
	"every":     every,
	"rest":      rest,
	"unknown":   unknown,
	"table":     table,
	"users":     users,
	"key":       accessKey,
	"guarded":   guarded,
	"component": component,
	"elsewhere": elsewhere,
	"existing":  existing,
	"object":    file,
	"renamed":   renamed,
	"hook":      hooked,
	"wrong":     func(*pulumi.Context) error { return errors.New("the program is wrong") },
}

func setting(ctx *pulumi.Context, name string) string { return config.Get(ctx, "test:"+name) }

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// chain is a key, an alias of it, and a bucket.
func chain(ctx *pulumi.Context) error {
	who, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return err
	}
	key, err := kms.NewKey(ctx, "key", &kms.KeyArgs{Description: pulumi.String(who.AccountId + setting(ctx, "a"))})
	if err != nil {
		return err
	}
	alias, err := kms.NewAlias(ctx, "alias", &kms.AliasArgs{TargetKeyId: key.KeyId})
	if err != nil {
		return err
	}
	if setting(ctx, "b") == "" {
		bucket, err := s3.NewBucket(ctx, "Media", nil, pulumi.DependsOn([]pulumi.Resource{alias}))
		if err != nil {
			return err
		}
		ctx.Export("bucket", bucket.Bucket)
	}
	ctx.Export("arn", key.Arn)
	ctx.Export("alias", alias.Name)
	return nil
}

// every has a resource of every kind, with many of its properties.
func every(ctx *pulumi.Context) error {
	p := &builder{ctx: ctx, tags: pulumi.StringMap{"team": pulumi.String("fog"), "round": pulumi.String(setting(ctx, "a"))}}
	p.storage()
	p.identity()
	p.data()
	return p.err
}

// A builder makes resources until one fails.
type builder struct {
	ctx  *pulumi.Context
	tags pulumi.StringMap
	err  error
}

func build[A, R any](p *builder, f func(*pulumi.Context, string, A, ...pulumi.ResourceOption) (R, error), name string, args A, opts ...pulumi.ResourceOption) R {
	var r R
	if p.err == nil {
		r, p.err = f(p.ctx, name, args, opts...)
	}
	return r
}

func (p *builder) storage() {
	key := build(p, kms.NewKey, "key", &kms.KeyArgs{Description: pulumi.String("d"), EnableKeyRotation: pulumi.Bool(true), Tags: p.tags})
	if p.err != nil {
		return
	}
	build(p, kms.NewAlias, "alias", &kms.AliasArgs{TargetKeyId: key.KeyId})
	bucket := build(p, s3.NewBucket, "bucket", &s3.BucketArgs{ForceDestroy: pulumi.Bool(true), Tags: p.tags})
	if p.err != nil {
		return
	}
	name := bucket.Bucket
	build(p, s3.NewBucketVersioning, "v", &s3.BucketVersioningArgs{Bucket: name, VersioningConfiguration: &s3.BucketVersioningVersioningConfigurationArgs{Status: pulumi.String("Enabled")}})
	build(p, s3.NewBucketOwnershipControls, "o", &s3.BucketOwnershipControlsArgs{Bucket: name, Rule: &s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")}})
	build(p, s3.NewBucketServerSideEncryptionConfiguration, "e", &s3.BucketServerSideEncryptionConfigurationArgs{Bucket: name, Rules: s3.BucketServerSideEncryptionConfigurationRuleArray{
		&s3.BucketServerSideEncryptionConfigurationRuleArgs{ApplyServerSideEncryptionByDefault: &s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs{
			SseAlgorithm: pulumi.String("aws:kms"), KmsMasterKeyId: key.Arn,
		}},
	}})
	open := build(p, s3.NewBucketPublicAccessBlock, "p", &s3.BucketPublicAccessBlockArgs{Bucket: name, BlockPublicAcls: pulumi.Bool(true)})
	if p.err != nil {
		return
	}
	build(p, s3.NewBucketPolicy, "policy", &s3.BucketPolicyArgs{Bucket: name, Policy: pulumi.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"%s/*"}]}`, bucket.Arn)}, pulumi.DependsOn([]pulumi.Resource{open}))
	build(p, s3.NewBucketCorsConfiguration, "c", &s3.BucketCorsConfigurationArgs{Bucket: name, CorsRules: s3.BucketCorsConfigurationCorsRuleArray{
		&s3.BucketCorsConfigurationCorsRuleArgs{AllowedMethods: pulumi.ToStringArray([]string{"PUT", "GET"}), AllowedOrigins: pulumi.ToStringArray([]string{"https://x.example"}), MaxAgeSeconds: pulumi.Int(60)},
	}})
	site := build(p, s3.NewBucketWebsiteConfiguration, "w", &s3.BucketWebsiteConfigurationArgs{Bucket: name, IndexDocument: &s3.BucketWebsiteConfigurationIndexDocumentArgs{Suffix: pulumi.String("index.html")}})
	build(p, s3.NewBucketObject, "o1", &s3.BucketObjectArgs{Bucket: name, Content: pulumi.String("hello " + setting(p.ctx, "a")), ContentType: pulumi.String("text/plain"), Metadata: pulumi.StringMap{"k": pulumi.String("v")}})
	build(p, s3.NewBucketObjectv2, "o2", &s3.BucketObjectv2Args{Bucket: name, Key: pulumi.String("a b/ü+?"), Source: pulumi.NewStringAsset("text")})
	if p.err == nil {
		p.ctx.Export("website", site.WebsiteEndpoint)
		p.ctx.Export("zone", bucket.HostedZoneId)
	}
}

func (p *builder) identity() {
	role := build(p, iam.NewRole, "role", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trust), Description: pulumi.String(setting(p.ctx, "a")), ForceDetachPolicies: pulumi.Bool(true), Tags: p.tags})
	policy := build(p, iam.NewPolicy, "managed", &iam.PolicyArgs{Path: pulumi.String("/p/"), Tags: p.tags, Policy: pulumi.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get` + setting(p.ctx, "a") + `*","Resource":"*"}]}`)})
	user := build(p, iam.NewUser, "user", &iam.UserArgs{ForceDestroy: pulumi.Bool(true), Tags: p.tags})
	if p.err != nil {
		return
	}
	build(p, iam.NewRolePolicy, "inline", &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`)})
	build(p, iam.NewRolePolicyAttachment, "attached", &iam.RolePolicyAttachmentArgs{Role: role.Name, PolicyArn: policy.Arn})
	build(p, iam.NewUserPolicyAttachment, "attached", &iam.UserPolicyAttachmentArgs{User: user.Name, PolicyArn: policy.Arn})
	build(p, iam.NewAccessKey, "secret", &iam.AccessKeyArgs{User: user.Name})
	pool := build(p, cognito.NewIdentityPool, "pool", &cognito.IdentityPoolArgs{IdentityPoolName: pulumi.String("pool"), AllowUnauthenticatedIdentities: pulumi.Bool(true), Tags: p.tags})
	if p.err != nil {
		return
	}
	build(p, cognito.NewIdentityPoolRoleAttachment, "roles", &cognito.IdentityPoolRoleAttachmentArgs{IdentityPoolId: pool.ID(), Roles: pulumi.StringMap{"unauthenticated": role.Arn}})
}

func (p *builder) data() {
	build(p, dynamodb.NewTable, "table", &dynamodb.TableArgs{
		HashKey: pulumi.String("id"), RangeKey: pulumi.String("n"), BillingMode: pulumi.String("PAY_PER_REQUEST"), Tags: p.tags,
		Attributes: dynamodb.TableAttributeArray{
			&dynamodb.TableAttributeArgs{Name: pulumi.String("n"), Type: pulumi.String("N")},
			&dynamodb.TableAttributeArgs{Name: pulumi.String("id"), Type: pulumi.String("S")},
			&dynamodb.TableAttributeArgs{Name: pulumi.String("g"), Type: pulumi.String("S")},
		},
		GlobalSecondaryIndexes: dynamodb.TableGlobalSecondaryIndexArray{&dynamodb.TableGlobalSecondaryIndexArgs{
			Name: pulumi.String("by-g"), HashKey: pulumi.String("g"), ProjectionType: pulumi.String("ALL"),
		}},
		PointInTimeRecovery: &dynamodb.TablePointInTimeRecoveryArgs{Enabled: pulumi.Bool(true), RecoveryPeriodInDays: pulumi.Int(7)},
	})
}

// unknown asks for things that niebla up cannot do, beside one it can.
func unknown(ctx *pulumi.Context) error {
	p := &builder{ctx: ctx}
	build(p, iam.NewUser, "fine", &iam.UserArgs{})
	build(p, iam.NewGroup, "group", &iam.GroupArgs{})
	build(p, s3.NewBucket, "bucket", &s3.BucketArgs{RequestPayer: pulumi.String("Requester")})
	return p.err
}

// table has a name of its own, a key that config chooses, and a policy and an
// object that hang on it.
func table(ctx *pulumi.Context) error {
	key := setting(ctx, "a")
	t, err := dynamodb.NewTable(ctx, "table", &dynamodb.TableArgs{
		Name: pulumi.String("Fixed"), HashKey: pulumi.String(key), BillingMode: pulumi.String("PAY_PER_REQUEST"),
		Attributes: dynamodb.TableAttributeArray{&dynamodb.TableAttributeArgs{Name: pulumi.String(key), Type: pulumi.String("S")}},
	})
	if err != nil {
		return err
	}
	_, err = iam.NewUser(ctx, "user", &iam.UserArgs{Name: pulumi.Sprintf("of-%s", t.Name)})
	return err
}

// users is a user whose path, which cannot be changed, config chooses.
func users(ctx *pulumi.Context) error {
	user, err := iam.NewUser(ctx, "user", &iam.UserArgs{Path: pulumi.String(setting(ctx, "a"))})
	if err != nil {
		return err
	}
	ctx.Export("name", user.Name)
	return nil
}

// accessKey has a secret output.
func accessKey(ctx *pulumi.Context) error {
	user, err := iam.NewUser(ctx, "user", &iam.UserArgs{Name: pulumi.String("u")})
	if err != nil {
		return err
	}
	key, err := iam.NewAccessKey(ctx, "key", &iam.AccessKeyArgs{User: user.Name})
	if err != nil {
		return err
	}
	ctx.Export("id", key.ID())
	ctx.Export("secret", key.Secret)
	ctx.Export("said", pulumi.ToSecret("hush"))
	return nil
}

// guarded is protected, and does not care for its description.
func guarded(ctx *pulumi.Context) error {
	protect, err := strconv.ParseBool(setting(ctx, "b"))
	if err != nil {
		return err
	}
	_, err = kms.NewKey(ctx, "key", &kms.KeyArgs{Description: pulumi.String(setting(ctx, "a"))},
		pulumi.Protect(protect), pulumi.IgnoreChanges([]string{"description"}))
	return err
}

// component groups a user below a component.
func component(ctx *pulumi.Context) error {
	c := &struct{ pulumi.ResourceState }{}
	if err := ctx.RegisterComponentResource("my:mod:Team", "team", c); err != nil {
		return err
	}
	user, err := iam.NewUser(ctx, "user", nil, pulumi.Parent(c))
	if err != nil {
		return err
	}
	ctx.Export("urn", user.URN())
	return ctx.RegisterResourceOutputs(c, pulumi.Map{"name": user.Name})
}

// elsewhere has a table in another region, by an explicit provider.
func elsewhere(ctx *pulumi.Context) error {
	us, err := aws.NewProvider(ctx, "us", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
	if err != nil {
		return err
	}
	t, err := dynamodb.NewTable(ctx, "table", &dynamodb.TableArgs{
		HashKey: pulumi.String("k"), BillingMode: pulumi.String("PAY_PER_REQUEST"),
		Attributes: dynamodb.TableAttributeArray{&dynamodb.TableAttributeArgs{Name: pulumi.String("k"), Type: pulumi.String("S")}},
	}, pulumi.Provider(us))
	if err != nil {
		return err
	}
	ctx.Export("arn", t.Arn)
	ctx.Export("region", t.Region)
	return nil
}

// existing looks at a bucket it has not made.
func existing(ctx *pulumi.Context) error {
	b, err := s3.GetBucket(ctx, "theirs", pulumi.ID(setting(ctx, "a")), nil)
	if err != nil {
		return err
	}
	ctx.Export("arn", b.Arn)
	return nil
}

// file is a file, beside the program, in a bucket.
func file(ctx *pulumi.Context) error {
	b, err := s3.NewBucket(ctx, "b", &s3.BucketArgs{ForceDestroy: pulumi.Bool(true)})
	if err != nil {
		return err
	}
	_, err = s3.NewBucketObject(ctx, "file", &s3.BucketObjectArgs{Bucket: b.Bucket, Source: pulumi.NewFileAsset("content.txt")})
	return err
}

// renamed is the user of the program users under another name.
func renamed(ctx *pulumi.Context) error {
	_, err := iam.NewUser(ctx, "person", &iam.UserArgs{Path: pulumi.String(setting(ctx, "a"))},
		pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("user")}}))
	return err
}

// hooked asks for an option that is not carried out.
func hooked(ctx *pulumi.Context) error {
	_, err := iam.NewUser(ctx, "user", nil, pulumi.Import(pulumi.ID("somebody")))
	return err
}

// rest has the types that neither every nor Biihlive has.
func rest(ctx *pulumi.Context) error {
	pool, err := cognito.NewUserPool(ctx, "people", nil)
	if err != nil {
		return err
	}
	if _, err := cognito.NewUserGroup(ctx, "admins", &cognito.UserGroupArgs{UserPoolId: pool.ID()}); err != nil {
		return err
	}
	topic, err := sns.NewTopic(ctx, "news", nil)
	if err != nil {
		return err
	}
	queue, err := sqs.NewQueue(ctx, "inbox", nil)
	if err != nil {
		return err
	}
	open := func(action string, resource pulumi.StringOutput) pulumi.StringOutput {
		return pulumi.JSONMarshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"}, "Action": action, "Resource": resource,
		}}})
	}
	if _, err := sns.NewTopicPolicy(ctx, "news", &sns.TopicPolicyArgs{Arn: topic.Arn, Policy: open("sns:Publish", topic.Arn)}); err != nil {
		return err
	}
	_, err = sqs.NewQueuePolicy(ctx, "inbox", &sqs.QueuePolicyArgs{QueueUrl: queue.ID(), Policy: open("sqs:SendMessage", queue.Arn)})
	return err
}

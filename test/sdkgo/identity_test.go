package sdkgo

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// denied fails the test unless err is a refusal that ends with why.
func denied(t *testing.T, err error, why string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || !strings.HasPrefix(api.ErrorCode(), "AccessDenied") || !strings.HasSuffix(api.ErrorMessage(), why) {
		t.Errorf("got %v, want a denial that ends with %q", err, why)
	}
}

func TestIAM(t *testing.T) {
	start(t)
	cfg, ctx := load(t), ctx(t)
	root := iam.NewFromConfig(cfg)

	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || aws.ToString(who.Arn) != "arn:aws:iam::000000000000:root" {
		t.Fatalf("root is %v (%v)", who, err)
	}
	if _, err := root.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("saul")}); err != nil {
		t.Fatal(err)
	}
	made, err := root.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("saul")})
	if err != nil {
		t.Fatal(err)
	}
	saul := as(cfg, *made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	_, err = kms.NewFromConfig(saul).ListKeys(ctx, &kms.ListKeysInput{})
	denied(t, err, "because no identity-based policy allows the kms:ListKeys action")
	if _, err := root.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
		UserName: aws.String("saul"), PolicyName: aws.String("keys"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:ListKeys","sts:AssumeRole"],"Resource":"*"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := kms.NewFromConfig(saul).ListKeys(ctx, &kms.ListKeysInput{}); err != nil {
		t.Error(err)
	}

	role, err := root.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName:                 aws.String("reader"),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := sts.NewFromConfig(saul).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("s1")})
	if err != nil {
		t.Fatal(err)
	}
	reader := as(cfg, *session.Credentials.AccessKeyId, *session.Credentials.SecretAccessKey, *session.Credentials.SessionToken)
	who, err = sts.NewFromConfig(reader).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || aws.ToString(who.Arn) != "arn:aws:sts::000000000000:assumed-role/reader/s1" {
		t.Errorf("the session is %v (%v)", who, err)
	}
	_, err = kms.NewFromConfig(reader).ListKeys(ctx, &kms.ListKeysInput{})
	denied(t, err, "because no identity-based policy allows the kms:ListKeys action")
}

// TestGuests is fog-music's case: a guest reads the catalogue and writes its
// own row, no other, and nothing that guests may never do.
func TestGuests(t *testing.T) {
	start(t)
	cfg, ctx := load(t), ctx(t)
	pools := cognitoidentity.NewFromConfig(cfg)
	pool, err := pools.CreateIdentityPool(ctx, &cognitoidentity.CreateIdentityPoolInput{
		IdentityPoolName: aws.String("fog"), AllowUnauthenticatedIdentities: true, AllowClassicFlow: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	guestRole(t, cfg, *pool.IdentityPoolId)
	if _, err := pools.SetIdentityPoolRoles(ctx, &cognitoidentity.SetIdentityPoolRolesInput{
		IdentityPoolId: pool.IdentityPoolId, Roles: map[string]string{"unauthenticated": "arn:aws:iam::000000000000:role/guest"},
	}); err != nil {
		t.Fatal(err)
	}
	tables := dynamodb.NewFromConfig(cfg)
	if _, err := tables.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("Usuarios"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("device_id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("device_id"), KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableExistsWaiter(tables).Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("Usuarios")}, 30*time.Second); err != nil {
		t.Fatal(err)
	}

	// A browser has no keys.
	anonymous := cfg.Copy()
	anonymous.Credentials = aws.AnonymousCredentials{}
	browser := cognitoidentity.NewFromConfig(anonymous)
	id, err := browser.GetId(ctx, &cognitoidentity.GetIdInput{IdentityPoolId: pool.IdentityPoolId})
	if err != nil {
		t.Fatal(err)
	}
	got, err := browser.GetCredentialsForIdentity(ctx, &cognitoidentity.GetCredentialsForIdentityInput{IdentityId: id.IdentityId})
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Until(*got.Credentials.Expiration); d < 50*time.Minute || d > 61*time.Minute {
		t.Errorf("credentials last %v", d)
	}
	guest := as(cfg, *got.Credentials.AccessKeyId, *got.Credentials.SecretKey, *got.Credentials.SessionToken)
	who, err := sts.NewFromConfig(guest).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil || aws.ToString(who.Arn) != "arn:aws:sts::000000000000:assumed-role/guest/CognitoIdentityCredentials" {
		t.Errorf("the guest is %v (%v)", who, err)
	}

	row := func(key string) *dynamodb.PutItemInput {
		return &dynamodb.PutItemInput{TableName: aws.String("Usuarios"), Item: map[string]types.AttributeValue{"device_id": text(key)}}
	}
	rows := dynamodb.NewFromConfig(guest)
	if _, err := rows.PutItem(ctx, row(*id.IdentityId)); err != nil {
		t.Errorf("its own row: %v", err)
	}
	_, err = rows.PutItem(ctx, row("somebody else"))
	denied(t, err, "because no identity-based policy allows the dynamodb:PutItem action")
	// The role allows it; no guest may.
	_, err = iam.NewFromConfig(guest).ListUsers(ctx, &iam.ListUsersInput{})
	denied(t, err, "because no session policy allows the iam:ListUsers action")

	// The classic flow has no such limit.
	token, err := browser.GetOpenIdToken(ctx, &cognitoidentity.GetOpenIdTokenInput{IdentityId: id.IdentityId})
	if err != nil {
		t.Fatal(err)
	}
	assumed, err := sts.NewFromConfig(anonymous).AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/guest"), RoleSessionName: aws.String("web"), WebIdentityToken: token.Token,
	})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(assumed.SubjectFromWebIdentityToken) != *id.IdentityId || aws.ToString(assumed.Provider) != "cognito-identity.amazonaws.com" {
		t.Errorf("assumed = %+v", assumed)
	}
	classic := as(cfg, *assumed.Credentials.AccessKeyId, *assumed.Credentials.SecretAccessKey, *assumed.Credentials.SessionToken)
	if _, err := iam.NewFromConfig(classic).ListUsers(ctx, &iam.ListUsersInput{}); err != nil {
		t.Errorf("the classic flow: %v", err)
	}
}

// guestRole makes the role "guest", which trusts the guests of a pool.
func guestRole(t *testing.T, cfg aws.Config, pool string) {
	t.Helper()
	c, ctx := iam.NewFromConfig(cfg), ctx(t)
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},
		"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":%q},
		"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"unauthenticated"}}}]}`, pool)
	if _, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("guest"), AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
		t.Fatal(err)
	}
	may := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"},
		{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios",
		 "Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]}}}]}`
	if _, err := c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("guest"), PolicyName: aws.String("may"), PolicyDocument: aws.String(may)}); err != nil {
		t.Fatal(err)
	}
}

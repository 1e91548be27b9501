package backend

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // opens s3:// addresses

	"github.com/niebla-cloud/niebla/nieblatest"
)

const (
	region = "eu-west-3"
	bucket = "fog-music-pulumi-state"
	admin  = "arn:aws:iam::aws:policy/AdministratorAccess"
)

// A team is a cloud in which step 0 of docs/team.md was done: the state bucket
// and its developers are there.
type team struct {
	t     *testing.T
	cloud *nieblatest.Cloud
	root  aws.Config
	dir   string // of the laptops
	state string // address of the state bucket, as it is logged in to
}

func newTeam(t *testing.T, developers ...string) *team {
	t.Helper()
	cloud := nieblatest.Start(t, nieblatest.RealClock)
	team := &team{t: t, cloud: cloud, dir: t.TempDir(), state: "s3://" + bucket + "?endpoint=" + cloud.URL() + "&use_path_style=true&region=" + region}
	team.root = team.as("test", "test")
	team.makeBucket()
	for _, name := range developers {
		team.hire(name, admin)
	}
	return team
}

// as is the configuration of somebody's AWS client.
func (t *team) as(key, secret string) aws.Config {
	t.t.Helper()
	cfg, err := config.LoadDefaultConfig(t.t.Context(), config.WithRegion(region), config.WithBaseEndpoint(t.cloud.URL()),
		config.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}, nil
		})))
	if err != nil {
		t.t.Fatal(err)
	}
	return cfg
}

func (t *team) s3() *s3.Client {
	return s3.NewFromConfig(t.root, func(o *s3.Options) { o.UsePathStyle = true })
}

func (t *team) makeBucket() {
	t.t.Helper()
	client, ctx := t.s3(), t.t.Context()
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: aws.String(bucket), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: region},
	})
	if err == nil {
		_, err = client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: aws.String(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
	}
	if err == nil {
		_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("locks/")})
	}
	if err != nil {
		t.t.Fatal(err)
	}
}

// hire makes a user, and on the developer's laptop the profile fog-music.
func (t *team) hire(name, policy string) {
	t.t.Helper()
	client, ctx := iam.NewFromConfig(t.root), t.t.Context()
	_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(name)})
	if err == nil && policy != "" {
		_, err = client.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String(name), PolicyArn: aws.String(policy)})
	}
	if err != nil {
		t.t.Fatal(err)
	}
	made, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(name)})
	if err != nil {
		t.t.Fatal(err)
	}
	profile := fmt.Sprintf("[fog-music]\naws_access_key_id = %s\naws_secret_access_key = %s\n", *made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey)
	if err := os.WriteFile(t.laptop(name), []byte(profile), 0o600); err != nil {
		t.t.Fatal(err)
	}
}

// laptop is a developer's credentials file.
func (t *team) laptop(name string) string {
	return filepath.Join(t.dir, name)
}

// login opens the state bucket as `pulumi login` does, on a developer's laptop.
func (t *team) login(name string) *blob.Bucket {
	t.t.Helper()
	t.t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.laptop(name))
	t.t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.t.Setenv("AWS_PROFILE", "fog-music")
	for _, v := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"} {
		t.t.Setenv(v, "")
		os.Unsetenv(v)
	}
	b, err := blob.OpenBucket(t.t.Context(), t.state)
	if err != nil {
		t.t.Fatal(err)
	}
	t.t.Cleanup(func() { b.Close() })
	return b
}

// A stranger to the team does not get at the state, with keys or without.
func TestOnlyTheTeamReadsTheState(t *testing.T) {
	team := newTeam(t, "dev-christian")
	team.hire("somebody", "")
	ctx := t.Context()
	if err := team.login("dev-christian").WriteAll(ctx, ".pulumi/meta.yaml", []byte("version: 1\n"), nil); err != nil {
		t.Fatal(err)
	}
	stranger := team.login("somebody")
	if _, err := stranger.ReadAll(ctx, ".pulumi/meta.yaml"); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("a stranger reads: %v", err)
	}
	if err := stranger.WriteAll(ctx, ".pulumi/meta.yaml", nil, nil); err == nil {
		t.Error("a stranger writes")
	}
}

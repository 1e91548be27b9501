package cloud

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

// attempts is how often a request is tried before its song is given up.
const attempts = 5

// Options name what a Cloud uses. Credentials come the usual AWS ways.
type Options struct {
	Region   string // "" for the profile's
	Profile  string // "" for the usual one
	Endpoint string // "" for the usual one
	Bucket   string
	Table    string
	Key      string // alias, id or ARN of the KMS key; "" when none is used
}

// A Cloud implements seeding.Cloud on AWS.
type Cloud struct {
	Options
	s3  *s3.Client
	ddb *dynamodb.Client
	kms *kms.Client
}

var _ seeding.Cloud = (*Cloud)(nil)

// New makes a Cloud. It asks nothing of the network; Check does.
func New(ctx context.Context, o Options) (*Cloud, error) {
	load := []func(*config.LoadOptions) error{
		config.WithRetryer(func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), attempts) }),
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Endpoint != "" {
		load = append(load, config.WithBaseEndpoint(o.Endpoint))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, err
	}
	return &Cloud{
		Options: o,
		s3: s3.NewFromConfig(cfg, func(s *s3.Options) {
			s.UsePathStyle = s.BaseEndpoint != nil && byPath(*s.BaseEndpoint)
		}),
		ddb: dynamodb.NewFromConfig(cfg),
		kms: kms.NewFromConfig(cfg),
	}, nil
}

// byPath tells whether buckets are addressed in the path: a bucket's name in
// front of an address, or of a name that only this machine knows, does not
// resolve.
func byPath(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host) != nil
}

// A MissingError says that something the songs need is not there.
type MissingError struct{ Kind, Name string }

func (e *MissingError) Error() string { return fmt.Sprintf("no %s %q", e.Kind, e.Name) }

// Check finds out whether bucket, table and key are there and may be used, so
// that a hundred songs need not find out. It gives the key's ARN.
func (c *Cloud) Check(ctx context.Context) (keyARN string, err error) {
	// A listing, for a refused HEAD does not say why.
	_, err = c.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &c.Bucket, MaxKeys: aws.Int32(1)}, func(o *s3.Options) {
		o.RetryMaxAttempts = 2 // nobody has waited yet: say soon that the cloud is not there
	})
	if notFound(err) {
		return "", &MissingError{"bucket", c.Bucket}
	} else if err != nil {
		return "", err
	}
	_, _, err = c.Entry(ctx, fogfile.SongID{})
	var noTable *ddb.ResourceNotFoundException
	if errors.As(err, &noTable) {
		return "", &MissingError{"table", c.Table}
	} else if err != nil {
		return "", err
	}
	if c.Key == "" {
		return "", nil
	}
	out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &c.Key})
	var noKey *kmstypes.NotFoundException
	if errors.As(err, &noKey) {
		return "", &MissingError{"key", c.Key}
	} else if err != nil {
		return "", err
	}
	return aws.ToString(out.KeyMetadata.Arn), nil
}

// Entry implements seeding.Cloud.
func (c *Cloud) Entry(ctx context.Context, id fogfile.SongID) (seeding.Entry, bool, error) {
	out, err := c.ddb.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &c.Table,
		Key:            map[string]ddb.AttributeValue{"song_id": text(id.String())},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil || len(out.Item) == 0 {
		return seeding.Entry{}, false, err
	}
	return fromItem(out.Item), true, nil
}

// Register implements seeding.Cloud.
func (c *Cloud) Register(ctx context.Context, e seeding.Entry) error {
	_, err := c.ddb.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.Table, Item: toItem(e)})
	return err
}

// Stat implements seeding.Cloud.
func (c *Cloud) Stat(ctx context.Context, key string) (seeding.Stored, bool, error) {
	out, err := c.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &c.Bucket, Key: &key})
	if notFound(err) {
		return seeding.Stored{}, false, nil
	}
	if err != nil {
		return seeding.Stored{}, false, err
	}
	return seeding.Stored{Size: aws.ToInt64(out.ContentLength), Meta: out.Metadata}, true, nil
}

// DataKey implements seeding.Cloud.
func (c *Cloud) DataKey(ctx context.Context, id fogfile.SongID) (plain, wrapped []byte, err error) {
	out, err := c.kms.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId:             &c.Key,
		KeySpec:           kmstypes.DataKeySpecAes256,
		EncryptionContext: map[string]string{"song_id": id.String()},
	})
	if err != nil {
		return nil, nil, err
	}
	return out.Plaintext, out.CiphertextBlob, nil
}

// Store implements seeding.Cloud. One PutObject stores all of the object or
// nothing, so a killed run leaves no parts behind.
func (c *Cloud) Store(ctx context.Context, o seeding.Object, progress func(int64)) error {
	m := &meter{body: bytes.NewReader(o.Body), report: progress}
	_, err := c.s3.PutObject(m.watch(ctx), &s3.PutObjectInput{
		Bucket:        &c.Bucket,
		Key:           &o.Key,
		Body:          m,
		ContentLength: aws.Int64(int64(len(o.Body))),
		ContentType:   &o.ContentType,
		Metadata:      o.Meta,
	})
	return err
}

// notFound also knows the answer to a HEAD, which has a status and no code.
func notFound(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) && (api.ErrorCode() == "NotFound" || api.ErrorCode() == "NoSuchKey" || api.ErrorCode() == "NoSuchBucket") {
		return true
	}
	var resp *smithyhttp.ResponseError
	return errors.As(err, &resp) && resp.HTTPStatusCode() == http.StatusNotFound
}

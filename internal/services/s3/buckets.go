package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// bucket is a bucket as stored.
type bucket struct {
	Name       string
	ID         bucketID
	Owner      aws.AccountID
	Region     aws.Region
	Created    time.Time
	Versioning string // never set, versioningEnabled or versioningSuspended
	Ownership  string // "" when the controls were deleted
	Block      *PublicAccessBlock
	Encryption ServerSideEncryptionRule
	Policy     string
	CORS       []CORSRule
	Website    *WebsiteConfiguration
	Tags       []Tag
	// Notifications is nil when nobody is to be told of anything.
	Notifications *NotificationConfiguration `json:",omitzero"`
	Metrics       []MetricsConfiguration     `json:",omitempty"` // by Id
}

func (b *bucket) arn() aws.ARN { return aws.ARN("arn:aws:s3:::" + b.Name) }

// owner is the owner as documents name it.
func (b *bucket) owner() Owner { return Owner{ID: canonicalID(b.Owner)} }

// canonicalID is the canonical user id of an account: 64 hexadecimal digits.
func canonicalID(a aws.AccountID) string {
	sum := sha256.Sum256([]byte("canonical user " + a))
	return hex.EncodeToString(sum[:])
}

// opened is a bucket with what is compiled from it.
type opened struct {
	bucket
	stored []byte
	policy *policy.Policy
	public bool // the policy is
}

// registry reads buckets. A request reads the bucket's record each time, but
// decodes it and compiles its policy only when the record has changed.
type registry struct {
	db    *store.DB
	mu    sync.RWMutex
	known map[string]*opened
}

func bucketKey(name string) []byte {
	return store.AppendPart(store.Prefix("s3/bucket", aws.Scope{}), name)
}

// ownedKey is the key of a bucket in the list of its owner's.
func ownedKey(a aws.AccountID, name string) []byte { return append(ownedBy(a), name...) }

func ownedBy(a aws.AccountID) []byte { return store.Prefix("s3/owned", aws.Scope{Account: a}) }

// open returns a bucket, or NoSuchBucket.
func (r *registry) open(name string) (b *opened, err error) {
	r.mu.RLock()
	b = r.known[name]
	r.mu.RUnlock()
	err = r.db.Read(bucketKey(name), func(v []byte, ok bool) (err error) {
		switch {
		case !ok:
			return errNoSuchBucket(name)
		case b == nil || !bytes.Equal(b.stored, v):
			b, err = compileBucket(v)
		default:
			return nil
		}
		if err == nil {
			r.mu.Lock()
			r.known[name] = b
			r.mu.Unlock()
		}
		return err
	})
	var gone *aws.Error
	if errors.As(err, &gone) {
		r.mu.Lock()
		delete(r.known, name)
		r.mu.Unlock()
	}
	return b, err
}

func compileBucket(v []byte) (*opened, error) {
	b := &opened{stored: bytes.Clone(v)}
	if err := json.Unmarshal(v, &b.bucket); err != nil {
		return nil, err
	}
	if b.Policy == "" {
		return b, nil
	}
	p, err := policy.Parse(b.Policy, policy.Resource)
	if err != nil {
		return nil, err
	}
	b.policy, b.public = p, isPublic(b.Policy)
	return b, nil
}

// getBucket reads a bucket in a transaction.
func getBucket(tx *store.Tx, name string) (*bucket, error) {
	v, ok := tx.Get(bucketKey(name))
	if !ok {
		return nil, errNoSuchBucket(name)
	}
	b := new(bucket)
	return b, json.Unmarshal(v, b)
}

func putBucket(tx *store.Tx, b *bucket) {
	v, err := json.Marshal(b, json.Deterministic(true))
	if err != nil {
		panic("s3: bucket: " + err.Error()) // nothing in it that JSON cannot hold
	}
	tx.Set(bucketKey(b.Name), v)
}

// bucketOf returns the bucket of a request.
func (s *Service) bucketOf(in onBucket) (*opened, error) {
	b, err := s.buckets.open(in.Bucket)
	if err == nil && in.ExpectedBucketOwner != "" && in.ExpectedBucketOwner != string(b.Owner) {
		return nil, errAccessDenied()
	}
	return b, err
}

// same reads the bucket again in a transaction, and makes sure that it is the
// one that the request was authorised for.
func same(tx *store.Tx, b *opened) (*bucket, error) {
	now, err := getBucket(tx, b.Name)
	if err == nil && now.ID != b.ID {
		err = errNoSuchBucket(b.Name)
	}
	return now, err
}

// changeBucket applies f to a bucket.
func (s *Service) changeBucket(in onBucket, f func(*bucket) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		b, err := getBucket(tx, in.Bucket)
		if err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
		putBucket(tx, b)
		return nil
	})
}

func (s *Service) createBucket(_ context.Context, c *aws.Call, in *CreateBucketInput) (*CreateBucketOutput, error) {
	b, err := newBucket(c, in)
	if err != nil {
		return nil, err
	}
	copy(b.ID[:], s.IDs.Bytes(len(b.ID)))
	out := &CreateBucketOutput{Location: "/" + b.Name, BucketArn: string(b.arn())}
	return out, s.DB.Update(func(tx *store.Tx) error {
		if old, err := getBucket(tx, b.Name); err == nil {
			return taken(old, c)
		}
		putBucket(tx, b)
		tx.Set(ownedKey(b.Owner, b.Name), nil)
		return nil
	})
}

// taken says what creating a bucket that exists answers.
func taken(old *bucket, c *aws.Call) error {
	switch {
	case old.Owner != c.Account:
		return errBucketExists(old.Name)
	case old.Region == usEast1 && c.Region == usEast1:
		return nil
	}
	return errOwnedByYou(old.Name)
}

// regionPattern is what names of regions look like.
var regionPattern = regexp.MustCompile(`^[a-z]{2}(-[a-z]+){1,2}-\d$`)

// usEast1 is the region that has no location constraint.
const usEast1 = "us-east-1"

func newBucket(c *aws.Call, in *CreateBucketInput) (*bucket, error) {
	if !validBucketName(in.Bucket) {
		return nil, errInvalidBucketName(in.Bucket)
	}
	if in.ObjectLockEnabledForBucket {
		return nil, errNotImplemented("Object Lock")
	}
	b := &bucket{
		Name: in.Bucket, Owner: c.Account, Region: c.Region, Created: c.Time.UTC(),
		Ownership:  ownerEnforced,
		Block:      &PublicAccessBlock{true, true, true, true},
		Encryption: defaultEncryption(),
	}
	if in.ObjectOwnership != "" {
		if !validOwnership(in.ObjectOwnership) {
			return nil, errArgument("x-amz-object-ownership", in.ObjectOwnership, "Invalid x-amz-object-ownership header")
		}
		b.Ownership = in.ObjectOwnership
	}
	if conf := in.CreateBucketConfiguration; conf != nil {
		if err := checkTags(conf.Tags, maxBucketTags); err != nil {
			return nil, err
		}
		b.Tags = conf.Tags
	}
	if err := placeBucket(b, c, in.CreateBucketConfiguration); err != nil {
		return nil, err
	}
	return b, in.aclHeaders.checkNew(b)
}

// placeBucket checks the location constraint against the region of the call.
func placeBucket(b *bucket, c *aws.Call, conf *CreateBucketConfiguration) error {
	constraint := ""
	if conf != nil {
		constraint = conf.LocationConstraint
	}
	switch {
	case constraint == usEast1:
		return errInvalidLocation(constraint)
	case constraint == "" && c.Region != usEast1:
		return errIllegalLocation("unspecified")
	case constraint == "EU" && c.Region == "eu-west-1", constraint == "", constraint == string(c.Region):
		return nil
	case !regionPattern.MatchString(constraint) && constraint != "EU":
		return errInvalidLocation(constraint)
	case c.Region == usEast1: // the global endpoint makes buckets anywhere
		b.Region = aws.Region(constraint)
		return nil
	}
	return errIllegalLocation(constraint)
}

func (s *Service) headBucket(_ context.Context, _ *aws.Call, in *HeadBucketInput) (*HeadBucketOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	return &HeadBucketOutput{BucketArn: string(b.arn()), BucketRegion: string(b.Region)}, nil
}

func (s *Service) getBucketLocation(_ context.Context, _ *aws.Call, in *GetBucketLocationInput) (*GetBucketLocationOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	out := &GetBucketLocationOutput{}
	if b.Region != usEast1 {
		out.LocationConstraint = string(b.Region)
	}
	return out, nil
}

func (s *Service) deleteBucket(_ context.Context, _ *aws.Call, in *DeleteBucketInput) (*NoContent, error) {
	return &NoContent{}, s.DB.Update(func(tx *store.Tx) error {
		b, err := getBucket(tx, in.Bucket)
		if err != nil {
			return err
		}
		if holds(tx, current.prefix(b.ID)) || holds(tx, versions.prefix(b.ID)) {
			return errBucketNotEmpty(b.Name, b.Versioning != "")
		}
		s.dropUploads(tx, b.ID)
		tx.Delete(bucketKey(b.Name))
		tx.Delete(ownedKey(b.Owner, b.Name))
		return nil
	})
}

// holds reports whether a key begins with prefix.
func holds(tx *store.Tx, prefix []byte) bool {
	for range tx.Scan(prefix, store.PrefixEnd(prefix)) {
		return true
	}
	return false
}

func (s *Service) listBuckets(_ context.Context, c *aws.Call, in *ListBucketsInput) (*ListBucketsOutput, error) {
	limit := int(^uint(0) >> 1)
	if in.MaxBuckets != "" {
		n, err := strconv.Atoi(in.MaxBuckets)
		if err != nil || n < 1 || n > 10000 {
			return nil, errTooManyBuckets()
		}
		limit = n
	}
	start := ""
	if in.ContinuationToken != "" {
		t, ok := parseToken(in.ContinuationToken)
		if !ok {
			return nil, errToken(in.ContinuationToken)
		}
		start = t.key
	}
	out := &ListBucketsOutput{Owner: Owner{canonicalID(c.Account)}, Buckets: []Bucket{}, Prefix: in.Prefix}
	return out, s.DB.View(func(tx *store.Tx) error {
		base := ownedBy(c.Account)
		lo := ownedKey(c.Account, in.Prefix)
		if start >= in.Prefix && start != "" {
			lo = after(ownedKey(c.Account, start))
		}
		for k := range tx.Scan(lo, store.PrefixEnd(base)) {
			name := string(k[len(base):])
			if !strings.HasPrefix(name, in.Prefix) {
				break
			}
			b, err := getBucket(tx, name)
			if err != nil {
				return err
			}
			if in.BucketRegion != "" && in.BucketRegion != string(b.Region) {
				continue
			}
			if len(out.Buckets) == limit {
				out.ContinuationToken = token{key: out.Buckets[limit-1].Name}.String()
				break
			}
			out.Buckets = append(out.Buckets, Bucket{b.Name, b.Created, string(b.arn()), string(b.Region)})
		}
		return nil
	})
}

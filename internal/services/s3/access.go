package s3

import (
	"context"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// An Authorizer decides on an access that is no condition of a request but
// changes its answer: who may not list a bucket is not told which keys it lacks.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// access returns what a request wants to do with a bucket, or with a key in it.
func (b *opened) access(c *aws.Call, action, key string, keys map[string][]string) service.Access {
	a := service.Access{
		Action: "s3:" + action, Resource: b.arn(), Owner: b.Owner,
		ResourcePolicy: b.policy, Keys: keys,
	}
	if key != "" {
		a.Resource += aws.ARN("/" + key)
	}
	if b.public && b.Block != nil && b.Block.RestrictPublicBuckets && !b.insider(c.Principal) {
		a.ResourcePolicy = nil
	}
	return a
}

// insider reports whether RestrictPublicBuckets lets a principal keep what a
// public policy grants.
func (b *opened) insider(p *aws.Principal) bool {
	return p.Kind == aws.ServicePrincipal || p.Kind != aws.Anonymous && p.Account == b.Owner
}

// bucketInput and objectInput are implemented by embedding onBucket and onObject.
type (
	bucketInput interface{ bucket() onBucket }
	objectInput interface {
		bucketInput
		object() onObject
	}
)

func (in *onBucket) bucket() onBucket { return *in }
func (in *onObject) object() onObject { return *in }

// may authorises an action on the bucket of a request.
func may[In any, P interface {
	*In
	bucketInput
}](s *Service, action string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		b, err := s.bucketOf(P(in).bucket())
		if err != nil {
			return nil, err
		}
		return []service.Access{b.access(c, action, "", listKeys(in))}, nil
	}
}

// listKeys are the condition keys of a list request.
func listKeys(in any) map[string][]string {
	l, ok := in.(interface {
		list() (listing, string)
	})
	if !ok {
		return nil
	}
	lst, limit := l.list()
	keys := map[string][]string{}
	// AWS has s3:prefix in every list request: without one it is empty.
	keys["s3:prefix"] = []string{lst.Prefix}
	if lst.Delimiter != "" {
		keys["s3:delimiter"] = []string{lst.Delimiter}
	}
	if limit != "" {
		keys["s3:max-keys"] = []string{limit}
	}
	return keys
}

func (in *ListObjectsInput) list() (listing, string)        { return in.listing, in.MaxKeys }
func (in *ListObjectsV2Input) list() (listing, string)      { return in.listing, in.MaxKeys }
func (in *ListObjectVersionsInput) list() (listing, string) { return in.listing, in.MaxKeys }
func (in *ListMultipartUploadsInput) list() (listing, string) {
	return in.listing, in.MaxUploads
}

// mayObject authorises an action on the object of a request. Where the input
// names a version, the action on that version is another.
func mayObject[In any, P interface {
	*In
	objectInput
}](s *Service, action, versionAction string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		obj := P(in).object()
		b, err := s.bucketOf(obj.onBucket)
		if err != nil {
			return nil, err
		}
		if err := checkKey(obj.Key); err != nil {
			return nil, err
		}
		action, id := action, versionOf(in)
		keys := map[string][]string{}
		if id != "" {
			action, keys["s3:VersionId"] = versionAction, []string{id}
		}
		if err := s.addTagKeys(keys, b, obj.Key, id); err != nil {
			return nil, err
		}
		return []service.Access{b.access(c, action, obj.Key, keys)}, nil
	}
}

// versionOf returns the version an input names, if any.
func versionOf(in any) string {
	if v, ok := in.(interface{ version() *string }); ok && v.version() != nil {
		return *v.version()
	}
	return ""
}

func (in *reading) version() *string                  { return in.VersionId }
func (in *DeleteObjectInput) version() *string        { return in.VersionId }
func (in *GetObjectAttributesInput) version() *string { return in.VersionId }
func (in *GetObjectTaggingInput) version() *string    { return in.VersionId }
func (in *PutObjectTaggingInput) version() *string    { return in.VersionId }
func (in *DeleteObjectTaggingInput) version() *string { return in.VersionId }
func (in *GetObjectAclInput) version() *string        { return emptyIsNil(in.VersionId) }
func (in *PutObjectAclInput) version() *string        { return emptyIsNil(in.VersionId) }

func emptyIsNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// addTagKeys adds the tags that an object has, for s3:ExistingObjectTag.
func (s *Service) addTagKeys(keys map[string][]string, b *opened, key, id string) error {
	v, err := s.lookup(b, key, id)
	if err != nil || v == nil {
		return err
	}
	for _, t := range v.Tags {
		keys["s3:ExistingObjectTag/"+t.Key] = []string{t.Value}
	}
	return nil
}

// storing is what a request that writes an object carries for authorisation.
type storing struct {
	onObject
	acl     aclHeaders
	cipher  wantedCipher
	class   string
	tagging string
	copied  string
	keys    map[string][]string
}

// mayStore authorises writing an object with all it is written with.
func (s *Service) mayStore(c *aws.Call, in storing) ([]service.Access, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	keys := map[string][]string{}
	for k, v := range map[string]string{
		"s3:x-amz-acl":                                   in.acl.ACL,
		"s3:x-amz-server-side-encryption":                in.cipher.ServerSideEncryption,
		"s3:x-amz-server-side-encryption-aws-kms-key-id": in.cipher.SSEKMSKeyId,
		"s3:x-amz-storage-class":                         in.class,
		"s3:x-amz-copy-source":                           in.copied,
	} {
		if v != "" {
			keys[k] = []string{v}
		}
	}
	for k, v := range in.keys {
		keys[k] = v
	}
	tags, err := parseTagHeader(in.tagging)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		keys["s3:RequestObjectTag/"+t.Key] = []string{t.Value}
		keys["s3:RequestObjectTagKeys"] = append(keys["s3:RequestObjectTagKeys"], t.Key)
	}
	out := []service.Access{b.access(c, "PutObject", in.Key, keys)}
	if len(tags) > 0 {
		out = append(out, b.access(c, "PutObjectTagging", in.Key, keys))
	}
	if in.acl != (aclHeaders{}) {
		out = append(out, b.access(c, "PutObjectAcl", in.Key, keys))
	}
	return out, nil
}

func (s *Service) mayPutObject(_ context.Context, c *aws.Call, in *PutObjectInput) ([]service.Access, error) {
	st := storing{onObject: in.onObject, acl: in.aclHeaders, cipher: in.wantedCipher, class: in.StorageClass, tagging: in.Tagging}
	st.keys = writeConditionKeys(in.IfMatch, in.IfNoneMatch)
	return s.mayStore(c, st)
}

// writeConditionKeys are the condition keys of a conditional write.
func writeConditionKeys(ifMatch, ifNoneMatch string) map[string][]string {
	keys := map[string][]string{}
	if ifMatch != "" {
		keys["s3:if-match"] = []string{ifMatch}
	}
	if ifNoneMatch != "" {
		keys["s3:if-none-match"] = []string{ifNoneMatch}
	}
	return keys
}

func (s *Service) mayCreateUpload(_ context.Context, c *aws.Call, in *CreateMultipartUploadInput) ([]service.Access, error) {
	return s.mayStore(c, storing{onObject: in.onObject, acl: in.aclHeaders, cipher: in.wantedCipher, class: in.StorageClass, tagging: in.Tagging})
}

func (s *Service) mayComplete(_ context.Context, c *aws.Call, in *CompleteMultipartUploadInput) ([]service.Access, error) {
	return s.mayStore(c, storing{onObject: in.onObject, keys: writeConditionKeys(in.IfMatch, in.IfNoneMatch)})
}

func (s *Service) mayUploadPart(_ context.Context, c *aws.Call, in *UploadPartInput) ([]service.Access, error) {
	return s.mayStore(c, storing{onObject: in.onObject})
}

// mayCopy authorises writing the copy and reading its source.
func (s *Service) mayCopy(c *aws.Call, in storing, from copySource) ([]service.Access, error) {
	in.copied = from.CopySource
	out, err := s.mayStore(c, in)
	if err != nil {
		return nil, err
	}
	src, err := parseCopySource(from.CopySource)
	if err != nil {
		return nil, err
	}
	b, err := s.bucketOf(onBucket{src.bucket, from.ExpectedSourceBucketOwner})
	if err != nil {
		return nil, err
	}
	action, keys := "GetObject", map[string][]string{}
	if src.version != "" {
		action, keys["s3:VersionId"] = "GetObjectVersion", []string{src.version}
	}
	if err := s.addTagKeys(keys, b, src.key, src.version); err != nil {
		return nil, err
	}
	return append(out, b.access(c, action, src.key, keys)), nil
}

func (s *Service) mayCopyObject(_ context.Context, c *aws.Call, in *CopyObjectInput) ([]service.Access, error) {
	st := storing{onObject: in.onObject, acl: in.aclHeaders, cipher: in.wantedCipher, class: in.StorageClass}
	if in.TaggingDirective == "REPLACE" {
		st.tagging = in.Tagging
	}
	st.keys = writeConditionKeys(in.IfMatch, in.IfNoneMatch)
	if in.MetadataDirective != "" {
		st.keys["s3:x-amz-metadata-directive"] = []string{in.MetadataDirective}
	}
	return s.mayCopy(c, st, in.copySource)
}

func (s *Service) mayCopyPart(_ context.Context, c *aws.Call, in *UploadPartCopyInput) ([]service.Access, error) {
	return s.mayCopy(c, storing{onObject: in.onObject}, in.copySource)
}

// mayAttributes authorises GetObjectAttributes, which is two actions.
func (s *Service) mayAttributes(ctx context.Context, c *aws.Call, in *GetObjectAttributesInput) ([]service.Access, error) {
	get, err := mayObject[GetObjectAttributesInput](s, "GetObject", "GetObjectVersion")(ctx, c, in)
	if err != nil {
		return nil, err
	}
	attr := get[0]
	attr.Action = strings.Replace(attr.Action, "GetObject", "GetObjectAttributes", 1)
	if strings.HasSuffix(attr.Action, "Version") {
		attr.Action = "s3:GetObjectVersionAttributes"
	}
	return append(get, attr), nil
}

// mayDeleteObjects authorises each deletion; what a handler is left with is
// what is allowed, so this asks the Authorizer one by one and never fails.
func (s *Service) mayDeleteObjects(_ context.Context, _ *aws.Call, in *DeleteObjectsInput) ([]service.Access, error) {
	_, err := s.bucketOf(in.onBucket)
	return nil, err
}

// mayCreateBucket authorises on the name alone: there is no bucket yet.
func (s *Service) mayCreateBucket(_ context.Context, _ *aws.Call, in *CreateBucketInput) ([]service.Access, error) {
	if !validBucketName(in.Bucket) {
		return nil, errInvalidBucketName(in.Bucket)
	}
	arn := aws.ARN("arn:aws:s3:::" + in.Bucket)
	keys := map[string][]string{}
	if conf := in.CreateBucketConfiguration; conf != nil && conf.LocationConstraint != "" {
		keys["s3:LocationConstraint"] = []string{conf.LocationConstraint}
	}
	if in.ACL != "" {
		keys["s3:x-amz-acl"] = []string{in.ACL}
	}
	out := []service.Access{{Action: "s3:CreateBucket", Resource: arn, Keys: keys}}
	if in.aclHeaders != (aclHeaders{}) {
		out = append(out, service.Access{Action: "s3:PutBucketAcl", Resource: arn, Keys: keys})
	}
	if in.ObjectOwnership != "" {
		out = append(out, service.Access{Action: "s3:PutBucketOwnershipControls", Resource: arn, Keys: keys})
	}
	return out, nil
}

func (s *Service) mayListBuckets(context.Context, *aws.Call, *ListBucketsInput) ([]service.Access, error) {
	return []service.Access{{Action: "s3:ListAllMyBuckets", Resource: "arn:aws:s3:::*"}}, nil
}

// unlessListing hides from callers that may not list the bucket that a key is
// missing.
func (s *Service) unlessListing(ctx context.Context, c *aws.Call, b *opened, e error) error {
	if s.Authorizer.Allowed(ctx, c, b.access(c, "ListBucket", "", nil)) {
		return e
	}
	return errAccessDenied()
}

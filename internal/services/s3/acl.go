package s3

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// The object ownership settings. Under ownerEnforced, the default, a bucket
// has no ACLs; under the others the only ACL here is "private", the owner's
// full control.
const (
	ownerEnforced  = "BucketOwnerEnforced"
	ownerPreferred = "BucketOwnerPreferred"
	objectWriter   = "ObjectWriter"
)

func validOwnership(o string) bool {
	return o == ownerEnforced || o == ownerPreferred || o == objectWriter
}

func (s *Service) putBucketOwnershipControls(_ context.Context, _ *aws.Call, in *PutBucketOwnershipControlsInput) (*Empty, error) {
	if in.OwnershipControls == nil || len(in.OwnershipControls.Rules) != 1 || !validOwnership(in.OwnershipControls.Rules[0].ObjectOwnership) {
		return nil, errMalformedXML()
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Ownership = in.OwnershipControls.Rules[0].ObjectOwnership
		return nil
	})
}

func (s *Service) getBucketOwnershipControls(_ context.Context, _ *aws.Call, in *GetBucketOwnershipControlsInput) (*GetBucketOwnershipControlsOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Ownership == "" {
		return nil, errNoOwnership(b.Name)
	}
	return &GetBucketOwnershipControlsOutput{&OwnershipControls{[]OwnershipControlsRule{{b.Ownership}}}}, nil
}

func (s *Service) deleteBucketOwnershipControls(_ context.Context, _ *aws.Call, in *DeleteBucketOwnershipControlsInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Ownership = ""
		return nil
	})
}

// private is the ACL of everything: the bucket's owner has full control.
func private(b *bucket) *AccessControlPolicy {
	owner := b.owner()
	return &AccessControlPolicy{
		Owner:  &owner,
		Grants: []Grant{{&Grantee{Type: "CanonicalUser", ID: owner.ID}, "FULL_CONTROL"}},
	}
}

func (s *Service) getBucketAcl(_ context.Context, _ *aws.Call, in *GetBucketAclInput) (*AccessControlPolicy, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	return private(&b.bucket), nil
}

func (s *Service) getObjectAcl(ctx context.Context, c *aws.Call, in *GetObjectAclInput) (*AccessControlPolicy, error) {
	b, _, err := s.existing(ctx, c, in.onObject, emptyIsNil(in.VersionId), "GET")
	if err != nil {
		return nil, err
	}
	return private(&b.bucket), nil
}

func (s *Service) putBucketAcl(_ context.Context, c *aws.Call, in *PutBucketAclInput) (*Empty, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	return &Empty{}, checkACL(c, &b.bucket, "s3:PutBucketAcl", string(b.arn()), in.aclHeaders, in.AccessControlPolicy)
}

func (s *Service) putObjectAcl(ctx context.Context, c *aws.Call, in *PutObjectAclInput) (*Empty, error) {
	b, _, err := s.existing(ctx, c, in.onObject, emptyIsNil(in.VersionId), "PUT")
	if err != nil {
		return nil, err
	}
	return &Empty{}, checkACL(c, &b.bucket, "s3:PutObjectAcl", string(b.arn())+"/"+in.Key, in.aclHeaders, in.AccessControlPolicy)
}

// checkACL accepts the ACL that everything has, and says of others what AWS
// would, or that they are not implemented.
func checkACL(c *aws.Call, b *bucket, action, resource string, h aclHeaders, doc *AccessControlPolicy) error {
	if h.ACL != "" && !cannedACLs[h.ACL] {
		return errArgument("x-amz-acl", h.ACL, "")
	}
	if ownersFullControl(b, h, doc) {
		return nil
	}
	if b.Ownership == ownerEnforced {
		return errACLNotSupported()
	}
	if b.Block != nil && b.Block.BlockPublicAcls && publicACL(h, doc) {
		return errBlocked(c, action, resource, "access control lists (ACLs)", "BlockPublicAcls")
	}
	return errNotImplemented("An ACL other than private")
}

// cannedACLs are the ACLs that have a name.
var cannedACLs = map[string]bool{
	"private": true, "public-read": true, "public-read-write": true, "authenticated-read": true, "aws-exec-read": true,
	"bucket-owner-read": true, "bucket-owner-full-control": true, "log-delivery-write": true,
}

// ownersFullControl reports whether an ACL says what is the case anyway.
func ownersFullControl(b *bucket, h aclHeaders, doc *AccessControlPolicy) bool {
	canned := h.ACL
	h.ACL = ""
	if h != (aclHeaders{}) {
		return false
	}
	if canned != "" || doc == nil {
		return canned == "" || canned == "bucket-owner-full-control" || canned == "private" && b.Ownership != ownerEnforced
	}
	id := canonicalID(b.Owner)
	return doc.Owner != nil && doc.Owner.ID == id && len(doc.Grants) == 1 &&
		doc.Grants[0].Grantee != nil && doc.Grants[0].Grantee.ID == id && doc.Grants[0].Permission == "FULL_CONTROL"
}

func publicACL(h aclHeaders, doc *AccessControlPolicy) bool {
	switch h.ACL {
	case "public-read", "public-read-write", "authenticated-read":
		return true
	}
	if doc == nil {
		return false
	}
	for _, g := range doc.Grants {
		if g.Grantee != nil && (g.Grantee.URI == groups+"AllUsers" || g.Grantee.URI == groups+"AuthenticatedUsers") {
			return true
		}
	}
	return false
}

const groups = "http://acs.amazonaws.com/groups/global/"

// checkNew checks the ACL that a bucket is created with.
func (h aclHeaders) checkNew(b *bucket) error {
	switch {
	case h == aclHeaders{} || h == aclHeaders{ACL: "private"}:
		return nil
	case h.ACL != "" && !cannedACLs[h.ACL]:
		return errArgument("x-amz-acl", h.ACL, "")
	case b.Ownership == ownerEnforced:
		return errOwnershipWithACL()
	}
	return errNotImplemented("An ACL other than private")
}

// checkPut checks the ACL that an object is uploaded with.
func (h aclHeaders) checkPut(c *aws.Call, b *bucket, key string) error {
	if h == (aclHeaders{}) {
		return nil
	}
	return checkACL(c, b, "s3:PutObject", string(b.arn())+"/"+key, h, nil)
}

package s3

import "time"

// S3 answers violations of its model with errors of its own, not with
// validation messages, so members carry hardly any constraints here: the
// handlers check them. Numbers and dates of a query or header are strings for
// the same reason.

// onBucket is what every request about a bucket carries.
type onBucket struct {
	Bucket              string `loc:"uri" required:""`
	ExpectedBucketOwner string `wire:"x-amz-expected-bucket-owner" loc:"header"`
}

// onObject is what every request about an object carries.
type onObject struct {
	onBucket
	Key string `loc:"uri" required:""`
}

// aclHeaders are the canned ACL and the grants of a request.
type aclHeaders struct {
	ACL              string `wire:"x-amz-acl" loc:"header"`
	GrantFullControl string `wire:"x-amz-grant-full-control" loc:"header"`
	GrantRead        string `wire:"x-amz-grant-read" loc:"header"`
	GrantReadACP     string `wire:"x-amz-grant-read-acp" loc:"header"`
	GrantWrite       string `wire:"x-amz-grant-write" loc:"header"`
	GrantWriteACP    string `wire:"x-amz-grant-write-acp" loc:"header"`
}

// CreateBucketInput is the input of CreateBucket.
type CreateBucketInput struct {
	_ struct{} `http:"PUT /{Bucket}"`
	onBucket
	aclHeaders
	CreateBucketConfiguration  *CreateBucketConfiguration `loc:"payload"`
	ObjectLockEnabledForBucket bool                       `wire:"x-amz-bucket-object-lock-enabled" loc:"header"`
	ObjectOwnership            string                     `wire:"x-amz-object-ownership" loc:"header"`
}

// CreateBucketConfiguration is where a bucket is made, and with which tags.
type CreateBucketConfiguration struct {
	LocationConstraint string
	Tags               []Tag `member:"Tag"`
}

// CreateBucketOutput is the output of CreateBucket.
type CreateBucketOutput struct {
	BucketArn string `wire:"x-amz-bucket-arn" loc:"header"`
	Location  string `loc:"header"`
}

// HeadBucketInput is the input of HeadBucket.
type HeadBucketInput struct {
	_ struct{} `http:"HEAD /{Bucket}"`
	onBucket
}

// HeadBucketOutput is the output of HeadBucket.
type HeadBucketOutput struct {
	AccessPointAlias bool   `wire:"x-amz-access-point-alias" loc:"header"`
	BucketArn        string `wire:"x-amz-bucket-arn" loc:"header"`
	BucketRegion     string `wire:"x-amz-bucket-region" loc:"header"`
}

// DeleteBucketInput is the input of DeleteBucket.
type DeleteBucketInput struct {
	_ struct{} `http:"DELETE /{Bucket}"`
	onBucket
}

// NoContent is the output of operations that have none.
type NoContent struct {
	_ struct{} `status:"204"`
}

// ListBucketsInput is the input of ListBuckets.
type ListBucketsInput struct {
	_                 struct{} `http:"GET /"`
	BucketRegion      string   `wire:"bucket-region" loc:"query"`
	ContinuationToken string   `wire:"continuation-token" loc:"query"`
	MaxBuckets        string   `wire:"max-buckets" loc:"query"`
	Prefix            string   `wire:"prefix" loc:"query"`
}

// ListBucketsOutput is the output of ListBuckets.
type ListBucketsOutput struct {
	_                 struct{} `root:"ListAllMyBucketsResult"`
	Owner             Owner
	Buckets           []Bucket `member:"Bucket"`
	ContinuationToken string
	Prefix            string
}

// Bucket is a bucket in a list.
type Bucket struct {
	Name         string
	CreationDate time.Time `ts:"iso8601"`
	BucketArn    string
	BucketRegion string
}

// Owner is an account.
type Owner struct{ ID string }

// GetBucketLocationInput is the input of GetBucketLocation.
type GetBucketLocationInput struct {
	_ struct{} `http:"GET /{Bucket}?location"`
	onBucket
}

// PutBucketVersioningInput is the input of PutBucketVersioning.
type PutBucketVersioningInput struct {
	_ struct{} `http:"PUT /{Bucket}?versioning"`
	onBucket
	VersioningConfiguration *VersioningConfiguration `loc:"payload"`
}

// VersioningConfiguration is a bucket's versioning.
type VersioningConfiguration struct {
	MFADelete string `wire:"MfaDelete"`
	Status    string
}

// GetBucketVersioningInput is the input of GetBucketVersioning.
type GetBucketVersioningInput struct {
	_ struct{} `http:"GET /{Bucket}?versioning"`
	onBucket
}

// GetBucketVersioningOutput is the output of GetBucketVersioning.
type GetBucketVersioningOutput struct {
	_      struct{} `root:"VersioningConfiguration"`
	Status string
}

// PutBucketPolicyInput is the input of PutBucketPolicy.
type PutBucketPolicyInput struct {
	_ struct{} `http:"PUT /{Bucket}?policy"`
	onBucket
	ConfirmRemoveSelfBucketAccess bool   `wire:"x-amz-confirm-remove-self-bucket-access" loc:"header"`
	Policy                        string `loc:"payload"`
}

// GetBucketPolicyInput is the input of GetBucketPolicy.
type GetBucketPolicyInput struct {
	_ struct{} `http:"GET /{Bucket}?policy"`
	onBucket
}

// GetBucketPolicyOutput is the output of GetBucketPolicy.
type GetBucketPolicyOutput struct {
	Policy string `loc:"payload"`
}

// DeleteBucketPolicyInput is the input of DeleteBucketPolicy.
type DeleteBucketPolicyInput struct {
	_ struct{} `http:"DELETE /{Bucket}?policy"`
	onBucket
}

// GetBucketPolicyStatusInput is the input of GetBucketPolicyStatus.
type GetBucketPolicyStatusInput struct {
	_ struct{} `http:"GET /{Bucket}?policyStatus"`
	onBucket
}

// GetBucketPolicyStatusOutput is the output of GetBucketPolicyStatus.
type GetBucketPolicyStatusOutput struct {
	PolicyStatus PolicyStatus `loc:"payload"`
}

// PolicyStatus says whether a bucket policy is public.
type PolicyStatus struct{ IsPublic bool }

// PutPublicAccessBlockInput is the input of PutPublicAccessBlock.
type PutPublicAccessBlockInput struct {
	_ struct{} `http:"PUT /{Bucket}?publicAccessBlock"`
	onBucket
	PublicAccessBlockConfiguration *PublicAccessBlock `loc:"payload"`
}

// PublicAccessBlock is what a bucket refuses whatever its policy says.
type PublicAccessBlock struct {
	BlockPublicAcls       bool
	IgnorePublicAcls      bool
	BlockPublicPolicy     bool
	RestrictPublicBuckets bool
}

// GetPublicAccessBlockInput is the input of GetPublicAccessBlock.
type GetPublicAccessBlockInput struct {
	_ struct{} `http:"GET /{Bucket}?publicAccessBlock"`
	onBucket
}

// GetPublicAccessBlockOutput is the output of GetPublicAccessBlock.
type GetPublicAccessBlockOutput struct {
	PublicAccessBlockConfiguration *PublicAccessBlock `loc:"payload"`
}

// DeletePublicAccessBlockInput is the input of DeletePublicAccessBlock.
type DeletePublicAccessBlockInput struct {
	_ struct{} `http:"DELETE /{Bucket}?publicAccessBlock"`
	onBucket
}

// PutBucketOwnershipControlsInput is the input of PutBucketOwnershipControls.
type PutBucketOwnershipControlsInput struct {
	_ struct{} `http:"PUT /{Bucket}?ownershipControls"`
	onBucket
	OwnershipControls *OwnershipControls `loc:"payload"`
}

// OwnershipControls says who owns what others upload.
type OwnershipControls struct {
	Rules []OwnershipControlsRule `wire:"Rule" flat:""`
}

// OwnershipControlsRule is the one rule of OwnershipControls.
type OwnershipControlsRule struct{ ObjectOwnership string }

// GetBucketOwnershipControlsInput is the input of GetBucketOwnershipControls.
type GetBucketOwnershipControlsInput struct {
	_ struct{} `http:"GET /{Bucket}?ownershipControls"`
	onBucket
}

// GetBucketOwnershipControlsOutput is the output of GetBucketOwnershipControls.
type GetBucketOwnershipControlsOutput struct {
	OwnershipControls *OwnershipControls `loc:"payload"`
}

// DeleteBucketOwnershipControlsInput is the input of DeleteBucketOwnershipControls.
type DeleteBucketOwnershipControlsInput struct {
	_ struct{} `http:"DELETE /{Bucket}?ownershipControls"`
	onBucket
}

// GetBucketAclInput is the input of GetBucketAcl.
type GetBucketAclInput struct {
	_ struct{} `http:"GET /{Bucket}?acl"`
	onBucket
}

// AccessControlPolicy is an ACL: input of the Put operations, output of the
// Get ones.
type AccessControlPolicy struct {
	_      struct{} `root:"AccessControlPolicy"`
	Owner  *Owner
	Grants []Grant `wire:"AccessControlList" member:"Grant"`
}

// Grant is one grant of an ACL.
type Grant struct {
	Grantee    *Grantee `xmlns:"xsi=http://www.w3.org/2001/XMLSchema-instance"`
	Permission string
}

// Grantee is whom a grant is for.
type Grantee struct {
	Type string `wire:"xsi:type" attr:""`
	ID   string
	URI  string
}

// GetObjectAclInput is the input of GetObjectAcl.
type GetObjectAclInput struct {
	_ struct{} `http:"GET /{Bucket}/{Key+}?acl"`
	onObject
	VersionId string `wire:"versionId" loc:"query"`
}

// PutBucketAclInput is the input of PutBucketAcl.
type PutBucketAclInput struct {
	_ struct{} `http:"PUT /{Bucket}?acl"`
	onBucket
	aclHeaders
	AccessControlPolicy *AccessControlPolicy `loc:"payload"`
}

// PutObjectAclInput is the input of PutObjectAcl.
type PutObjectAclInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}?acl"`
	onObject
	aclHeaders
	AccessControlPolicy *AccessControlPolicy `loc:"payload"`
	VersionId           string               `wire:"versionId" loc:"query"`
}

// Empty is the output of operations that answer 200 with nothing, and a
// document that says nothing.
type Empty struct{}

// PutBucketCorsInput is the input of PutBucketCors.
type PutBucketCorsInput struct {
	_ struct{} `http:"PUT /{Bucket}?cors"`
	onBucket
	CORSConfiguration *CORSConfiguration `loc:"payload"`
}

// CORSConfiguration is a bucket's cross-origin rules.
type CORSConfiguration struct {
	_         struct{}   `root:"CORSConfiguration"`
	CORSRules []CORSRule `wire:"CORSRule" flat:""`
}

// CORSRule is one cross-origin rule.
type CORSRule struct {
	ID             string
	AllowedHeaders []string `wire:"AllowedHeader" flat:""`
	AllowedMethods []string `wire:"AllowedMethod" flat:""`
	AllowedOrigins []string `wire:"AllowedOrigin" flat:""`
	ExposeHeaders  []string `wire:"ExposeHeader" flat:""`
	MaxAgeSeconds  *int32
}

// GetBucketCorsInput is the input of GetBucketCors.
type GetBucketCorsInput struct {
	_ struct{} `http:"GET /{Bucket}?cors"`
	onBucket
}

// DeleteBucketCorsInput is the input of DeleteBucketCors.
type DeleteBucketCorsInput struct {
	_ struct{} `http:"DELETE /{Bucket}?cors"`
	onBucket
}

// PutBucketWebsiteInput is the input of PutBucketWebsite.
type PutBucketWebsiteInput struct {
	_ struct{} `http:"PUT /{Bucket}?website"`
	onBucket
	WebsiteConfiguration *WebsiteConfiguration `loc:"payload"`
}

// WebsiteConfiguration makes a bucket a static website.
type WebsiteConfiguration struct {
	_                     struct{} `root:"WebsiteConfiguration"`
	RedirectAllRequestsTo *RedirectAllRequestsTo
	IndexDocument         *IndexDocument
	ErrorDocument         *ErrorDocument
	RoutingRules          []RoutingRule `member:"RoutingRule"`
}

// RedirectAllRequestsTo sends every visitor elsewhere.
type RedirectAllRequestsTo struct{ HostName, Protocol string }

// IndexDocument answers for what ends in a slash.
type IndexDocument struct{ Suffix string }

// ErrorDocument answers for what cannot be had.
type ErrorDocument struct{ Key string }

// RoutingRule redirects what meets its condition.
type RoutingRule struct {
	Condition *Condition
	Redirect  *Redirect
}

// Condition is when a routing rule applies.
type Condition struct{ HttpErrorCodeReturnedEquals, KeyPrefixEquals string }

// Redirect is where a routing rule leads.
type Redirect struct {
	HostName, HttpRedirectCode, Protocol string
	ReplaceKeyPrefixWith, ReplaceKeyWith *string
}

// GetBucketWebsiteInput is the input of GetBucketWebsite.
type GetBucketWebsiteInput struct {
	_ struct{} `http:"GET /{Bucket}?website"`
	onBucket
}

// DeleteBucketWebsiteInput is the input of DeleteBucketWebsite.
type DeleteBucketWebsiteInput struct {
	_ struct{} `http:"DELETE /{Bucket}?website"`
	onBucket
}

// Tagging is a set of tags.
type Tagging struct {
	_      struct{} `root:"Tagging"`
	TagSet []Tag    `member:"Tag"`
}

// Tag is one tag.
type Tag struct{ Key, Value string }

// PutBucketTaggingInput is the input of PutBucketTagging.
type PutBucketTaggingInput struct {
	_ struct{} `http:"PUT /{Bucket}?tagging"`
	onBucket
	Tagging *Tagging `loc:"payload"`
}

// GetBucketTaggingInput is the input of GetBucketTagging.
type GetBucketTaggingInput struct {
	_ struct{} `http:"GET /{Bucket}?tagging"`
	onBucket
}

// DeleteBucketTaggingInput is the input of DeleteBucketTagging.
type DeleteBucketTaggingInput struct {
	_ struct{} `http:"DELETE /{Bucket}?tagging"`
	onBucket
}

// PutBucketEncryptionInput is the input of PutBucketEncryption.
type PutBucketEncryptionInput struct {
	_ struct{} `http:"PUT /{Bucket}?encryption"`
	onBucket
	ServerSideEncryptionConfiguration *ServerSideEncryptionConfiguration `loc:"payload"`
}

// ServerSideEncryptionConfiguration is a bucket's default encryption.
type ServerSideEncryptionConfiguration struct {
	Rules []ServerSideEncryptionRule `wire:"Rule" flat:""`
}

// ServerSideEncryptionRule is the one rule of a default encryption.
type ServerSideEncryptionRule struct {
	ApplyServerSideEncryptionByDefault *ServerSideEncryptionByDefault
	BucketKeyEnabled                   bool
}

// ServerSideEncryptionByDefault names an algorithm and a key.
type ServerSideEncryptionByDefault struct{ SSEAlgorithm, KMSMasterKeyID string }

// GetBucketEncryptionInput is the input of GetBucketEncryption.
type GetBucketEncryptionInput struct {
	_ struct{} `http:"GET /{Bucket}?encryption"`
	onBucket
}

// GetBucketEncryptionOutput is the output of GetBucketEncryption.
type GetBucketEncryptionOutput struct {
	ServerSideEncryptionConfiguration ServerSideEncryptionConfiguration `loc:"payload"`
}

// DeleteBucketEncryptionInput is the input of DeleteBucketEncryption.
type DeleteBucketEncryptionInput struct {
	_ struct{} `http:"DELETE /{Bucket}?encryption"`
	onBucket
}

// GetBucketAccelerateConfigurationInput is the input of GetBucketAccelerateConfiguration.
type GetBucketAccelerateConfigurationInput struct {
	_ struct{} `http:"GET /{Bucket}?accelerate"`
	onBucket
}

// GetBucketAccelerateConfigurationOutput is the output of GetBucketAccelerateConfiguration.
type GetBucketAccelerateConfigurationOutput struct {
	AccelerateConfiguration Empty `loc:"payload"`
}

// GetBucketRequestPaymentInput is the input of GetBucketRequestPayment.
type GetBucketRequestPaymentInput struct {
	_ struct{} `http:"GET /{Bucket}?requestPayment"`
	onBucket
}

// RequestPaymentConfiguration says who pays.
type RequestPaymentConfiguration struct {
	_     struct{} `root:"RequestPaymentConfiguration"`
	Payer string
}

// GetBucketLoggingInput is the input of GetBucketLogging.
type GetBucketLoggingInput struct {
	_ struct{} `http:"GET /{Bucket}?logging"`
	onBucket
}

// GetBucketLoggingOutput is the output of GetBucketLogging.
type GetBucketLoggingOutput struct {
	BucketLoggingStatus Empty `loc:"payload"`
}

// GetBucketLifecycleConfigurationInput is the input of GetBucketLifecycleConfiguration.
type GetBucketLifecycleConfigurationInput struct {
	_ struct{} `http:"GET /{Bucket}?lifecycle"`
	onBucket
}

// GetBucketReplicationInput is the input of GetBucketReplication.
type GetBucketReplicationInput struct {
	_ struct{} `http:"GET /{Bucket}?replication"`
	onBucket
}

// GetObjectLockConfigurationInput is the input of GetObjectLockConfiguration.
type GetObjectLockConfigurationInput struct {
	_ struct{} `http:"GET /{Bucket}?object-lock"`
	onBucket
}

// GetBucketLocationOutput is the output of GetBucketLocation.
type GetBucketLocationOutput struct {
	LocationConstraint string `loc:"payload" xmlns:"http://s3.amazonaws.com/doc/2006-03-01/"`
}

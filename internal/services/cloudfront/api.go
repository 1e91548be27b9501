package cloudfront

import "time"

// The shapes of the operations we implement, member for member as AWS names
// them. A member we do not act on is left out, so that the gateway reports it.

type CreateDistributionInput struct {
	_                  struct{}           `http:"POST /2020-05-31/distribution"`
	DistributionConfig DistributionConfig `loc:"payload" required:""`
}

type CreateDistributionOutput struct {
	_            struct{}      `status:"201"`
	Distribution *Distribution `loc:"payload"`
	ETag         string        `loc:"header"`
	Location     string        `loc:"header"`
}

type CreateDistributionWithTagsInput struct {
	_                          struct{}                   `http:"POST /2020-05-31/distribution?WithTags"`
	DistributionConfigWithTags DistributionConfigWithTags `loc:"payload" required:""`
}

type CreateDistributionWithTagsOutput struct {
	_            struct{}      `status:"201"`
	Distribution *Distribution `loc:"payload"`
	ETag         string        `loc:"header"`
	Location     string        `loc:"header"`
}

type GetDistributionInput struct {
	_  struct{} `http:"GET /2020-05-31/distribution/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetDistributionOutput struct {
	Distribution *Distribution `loc:"payload"`
	ETag         string        `loc:"header"`
}

type GetDistributionConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/distribution/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetDistributionConfigOutput struct {
	DistributionConfig *DistributionConfig `loc:"payload"`
	ETag               string              `loc:"header"`
}

type UpdateDistributionInput struct {
	_                  struct{}           `http:"PUT /2020-05-31/distribution/{Id}/config"`
	DistributionConfig DistributionConfig `loc:"payload" required:""`
	Id                 string             `loc:"uri" required:""`
	IfMatch            string             `wire:"If-Match" loc:"header"`
}

type UpdateDistributionOutput struct {
	Distribution *Distribution `loc:"payload"`
	ETag         string        `loc:"header"`
}

type DeleteDistributionInput struct {
	_       struct{} `http:"DELETE /2020-05-31/distribution/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteDistributionOutput struct {
	_ struct{} `status:"204"`
}

type ListDistributionsInput struct {
	_        struct{} `http:"GET /2020-05-31/distribution"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
}

type ListDistributionsOutput struct {
	DistributionList *DistributionList `loc:"payload"`
}

type TagResourceInput struct {
	_        struct{} `http:"POST /2020-05-31/tagging?Operation=Tag"`
	Resource string   `loc:"query" required:"" pattern:"arn:aws(-cn)?:cloudfront::[0-9]+:.*"`
	Tags     Tags     `loc:"payload" required:""`
}

type TagResourceOutput struct {
	_ struct{} `status:"204"`
}

type UntagResourceInput struct {
	_        struct{} `http:"POST /2020-05-31/tagging?Operation=Untag"`
	Resource string   `loc:"query" required:"" pattern:"arn:aws(-cn)?:cloudfront::[0-9]+:.*"`
	TagKeys  TagKeys  `loc:"payload" required:""`
}

type UntagResourceOutput struct {
	_ struct{} `status:"204"`
}

type ListTagsForResourceInput struct {
	_        struct{} `http:"GET /2020-05-31/tagging"`
	Resource string   `loc:"query" required:"" pattern:"arn:aws(-cn)?:cloudfront::[0-9]+:.*"`
}

type ListTagsForResourceOutput struct {
	Tags Tags `loc:"payload"`
}

type CreateInvalidationInput struct {
	_                 struct{}          `http:"POST /2020-05-31/distribution/{DistributionId}/invalidation"`
	DistributionId    string            `loc:"uri" required:""`
	InvalidationBatch InvalidationBatch `loc:"payload" required:""`
}

type CreateInvalidationOutput struct {
	_            struct{}      `status:"201"`
	Invalidation *Invalidation `loc:"payload"`
	Location     string        `loc:"header"`
}

type GetInvalidationInput struct {
	_              struct{} `http:"GET /2020-05-31/distribution/{DistributionId}/invalidation/{Id}"`
	DistributionId string   `loc:"uri" required:""`
	Id             string   `loc:"uri" required:""`
}

type GetInvalidationOutput struct {
	Invalidation *Invalidation `loc:"payload"`
}

type ListInvalidationsInput struct {
	_              struct{} `http:"GET /2020-05-31/distribution/{DistributionId}/invalidation"`
	DistributionId string   `loc:"uri" required:""`
	Marker         string   `loc:"query"`
	MaxItems       string   `loc:"query"`
}

type ListInvalidationsOutput struct {
	InvalidationList *InvalidationList `loc:"payload"`
}

type CreateOriginAccessControlInput struct {
	_                         struct{}                  `http:"POST /2020-05-31/origin-access-control"`
	OriginAccessControlConfig OriginAccessControlConfig `loc:"payload" required:""`
}

type CreateOriginAccessControlOutput struct {
	_                   struct{}             `status:"201"`
	ETag                string               `loc:"header"`
	Location            string               `loc:"header"`
	OriginAccessControl *OriginAccessControl `loc:"payload"`
}

type GetOriginAccessControlInput struct {
	_  struct{} `http:"GET /2020-05-31/origin-access-control/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetOriginAccessControlOutput struct {
	ETag                string               `loc:"header"`
	OriginAccessControl *OriginAccessControl `loc:"payload"`
}

type GetOriginAccessControlConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/origin-access-control/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetOriginAccessControlConfigOutput struct {
	ETag                      string                     `loc:"header"`
	OriginAccessControlConfig *OriginAccessControlConfig `loc:"payload"`
}

type UpdateOriginAccessControlInput struct {
	_                         struct{}                  `http:"PUT /2020-05-31/origin-access-control/{Id}/config"`
	Id                        string                    `loc:"uri" required:""`
	IfMatch                   string                    `wire:"If-Match" loc:"header"`
	OriginAccessControlConfig OriginAccessControlConfig `loc:"payload" required:""`
}

type UpdateOriginAccessControlOutput struct {
	ETag                string               `loc:"header"`
	OriginAccessControl *OriginAccessControl `loc:"payload"`
}

type DeleteOriginAccessControlInput struct {
	_       struct{} `http:"DELETE /2020-05-31/origin-access-control/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteOriginAccessControlOutput struct {
	_ struct{} `status:"204"`
}

type ListOriginAccessControlsInput struct {
	_        struct{} `http:"GET /2020-05-31/origin-access-control"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
}

type ListOriginAccessControlsOutput struct {
	OriginAccessControlList *OriginAccessControlList `loc:"payload"`
}

type CreateCachePolicyInput struct {
	_                 struct{}          `http:"POST /2020-05-31/cache-policy"`
	CachePolicyConfig CachePolicyConfig `loc:"payload" required:""`
}

type CreateCachePolicyOutput struct {
	_           struct{}     `status:"201"`
	CachePolicy *CachePolicy `loc:"payload"`
	ETag        string       `loc:"header"`
	Location    string       `loc:"header"`
}

type GetCachePolicyInput struct {
	_  struct{} `http:"GET /2020-05-31/cache-policy/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetCachePolicyOutput struct {
	CachePolicy *CachePolicy `loc:"payload"`
	ETag        string       `loc:"header"`
}

type GetCachePolicyConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/cache-policy/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetCachePolicyConfigOutput struct {
	CachePolicyConfig *CachePolicyConfig `loc:"payload"`
	ETag              string             `loc:"header"`
}

type UpdateCachePolicyInput struct {
	_                 struct{}          `http:"PUT /2020-05-31/cache-policy/{Id}"`
	CachePolicyConfig CachePolicyConfig `loc:"payload" required:""`
	Id                string            `loc:"uri" required:""`
	IfMatch           string            `wire:"If-Match" loc:"header"`
}

type UpdateCachePolicyOutput struct {
	CachePolicy *CachePolicy `loc:"payload"`
	ETag        string       `loc:"header"`
}

type DeleteCachePolicyInput struct {
	_       struct{} `http:"DELETE /2020-05-31/cache-policy/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteCachePolicyOutput struct {
	_ struct{} `status:"204"`
}

type ListCachePoliciesInput struct {
	_        struct{} `http:"GET /2020-05-31/cache-policy"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
	Type     string   `loc:"query" enum:"managed|custom"`
}

type ListCachePoliciesOutput struct {
	CachePolicyList *CachePolicyList `loc:"payload"`
}

type CreateOriginRequestPolicyInput struct {
	_                         struct{}                  `http:"POST /2020-05-31/origin-request-policy"`
	OriginRequestPolicyConfig OriginRequestPolicyConfig `loc:"payload" required:""`
}

type CreateOriginRequestPolicyOutput struct {
	_                   struct{}             `status:"201"`
	ETag                string               `loc:"header"`
	Location            string               `loc:"header"`
	OriginRequestPolicy *OriginRequestPolicy `loc:"payload"`
}

type GetOriginRequestPolicyInput struct {
	_  struct{} `http:"GET /2020-05-31/origin-request-policy/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetOriginRequestPolicyOutput struct {
	ETag                string               `loc:"header"`
	OriginRequestPolicy *OriginRequestPolicy `loc:"payload"`
}

type GetOriginRequestPolicyConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/origin-request-policy/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetOriginRequestPolicyConfigOutput struct {
	ETag                      string                     `loc:"header"`
	OriginRequestPolicyConfig *OriginRequestPolicyConfig `loc:"payload"`
}

type UpdateOriginRequestPolicyInput struct {
	_                         struct{}                  `http:"PUT /2020-05-31/origin-request-policy/{Id}"`
	Id                        string                    `loc:"uri" required:""`
	IfMatch                   string                    `wire:"If-Match" loc:"header"`
	OriginRequestPolicyConfig OriginRequestPolicyConfig `loc:"payload" required:""`
}

type UpdateOriginRequestPolicyOutput struct {
	ETag                string               `loc:"header"`
	OriginRequestPolicy *OriginRequestPolicy `loc:"payload"`
}

type DeleteOriginRequestPolicyInput struct {
	_       struct{} `http:"DELETE /2020-05-31/origin-request-policy/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteOriginRequestPolicyOutput struct {
	_ struct{} `status:"204"`
}

type ListOriginRequestPoliciesInput struct {
	_        struct{} `http:"GET /2020-05-31/origin-request-policy"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
	Type     string   `loc:"query" enum:"managed|custom"`
}

type ListOriginRequestPoliciesOutput struct {
	OriginRequestPolicyList *OriginRequestPolicyList `loc:"payload"`
}

type CreateResponseHeadersPolicyInput struct {
	_                           struct{}                    `http:"POST /2020-05-31/response-headers-policy"`
	ResponseHeadersPolicyConfig ResponseHeadersPolicyConfig `loc:"payload" required:""`
}

type CreateResponseHeadersPolicyOutput struct {
	_                     struct{}               `status:"201"`
	ETag                  string                 `loc:"header"`
	Location              string                 `loc:"header"`
	ResponseHeadersPolicy *ResponseHeadersPolicy `loc:"payload"`
}

type GetResponseHeadersPolicyInput struct {
	_  struct{} `http:"GET /2020-05-31/response-headers-policy/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetResponseHeadersPolicyOutput struct {
	ETag                  string                 `loc:"header"`
	ResponseHeadersPolicy *ResponseHeadersPolicy `loc:"payload"`
}

type GetResponseHeadersPolicyConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/response-headers-policy/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetResponseHeadersPolicyConfigOutput struct {
	ETag                        string                       `loc:"header"`
	ResponseHeadersPolicyConfig *ResponseHeadersPolicyConfig `loc:"payload"`
}

type UpdateResponseHeadersPolicyInput struct {
	_                           struct{}                    `http:"PUT /2020-05-31/response-headers-policy/{Id}"`
	Id                          string                      `loc:"uri" required:""`
	IfMatch                     string                      `wire:"If-Match" loc:"header"`
	ResponseHeadersPolicyConfig ResponseHeadersPolicyConfig `loc:"payload" required:""`
}

type UpdateResponseHeadersPolicyOutput struct {
	ETag                  string                 `loc:"header"`
	ResponseHeadersPolicy *ResponseHeadersPolicy `loc:"payload"`
}

type DeleteResponseHeadersPolicyInput struct {
	_       struct{} `http:"DELETE /2020-05-31/response-headers-policy/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteResponseHeadersPolicyOutput struct {
	_ struct{} `status:"204"`
}

type ListResponseHeadersPoliciesInput struct {
	_        struct{} `http:"GET /2020-05-31/response-headers-policy"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
	Type     string   `loc:"query" enum:"managed|custom"`
}

type ListResponseHeadersPoliciesOutput struct {
	ResponseHeadersPolicyList *ResponseHeadersPolicyList `loc:"payload"`
}

type CreatePublicKeyInput struct {
	_               struct{}        `http:"POST /2020-05-31/public-key"`
	PublicKeyConfig PublicKeyConfig `loc:"payload" required:""`
}

type CreatePublicKeyOutput struct {
	_         struct{}   `status:"201"`
	ETag      string     `loc:"header"`
	Location  string     `loc:"header"`
	PublicKey *PublicKey `loc:"payload"`
}

type GetPublicKeyInput struct {
	_  struct{} `http:"GET /2020-05-31/public-key/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetPublicKeyOutput struct {
	ETag      string     `loc:"header"`
	PublicKey *PublicKey `loc:"payload"`
}

type GetPublicKeyConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/public-key/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetPublicKeyConfigOutput struct {
	ETag            string           `loc:"header"`
	PublicKeyConfig *PublicKeyConfig `loc:"payload"`
}

type UpdatePublicKeyInput struct {
	_               struct{}        `http:"PUT /2020-05-31/public-key/{Id}/config"`
	Id              string          `loc:"uri" required:""`
	IfMatch         string          `wire:"If-Match" loc:"header"`
	PublicKeyConfig PublicKeyConfig `loc:"payload" required:""`
}

type UpdatePublicKeyOutput struct {
	ETag      string     `loc:"header"`
	PublicKey *PublicKey `loc:"payload"`
}

type DeletePublicKeyInput struct {
	_       struct{} `http:"DELETE /2020-05-31/public-key/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeletePublicKeyOutput struct {
	_ struct{} `status:"204"`
}

type ListPublicKeysInput struct {
	_        struct{} `http:"GET /2020-05-31/public-key"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
}

type ListPublicKeysOutput struct {
	PublicKeyList *PublicKeyList `loc:"payload"`
}

type CreateKeyGroupInput struct {
	_              struct{}       `http:"POST /2020-05-31/key-group"`
	KeyGroupConfig KeyGroupConfig `loc:"payload" required:""`
}

type CreateKeyGroupOutput struct {
	_        struct{}  `status:"201"`
	ETag     string    `loc:"header"`
	KeyGroup *KeyGroup `loc:"payload"`
	Location string    `loc:"header"`
}

type GetKeyGroupInput struct {
	_  struct{} `http:"GET /2020-05-31/key-group/{Id}"`
	Id string   `loc:"uri" required:""`
}

type GetKeyGroupOutput struct {
	ETag     string    `loc:"header"`
	KeyGroup *KeyGroup `loc:"payload"`
}

type GetKeyGroupConfigInput struct {
	_  struct{} `http:"GET /2020-05-31/key-group/{Id}/config"`
	Id string   `loc:"uri" required:""`
}

type GetKeyGroupConfigOutput struct {
	ETag           string          `loc:"header"`
	KeyGroupConfig *KeyGroupConfig `loc:"payload"`
}

type UpdateKeyGroupInput struct {
	_              struct{}       `http:"PUT /2020-05-31/key-group/{Id}"`
	Id             string         `loc:"uri" required:""`
	IfMatch        string         `wire:"If-Match" loc:"header"`
	KeyGroupConfig KeyGroupConfig `loc:"payload" required:""`
}

type UpdateKeyGroupOutput struct {
	ETag     string    `loc:"header"`
	KeyGroup *KeyGroup `loc:"payload"`
}

type DeleteKeyGroupInput struct {
	_       struct{} `http:"DELETE /2020-05-31/key-group/{Id}"`
	Id      string   `loc:"uri" required:""`
	IfMatch string   `wire:"If-Match" loc:"header"`
}

type DeleteKeyGroupOutput struct {
	_ struct{} `status:"204"`
}

type ListKeyGroupsInput struct {
	_        struct{} `http:"GET /2020-05-31/key-group"`
	Marker   string   `loc:"query"`
	MaxItems string   `loc:"query"`
}

type ListKeyGroupsOutput struct {
	KeyGroupList *KeyGroupList `loc:"payload"`
}

type DistributionConfig struct {
	Aliases                      *Aliases
	CacheBehaviors               *CacheBehaviors
	CallerReference              string  `required:""`
	Comment                      *string `required:"" sensitive:""`
	ContinuousDeploymentPolicyId *string
	CustomErrorResponses         *CustomErrorResponses
	DefaultCacheBehavior         DefaultCacheBehavior `required:""`
	DefaultRootObject            *string
	Enabled                      bool   `required:""`
	HttpVersion                  string `enum:"http1.1|http2|http3|http2and3"`
	IsIPV6Enabled                *bool
	Logging                      *LoggingConfig
	OriginGroups                 *OriginGroups
	Origins                      Origins `required:""`
	PriceClass                   string  `enum:"PriceClass_100|PriceClass_200|PriceClass_All|None"`
	Restrictions                 *Restrictions
	Staging                      *bool
	ViewerCertificate            *ViewerCertificate
	WebACLId                     *string
}

type Distribution struct {
	ARN                           string
	ActiveTrustedKeyGroups        *ActiveTrustedKeyGroups
	ActiveTrustedSigners          *ActiveTrustedSigners
	DistributionConfig            DistributionConfig
	DomainName                    string
	Id                            string
	InProgressInvalidationBatches int32
	LastModifiedTime              time.Time
	Status                        string
}

type DistributionConfigWithTags struct {
	DistributionConfig DistributionConfig `required:""`
	Tags               Tags               `required:""`
}

type DistributionList struct {
	IsTruncated bool
	Items       []DistributionSummary `member:"DistributionSummary"`
	Marker      string
	MaxItems    int32
	NextMarker  string
	Quantity    int32
}

type Tags struct {
	Items []Tag `member:"Tag"`
}

type TagKeys struct {
	Items []string `member:"Key" elemlen:"1,128" elempattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
}

type InvalidationBatch struct {
	CallerReference string `required:""`
	Paths           Paths  `required:""`
}

type Invalidation struct {
	CreateTime        time.Time
	Id                string
	InvalidationBatch InvalidationBatch
	Status            string
}

type InvalidationList struct {
	IsTruncated bool
	Items       []InvalidationSummary `member:"InvalidationSummary"`
	Marker      string
	MaxItems    int32
	NextMarker  string
	Quantity    int32
}

type OriginAccessControlConfig struct {
	Description                   string
	Name                          string `required:""`
	OriginAccessControlOriginType string `required:"" enum:"s3|mediastore|mediapackagev2|lambda"`
	SigningBehavior               string `required:"" enum:"never|always|no-override"`
	SigningProtocol               string `required:"" enum:"sigv4"`
}

type OriginAccessControl struct {
	Id                        string
	OriginAccessControlConfig *OriginAccessControlConfig
}

type OriginAccessControlList struct {
	IsTruncated bool
	Items       []OriginAccessControlSummary `member:"OriginAccessControlSummary"`
	Marker      string
	MaxItems    int32
	NextMarker  string
	Quantity    int32
}

type CachePolicyConfig struct {
	Comment                                  string
	DefaultTTL                               *int64
	MaxTTL                                   *int64
	MinTTL                                   int64  `required:""`
	Name                                     string `required:""`
	ParametersInCacheKeyAndForwardedToOrigin *ParametersInCacheKeyAndForwardedToOrigin
}

type CachePolicy struct {
	CachePolicyConfig CachePolicyConfig
	Id                string
	LastModifiedTime  time.Time
}

type CachePolicyList struct {
	Items      []CachePolicySummary `member:"CachePolicySummary"`
	MaxItems   int32
	NextMarker string
	Quantity   int32
}

type OriginRequestPolicyConfig struct {
	Comment            string
	CookiesConfig      OriginRequestPolicyCookiesConfig      `required:""`
	HeadersConfig      OriginRequestPolicyHeadersConfig      `required:""`
	Name               string                                `required:""`
	QueryStringsConfig OriginRequestPolicyQueryStringsConfig `required:""`
}

type OriginRequestPolicy struct {
	Id                        string
	LastModifiedTime          time.Time
	OriginRequestPolicyConfig OriginRequestPolicyConfig
}

type OriginRequestPolicyList struct {
	Items      []OriginRequestPolicySummary `member:"OriginRequestPolicySummary"`
	MaxItems   int32
	NextMarker string
	Quantity   int32
}

type ResponseHeadersPolicyConfig struct {
	Comment                   string
	CorsConfig                *ResponseHeadersPolicyCorsConfig
	CustomHeadersConfig       *ResponseHeadersPolicyCustomHeadersConfig
	Name                      string `required:""`
	RemoveHeadersConfig       *ResponseHeadersPolicyRemoveHeadersConfig
	SecurityHeadersConfig     *ResponseHeadersPolicySecurityHeadersConfig
	ServerTimingHeadersConfig *ResponseHeadersPolicyServerTimingHeadersConfig
}

type ResponseHeadersPolicy struct {
	Id                          string
	LastModifiedTime            time.Time
	ResponseHeadersPolicyConfig ResponseHeadersPolicyConfig
}

type ResponseHeadersPolicyList struct {
	Items      []ResponseHeadersPolicySummary `member:"ResponseHeadersPolicySummary"`
	MaxItems   int32
	NextMarker string
	Quantity   int32
}

type PublicKeyConfig struct {
	CallerReference string `required:""`
	Comment         string
	EncodedKey      string `required:""`
	Name            string `required:""`
}

type PublicKey struct {
	CreatedTime     time.Time
	Id              string
	PublicKeyConfig PublicKeyConfig
}

type PublicKeyList struct {
	Items      []PublicKeySummary `member:"PublicKeySummary"`
	MaxItems   int32
	NextMarker string
	Quantity   int32
}

type KeyGroupConfig struct {
	Comment string
	Items   []string `member:"PublicKey" required:""`
	Name    string   `required:""`
}

type KeyGroup struct {
	Id               string
	KeyGroupConfig   KeyGroupConfig
	LastModifiedTime time.Time
}

type KeyGroupList struct {
	Items      []KeyGroupSummary `member:"KeyGroupSummary"`
	MaxItems   int32
	NextMarker string
	Quantity   int32
}

type Aliases struct {
	Items    []string `member:"CNAME"`
	Quantity int32    `required:""`
}

type CacheBehaviors struct {
	Items    []CacheBehavior `member:"CacheBehavior"`
	Quantity int32           `required:""`
}

type CustomErrorResponses struct {
	Items    []CustomErrorResponse `member:"CustomErrorResponse"`
	Quantity int32                 `required:""`
}

type DefaultCacheBehavior struct{ Behavior }

// Behavior is what the default behavior and those of path patterns share.
type Behavior struct {
	AllowedMethods             *AllowedMethods
	CachePolicyId              string
	Compress                   *bool
	DefaultTTL                 *int64
	FieldLevelEncryptionId     *string
	ForwardedValues            *ForwardedValues
	FunctionAssociations       *FunctionAssociations
	GrpcConfig                 *GrpcConfig
	LambdaFunctionAssociations *LambdaFunctionAssociations
	MaxTTL                     *int64
	MinTTL                     *int64
	OriginRequestPolicyId      string
	ResponseHeadersPolicyId    string
	SmoothStreaming            *bool
	TargetOriginId             string `required:""`
	TrustedKeyGroups           *TrustedKeyGroups
	TrustedSigners             *TrustedSigners
	ViewerProtocolPolicy       string `required:"" enum:"allow-all|https-only|redirect-to-https"`
}

type LoggingConfig struct {
	Bucket         *string
	Enabled        *bool
	IncludeCookies *bool
	Prefix         *string
}

type OriginGroups struct {
	Items    []OriginGroup `member:"OriginGroup"`
	Quantity int32         `required:""`
}

type Origins struct {
	Items    []Origin `member:"Origin" required:"" len:"1,"`
	Quantity int32    `required:""`
}

type Restrictions struct {
	GeoRestriction GeoRestriction `required:""`
}

type ViewerCertificate struct {
	ACMCertificateArn            string
	CloudFrontDefaultCertificate *bool
	IAMCertificateId             *string `len:"0,32"`
	MinimumProtocolVersion       string  `enum:"SSLv3|TLSv1|TLSv1_2016|TLSv1.1_2016|TLSv1.2_2018|TLSv1.2_2019|TLSv1.2_2021|TLSv1.3_2025|TLSv1.2_2025"`
	SSLSupportMethod             string  `enum:"sni-only|vip|static-ip"`
}

type ActiveTrustedKeyGroups struct {
	Enabled  bool
	Items    []KGKeyPairIds `member:"KeyGroup"`
	Quantity int32
}

type ActiveTrustedSigners struct {
	Enabled  bool
	Items    []Signer `member:"Signer"`
	Quantity int32
}

type DistributionSummary struct {
	ARN                  string
	Aliases              Aliases
	CacheBehaviors       CacheBehaviors
	Comment              *string
	CustomErrorResponses CustomErrorResponses
	DefaultCacheBehavior DefaultCacheBehavior
	DomainName           string
	ETag                 string
	Enabled              bool
	HttpVersion          string
	Id                   string
	IsIPV6Enabled        bool
	LastModifiedTime     time.Time
	OriginGroups         *OriginGroups
	Origins              Origins
	PriceClass           string
	Restrictions         Restrictions
	Staging              bool
	Status               string
	ViewerCertificate    ViewerCertificate
	WebACLId             *string
}

type Tag struct {
	Key   string  `required:"" len:"1,128" pattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
	Value *string `len:"0,256" pattern:"([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)"`
}

type Paths struct {
	Items    []string `member:"Path"`
	Quantity int32    `required:""`
}

type InvalidationSummary struct {
	CreateTime time.Time
	Id         string
	Status     string
}

type OriginAccessControlSummary struct {
	Description                   string
	Id                            string
	Name                          string
	OriginAccessControlOriginType string
	SigningBehavior               string
	SigningProtocol               string
}

type ParametersInCacheKeyAndForwardedToOrigin struct {
	CookiesConfig              CachePolicyCookiesConfig `required:""`
	EnableAcceptEncodingBrotli *bool
	EnableAcceptEncodingGzip   bool                          `required:""`
	HeadersConfig              CachePolicyHeadersConfig      `required:""`
	QueryStringsConfig         CachePolicyQueryStringsConfig `required:""`
}

type CachePolicySummary struct {
	CachePolicy CachePolicy
	Type        string
}

type OriginRequestPolicyCookiesConfig struct {
	CookieBehavior string `required:"" enum:"none|whitelist|all|allExcept"`
	Cookies        *CookieNames
}

type OriginRequestPolicyHeadersConfig struct {
	HeaderBehavior string `required:"" enum:"none|whitelist|allViewer|allViewerAndWhitelistCloudFront|allExcept"`
	Headers        *Headers
}

type OriginRequestPolicyQueryStringsConfig struct {
	QueryStringBehavior string `required:"" enum:"none|whitelist|all|allExcept"`
	QueryStrings        *QueryStringNames
}

type OriginRequestPolicySummary struct {
	OriginRequestPolicy OriginRequestPolicy
	Type                string
}

type ResponseHeadersPolicyCorsConfig struct {
	AccessControlAllowCredentials bool                                           `required:""`
	AccessControlAllowHeaders     ResponseHeadersPolicyAccessControlAllowHeaders `required:""`
	AccessControlAllowMethods     ResponseHeadersPolicyAccessControlAllowMethods `required:""`
	AccessControlAllowOrigins     ResponseHeadersPolicyAccessControlAllowOrigins `required:""`
	AccessControlExposeHeaders    *ResponseHeadersPolicyAccessControlExposeHeaders
	AccessControlMaxAgeSec        *int32
	OriginOverride                bool `required:""`
}

type ResponseHeadersPolicyCustomHeadersConfig struct {
	Items    []ResponseHeadersPolicyCustomHeader `member:"ResponseHeadersPolicyCustomHeader"`
	Quantity int32                               `required:""`
}

type ResponseHeadersPolicyRemoveHeadersConfig struct {
	Items    []ResponseHeadersPolicyRemoveHeader `member:"ResponseHeadersPolicyRemoveHeader"`
	Quantity int32                               `required:""`
}

type ResponseHeadersPolicySecurityHeadersConfig struct {
	ContentSecurityPolicy   *ResponseHeadersPolicyContentSecurityPolicy
	ContentTypeOptions      *ResponseHeadersPolicyContentTypeOptions
	FrameOptions            *ResponseHeadersPolicyFrameOptions
	ReferrerPolicy          *ResponseHeadersPolicyReferrerPolicy
	StrictTransportSecurity *ResponseHeadersPolicyStrictTransportSecurity
	XSSProtection           *ResponseHeadersPolicyXSSProtection
}

type ResponseHeadersPolicyServerTimingHeadersConfig struct {
	Enabled      bool     `required:""`
	SamplingRate *float64 `range:"0.0,100.0"`
}

type ResponseHeadersPolicySummary struct {
	ResponseHeadersPolicy ResponseHeadersPolicy
	Type                  string
}

type PublicKeySummary struct {
	Comment     string
	CreatedTime time.Time
	EncodedKey  string
	Id          string
	Name        string
}

type KeyGroupSummary struct {
	KeyGroup KeyGroup
}

type CacheBehavior struct {
	PathPattern string `required:"" len:"1,255"`
	Behavior
}

type CustomErrorResponse struct {
	ErrorCachingMinTTL *int64
	ErrorCode          int32 `required:""`
	ResponseCode       *string
	ResponsePagePath   *string
}

type AllowedMethods struct {
	CachedMethods *CachedMethods
	Items         []string `member:"Method" required:"" elemenum:"GET|HEAD|POST|PUT|PATCH|OPTIONS|DELETE"`
	Quantity      int32    `required:""`
}

type ForwardedValues struct {
	Cookies              CookiePreference `required:""`
	Headers              *Headers
	QueryString          bool `required:""`
	QueryStringCacheKeys *QueryStringCacheKeys
}

type FunctionAssociations struct {
	Items    []FunctionAssociation `member:"FunctionAssociation"`
	Quantity int32                 `required:""`
}

type GrpcConfig struct {
	Enabled bool `required:""`
}

type LambdaFunctionAssociations struct {
	Items    []LambdaFunctionAssociation `member:"LambdaFunctionAssociation"`
	Quantity int32                       `required:""`
}

type TrustedKeyGroups struct {
	Enabled  bool     `required:""`
	Items    []string `member:"KeyGroup"`
	Quantity int32    `required:""`
}

type TrustedSigners struct {
	Enabled  bool     `required:""`
	Items    []string `member:"AwsAccountNumber"`
	Quantity int32    `required:""`
}

type OriginGroup struct {
	FailoverCriteria OriginGroupFailoverCriteria `required:""`
	Id               string                      `required:""`
	Members          OriginGroupMembers          `required:""`
}

type Origin struct {
	ConnectionAttempts    *int32
	ConnectionTimeout     *int32
	CustomHeaders         *CustomHeaders
	CustomOriginConfig    *CustomOriginConfig
	DomainName            string `required:""`
	Id                    string `required:""`
	OriginAccessControlId *string
	OriginPath            *string
	OriginShield          *OriginShield
	S3OriginConfig        *S3OriginConfig
}

type GeoRestriction struct {
	Items           []string `member:"Location"`
	Quantity        int32    `required:""`
	RestrictionType string   `required:"" enum:"blacklist|whitelist|none"`
}

type KGKeyPairIds struct {
	KeyGroupId string
	KeyPairIds *KeyPairIds
}

type Signer struct {
	AwsAccountNumber string
	KeyPairIds       *KeyPairIds
}

type CachePolicyCookiesConfig struct {
	CookieBehavior string `required:"" enum:"none|whitelist|allExcept|all"`
	Cookies        *CookieNames
}

type CachePolicyHeadersConfig struct {
	HeaderBehavior string `required:"" enum:"none|whitelist"`
	Headers        *Headers
}

type CachePolicyQueryStringsConfig struct {
	QueryStringBehavior string `required:"" enum:"none|whitelist|allExcept|all"`
	QueryStrings        *QueryStringNames
}

type CookieNames struct {
	Items    []string `member:"Name"`
	Quantity int32    `required:""`
}

type Headers struct {
	Items    []string `member:"Name"`
	Quantity int32    `required:""`
}

type QueryStringNames struct {
	Items    []string `member:"Name"`
	Quantity int32    `required:""`
}

type ResponseHeadersPolicyAccessControlAllowHeaders struct {
	Items    []string `member:"Header" required:""`
	Quantity int32    `required:""`
}

type ResponseHeadersPolicyAccessControlAllowMethods struct {
	Items    []string `member:"Method" required:"" elemenum:"GET|POST|OPTIONS|PUT|DELETE|PATCH|HEAD|ALL"`
	Quantity int32    `required:""`
}

type ResponseHeadersPolicyAccessControlAllowOrigins struct {
	Items    []string `member:"Origin" required:""`
	Quantity int32    `required:""`
}

type ResponseHeadersPolicyAccessControlExposeHeaders struct {
	Items    []string `member:"Header"`
	Quantity int32    `required:""`
}

type ResponseHeadersPolicyCustomHeader struct {
	Header   string `required:""`
	Override bool   `required:""`
	Value    string `required:""`
}

type ResponseHeadersPolicyRemoveHeader struct {
	Header string `required:""`
}

type ResponseHeadersPolicyContentSecurityPolicy struct {
	ContentSecurityPolicy string `required:""`
	Override              bool   `required:""`
}

type ResponseHeadersPolicyContentTypeOptions struct {
	Override bool `required:""`
}

type ResponseHeadersPolicyFrameOptions struct {
	FrameOption string `required:"" enum:"DENY|SAMEORIGIN"`
	Override    bool   `required:""`
}

type ResponseHeadersPolicyReferrerPolicy struct {
	Override       bool   `required:""`
	ReferrerPolicy string `required:"" enum:"no-referrer|no-referrer-when-downgrade|origin|origin-when-cross-origin|same-origin|strict-origin|strict-origin-when-cross-origin|unsafe-url"`
}

type ResponseHeadersPolicyStrictTransportSecurity struct {
	AccessControlMaxAgeSec int32 `required:""`
	IncludeSubdomains      *bool
	Override               bool `required:""`
	Preload                *bool
}

type ResponseHeadersPolicyXSSProtection struct {
	ModeBlock  *bool
	Override   bool `required:""`
	Protection bool `required:""`
	ReportUri  string
}

type CachedMethods struct {
	Items    []string `member:"Method" required:"" elemenum:"GET|HEAD|POST|PUT|PATCH|OPTIONS|DELETE"`
	Quantity int32    `required:""`
}

type CookiePreference struct {
	Forward          string `required:"" enum:"none|whitelist|all"`
	WhitelistedNames *CookieNames
}

type QueryStringCacheKeys struct {
	Items    []string `member:"Name"`
	Quantity int32    `required:""`
}

type FunctionAssociation struct {
	EventType   string `required:"" enum:"viewer-request|viewer-response|origin-request|origin-response"`
	FunctionARN string `required:"" len:"0,108" pattern:"arn:aws:cloudfront::[0-9]{12}:function\\/[a-zA-Z0-9-_]{1,64}"`
}

type LambdaFunctionAssociation struct {
	EventType         string `required:"" enum:"viewer-request|viewer-response|origin-request|origin-response"`
	IncludeBody       *bool
	LambdaFunctionARN string `required:""`
}

type OriginGroupFailoverCriteria struct {
	StatusCodes StatusCodes `required:""`
}

type OriginGroupMembers struct {
	Items    []OriginGroupMember `member:"OriginGroupMember" required:"" len:"2,2"`
	Quantity int32               `required:""`
}

type CustomHeaders struct {
	Items    []OriginCustomHeader `member:"OriginCustomHeader"`
	Quantity int32                `required:""`
}

type CustomOriginConfig struct {
	HTTPPort               int32 `required:""`
	HTTPSPort              int32 `required:""`
	OriginKeepaliveTimeout *int32
	OriginProtocolPolicy   string `required:"" enum:"http-only|match-viewer|https-only"`
	OriginReadTimeout      *int32
	OriginSslProtocols     *OriginSslProtocols
}

type OriginShield struct {
	Enabled            bool   `required:""`
	OriginShieldRegion string `len:"1,32" pattern:"[a-z]{2}-[a-z]+-\\d"`
}

type S3OriginConfig struct {
	OriginAccessIdentity *string `required:""`
}

type KeyPairIds struct {
	Items    []string `member:"KeyPairId"`
	Quantity int32
}

type StatusCodes struct {
	Items    []int32 `member:"StatusCode" required:"" len:"1,"`
	Quantity int32   `required:""`
}

type OriginGroupMember struct {
	OriginId string `required:""`
}

type OriginCustomHeader struct {
	HeaderName  string `required:""`
	HeaderValue string `required:"" sensitive:""`
}

type OriginSslProtocols struct {
	Items    []string `member:"SslProtocol" required:"" elemenum:"SSLv3|TLSv1|TLSv1.1|TLSv1.2"`
	Quantity int32    `required:""`
}

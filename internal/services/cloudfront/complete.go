package cloudfront

// complete fills in what AWS fills in, so that whoever reads a distribution
// back finds every member, as on AWS. An update of what was read then changes
// nothing.
func (cfg *DistributionConfig) complete() {
	def(&cfg.Aliases, Aliases{})
	def(&cfg.CacheBehaviors, CacheBehaviors{})
	def(&cfg.CustomErrorResponses, CustomErrorResponses{})
	def(&cfg.DefaultRootObject, "")
	def(&cfg.WebACLId, "")
	def(&cfg.ContinuousDeploymentPolicyId, "")
	def(&cfg.IsIPV6Enabled, false)
	def(&cfg.Staging, false)
	def(&cfg.OriginGroups, OriginGroups{})
	def(&cfg.Logging, LoggingConfig{})
	def(&cfg.Logging.Enabled, false)
	def(&cfg.Logging.IncludeCookies, false)
	def(&cfg.Logging.Bucket, "")
	def(&cfg.Logging.Prefix, "")
	def(&cfg.Restrictions, Restrictions{GeoRestriction{RestrictionType: "none"}})
	def(&cfg.ViewerCertificate, ViewerCertificate{CloudFrontDefaultCertificate: new(true)})
	cfg.ViewerCertificate.complete()
	or(&cfg.HttpVersion, "http2")
	or(&cfg.PriceClass, "PriceClass_All")
	cfg.DefaultCacheBehavior.complete()
	for i := range cfg.CacheBehaviors.Items {
		cfg.CacheBehaviors.Items[i].complete()
	}
	for i := range cfg.Origins.Items {
		cfg.Origins.Items[i].complete()
	}
	for i := range cfg.CustomErrorResponses.Items {
		e := &cfg.CustomErrorResponses.Items[i]
		def(&e.ResponseCode, "")
		def(&e.ResponsePagePath, "")
		def(&e.ErrorCachingMinTTL, 10)
	}
}

// def gives an absent member its value.
func def[T any](p **T, v T) {
	if *p == nil {
		*p = &v
	}
}

func or(p *string, v string) {
	if *p == "" {
		*p = v
	}
}

func (v *ViewerCertificate) complete() {
	def(&v.CloudFrontDefaultCertificate, false)
	if *v.CloudFrontDefaultCertificate {
		or(&v.MinimumProtocolVersion, "TLSv1")
		or(&v.SSLSupportMethod, "vip")
	}
}

// The times to live of a behavior without a cache policy, in seconds.
const (
	usualTTL   = 86400
	longestTTL = 31536000
)

func (b *Behavior) complete() {
	def(&b.AllowedMethods, AllowedMethods{Items: []string{"HEAD", "GET"}, Quantity: 2})
	def(&b.AllowedMethods.CachedMethods, CachedMethods{Items: []string{"HEAD", "GET"}, Quantity: 2})
	def(&b.Compress, false)
	def(&b.FieldLevelEncryptionId, "")
	def(&b.SmoothStreaming, false)
	def(&b.TrustedSigners, TrustedSigners{})
	def(&b.TrustedKeyGroups, TrustedKeyGroups{})
	def(&b.LambdaFunctionAssociations, LambdaFunctionAssociations{})
	def(&b.FunctionAssociations, FunctionAssociations{})
	def(&b.GrpcConfig, GrpcConfig{})
	if b.CachePolicyId != "" || b.ForwardedValues == nil {
		return
	}
	def(&b.ForwardedValues.Headers, Headers{})
	def(&b.ForwardedValues.QueryStringCacheKeys, QueryStringCacheKeys{})
	def(&b.MinTTL, 0)
	def(&b.DefaultTTL, max(usualTTL, *b.MinTTL))
	def(&b.MaxTTL, max(longestTTL, *b.DefaultTTL))
}

func (o *Origin) complete() {
	def(&o.OriginPath, "")
	def(&o.OriginAccessControlId, "")
	def(&o.CustomHeaders, CustomHeaders{})
	def(&o.ConnectionAttempts, 3)
	def(&o.ConnectionTimeout, 10)
	def(&o.OriginShield, OriginShield{})
	if c := o.CustomOriginConfig; c != nil {
		def(&c.OriginReadTimeout, 30)
		def(&c.OriginKeepaliveTimeout, 5)
		def(&c.OriginSslProtocols, OriginSslProtocols{Items: []string{"TLSv1.2"}, Quantity: 1})
	}
}

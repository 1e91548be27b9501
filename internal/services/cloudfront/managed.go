package cloudfront

import "time"

// The policies that AWS manages, with AWS' own ids.

// managedSince is when the managed policies say they were last changed.
var managedSince = time.Date(2021, 5, 26, 18, 39, 52, 0, time.UTC)

func managed[C any](id string, cfg C) resource[C] {
	return resource[C]{ID: id, ETag: "E" + id[:8] + id[9:13], Created: managedSince, Modified: managedSince, Config: cfg, managed: true}
}

func typeOf(managed bool) string {
	if managed {
		return "managed"
	}
	return "custom"
}

func managedCachePolicies() []resource[CachePolicyConfig] {
	policy := func(id, name, comment string, low, usual, high int64, key ParametersInCacheKeyAndForwardedToOrigin) resource[CachePolicyConfig] {
		if key.HeadersConfig.HeaderBehavior == "" {
			key.HeadersConfig.HeaderBehavior = "none"
		}
		if key.CookiesConfig.CookieBehavior == "" {
			key.CookiesConfig.CookieBehavior = "none"
		}
		if key.QueryStringsConfig.QueryStringBehavior == "" {
			key.QueryStringsConfig.QueryStringBehavior = "none"
		}
		return managed(id, CachePolicyConfig{
			Name: "Managed-" + name, Comment: comment, MinTTL: low, DefaultTTL: &usual, MaxTTL: &high, ParametersInCacheKeyAndForwardedToOrigin: &key,
		})
	}
	const day, year = 86400, 31536000
	both := ParametersInCacheKeyAndForwardedToOrigin{EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: new(true)}
	plain := ParametersInCacheKeyAndForwardedToOrigin{EnableAcceptEncodingBrotli: new(false)}
	origin, all := both, both
	origin.HeadersConfig = CachePolicyHeadersConfig{HeaderBehavior: "whitelist", Headers: headers("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")}
	origin.CookiesConfig.CookieBehavior = "all"
	all.HeadersConfig, all.CookiesConfig = origin.HeadersConfig, origin.CookiesConfig
	all.QueryStringsConfig.QueryStringBehavior = "all"
	amplify := both
	amplify.HeadersConfig = CachePolicyHeadersConfig{HeaderBehavior: "whitelist", Headers: headers("authorization", "cloudFront-viewer-country", "host")}
	amplify.CookiesConfig.CookieBehavior = "all"
	amplify.QueryStringsConfig.QueryStringBehavior = "all"
	media := ParametersInCacheKeyAndForwardedToOrigin{EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: new(false)}
	media.HeadersConfig = CachePolicyHeadersConfig{HeaderBehavior: "whitelist", Headers: headers("origin")}
	media.QueryStringsConfig = CachePolicyQueryStringsConfig{QueryStringBehavior: "whitelist", QueryStrings: names("aws.manifestfilter", "start", "end", "m")}
	return []resource[CachePolicyConfig]{
		policy("658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", "Policy with caching enabled. Supports Gzip and Brotli compression.", 1, day, year, both),
		policy("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", "Policy with caching disabled", 0, 0, 0, plain),
		policy("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects", "Default policy when compression is disabled", 1, day, year, plain),
		policy("08627262-05a9-4f76-9ded-b50ca2e3a84f", "Elemental-MediaPackage", "Policy for Elemental MediaPackage Origin", 0, day, year, media),
		policy("2e54312d-136d-493c-8eb9-b001f22f67d2", "Amplify", "Policy for Amplify Origin", 2, 2, 600, amplify),
		policy("83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", "Policy for origins that return Cache-Control headers. Query strings are not included in the cache key.", 0, 0, year, origin),
		policy("4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings", "Policy for origins that return Cache-Control headers and serve different content based on values present in the query string.", 0, 0, year, all),
	}
}

func headers(list ...string) *Headers { return &Headers{Items: list, Quantity: int32(len(list))} }

func names(list ...string) *QueryStringNames {
	return &QueryStringNames{Items: list, Quantity: int32(len(list))}
}

func managedOriginRequestPolicies() []resource[OriginRequestPolicyConfig] {
	policy := func(id, name, comment, headersBehavior string, h *Headers, cookies, query string) resource[OriginRequestPolicyConfig] {
		cfg := OriginRequestPolicyConfig{Name: "Managed-" + name, Comment: comment}
		cfg.HeadersConfig = OriginRequestPolicyHeadersConfig{HeaderBehavior: headersBehavior, Headers: h}
		cfg.CookiesConfig.CookieBehavior = cookies
		cfg.QueryStringsConfig.QueryStringBehavior = query
		return managed(id, cfg)
	}
	cloudFront := headers("CloudFront-Is-Android-Viewer", "CloudFront-Viewer-Http-Version", "CloudFront-Is-Desktop-Viewer", "CloudFront-Viewer-Longitude",
		"CloudFront-Viewer-Country-Region-Name", "CloudFront-Is-Mobile-Viewer", "CloudFront-Viewer-Country-Name", "CloudFront-Viewer-Address",
		"CloudFront-Viewer-Country-Region", "CloudFront-Viewer-Country", "CloudFront-Viewer-Time-Zone", "CloudFront-Is-IOS-Viewer", "CloudFront-Viewer-City",
		"CloudFront-Viewer-Postal-Code", "CloudFront-Viewer-Latitude", "CloudFront-Is-SmartTV-Viewer", "CloudFront-Is-Tablet-Viewer",
		"CloudFront-Viewer-Metro-Code", "CloudFront-Forwarded-Proto", "CloudFront-Viewer-ASN", "CloudFront-Viewer-TLS")
	tailor := headers("origin", "x-forwarded-for", "user-agent", "access-control-request-headers", "access-control-request-method")
	return []resource[OriginRequestPolicyConfig]{
		policy("216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer", "Policy to forward all parameters in viewer requests", "allViewer", nil, "all", "all"),
		policy("b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader", "Policy to forward all parameters in viewer requests except for the Host header", "allExcept", headers("host"), "all", "all"),
		policy("33f36d7e-f396-46d9-90e0-52428a34d9dc", "AllViewerAndCloudFrontHeaders-2022-06", "Policy to forward all parameters in viewer requests and all CloudFront headers that were released through June 2022", "allViewerAndWhitelistCloudFront", cloudFront, "all", "all"),
		policy("88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "CORS-S3Origin", "Policy for S3 origin with CORS", "whitelist", headers("origin", "access-control-request-headers", "access-control-request-method"), "none", "none"),
		policy("59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin", "Policy for custom origin with CORS", "whitelist", headers("origin"), "none", "none"),
		policy("acba4595-bd28-49b8-b9fe-13317c0390fa", "UserAgentRefererHeaders", "Policy to forward user-agent and referer headers to origin", "whitelist", headers("user-agent", "referer"), "none", "none"),
		policy("775133bc-15f2-49f9-abea-afb2e0bf67d2", "Elemental-MediaTailor-PersonalizedManifests", "Policy for Elemental MediaTailor origin", "whitelist", tailor, "none", "all"),
	}
}

func managedResponseHeadersPolicies() []resource[ResponseHeadersPolicyConfig] {
	policy := func(id, name, comment string, cors *ResponseHeadersPolicyCorsConfig, security *ResponseHeadersPolicySecurityHeadersConfig) resource[ResponseHeadersPolicyConfig] {
		return managed(id, ResponseHeadersPolicyConfig{Name: "Managed-" + name, Comment: comment, CorsConfig: cors, SecurityHeadersConfig: security})
	}
	everywhere := ResponseHeadersPolicyAccessControlAllowOrigins{Items: []string{"*"}, Quantity: 1}
	simple := func() *ResponseHeadersPolicyCorsConfig {
		return &ResponseHeadersPolicyCorsConfig{
			AccessControlAllowOrigins: everywhere,
			AccessControlAllowHeaders: ResponseHeadersPolicyAccessControlAllowHeaders{Items: []string{"*"}, Quantity: 1},
			AccessControlAllowMethods: ResponseHeadersPolicyAccessControlAllowMethods{Items: []string{"GET", "HEAD"}, Quantity: 2},
		}
	}
	preflight := simple()
	preflight.AccessControlAllowMethods = ResponseHeadersPolicyAccessControlAllowMethods{Items: []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, Quantity: 7}
	preflight.AccessControlExposeHeaders = &ResponseHeadersPolicyAccessControlExposeHeaders{Items: []string{"*"}, Quantity: 1}
	security := &ResponseHeadersPolicySecurityHeadersConfig{
		ContentTypeOptions:      &ResponseHeadersPolicyContentTypeOptions{Override: true},
		FrameOptions:            &ResponseHeadersPolicyFrameOptions{FrameOption: "SAMEORIGIN"},
		ReferrerPolicy:          &ResponseHeadersPolicyReferrerPolicy{ReferrerPolicy: "strict-origin-when-cross-origin"},
		StrictTransportSecurity: &ResponseHeadersPolicyStrictTransportSecurity{AccessControlMaxAgeSec: 31536000},
		XSSProtection:           &ResponseHeadersPolicyXSSProtection{Protection: true, ModeBlock: new(true)},
	}
	return []resource[ResponseHeadersPolicyConfig]{
		policy("60669652-455b-4ae9-85a4-c4c02393f86c", "SimpleCORS", "Allows all origins for simple CORS requests", simple(), nil),
		policy("5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Preflight", "Allows all origins for CORS requests, including preflight requests", preflight, nil),
		policy("67f7725c-6f97-4210-82d7-5512b31e9d03", "SecurityHeadersPolicy", "Adds a set of security headers to every response", nil, security),
		policy("e61eb60c-9c35-4d20-a928-2b84e02af89c", "CORS-and-SecurityHeadersPolicy", "Allows all origins for simple CORS requests and adds security headers", simple(), security),
		policy("eaab4381-ed33-4a86-88ca-d9558dc6cd63", "CORS-with-preflight-and-SecurityHeadersPolicy", "Allows all origins for CORS requests, including preflight requests, and adds security headers", preflight, security),
	}
}

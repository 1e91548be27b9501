package provider

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

const cloudFrontNamespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

func distributionKinds() []*Kind {
	behavior := func(more ...Property) Type {
		return object(append(more,
			Property{Name: "targetOriginId", Type: str, Required: true},
			Property{Name: "viewerProtocolPolicy", Type: oneOf("allow-all", "https-only", "redirect-to-https"), Required: true},
			Property{Name: "allowedMethods", Type: setOf(str), Required: true},
			Property{Name: "cachedMethods", Type: setOf(str), Required: true},
			Property{Name: "cachePolicyId", Type: str},
			Property{Name: "originRequestPolicyId", Type: str},
			Property{Name: "responseHeadersPolicyId", Type: str},
			Property{Name: "compress", Type: boolean, Default: false},
			Property{Name: "defaultTtl", Type: number},
			Property{Name: "maxTtl", Type: number},
			Property{Name: "minTtl", Type: number, Default: 0.0},
			Property{Name: "forwardedValues", Type: object(
				Property{Name: "queryString", Type: boolean, Required: true},
				Property{Name: "queryStringCacheKeys", Type: listOf(str)},
				Property{Name: "headers", Type: setOf(str)},
				Property{Name: "cookies", Required: true, Type: object(
					Property{Name: "forward", Type: oneOf("all", "none", "whitelist"), Required: true},
					Property{Name: "whitelistedNames", Type: setOf(str)},
				)},
			)},
		)...)
	}
	return []*Kind{
		{
			Token: "aws:cloudfront/distribution:Distribution", Global: true,
			Inputs: []Property{
				{Name: "enabled", Type: boolean, Required: true},
				{Name: "aliases", Type: setOf(str)},
				{Name: "comment", Type: str},
				{Name: "customErrorResponses", Type: setOf(object(
					Property{Name: "errorCode", Type: number, Required: true},
					Property{Name: "errorCachingMinTtl", Type: number},
					Property{Name: "responseCode", Type: number},
					Property{Name: "responsePagePath", Type: str},
				))},
				{Name: "defaultCacheBehavior", Type: behavior(), Required: true},
				{Name: "defaultRootObject", Type: str},
				{Name: "httpVersion", Type: oneOf("http1.1", "http2", "http3", "http2and3"), Default: "http2"},
				{Name: "isIpv6Enabled", Type: boolean, Default: false},
				{Name: "orderedCacheBehaviors", Type: listOf(behavior(Property{Name: "pathPattern", Type: str, Required: true}))},
				{Name: "origins", Required: true, Type: setOf(object(
					Property{Name: "originId", Type: str, Required: true},
					Property{Name: "domainName", Type: str, Required: true},
					Property{Name: "originPath", Type: str},
					Property{Name: "originAccessControlId", Type: str},
					Property{Name: "connectionAttempts", Type: number, Default: 3.0},
					Property{Name: "connectionTimeout", Type: number, Default: 10.0},
					Property{Name: "customHeaders", Type: setOf(object(
						Property{Name: "name", Type: str, Required: true},
						Property{Name: "value", Type: str, Required: true},
					))},
					Property{Name: "customOriginConfig", Type: object(
						Property{Name: "httpPort", Type: number, Required: true},
						Property{Name: "httpsPort", Type: number, Required: true},
						Property{Name: "originProtocolPolicy", Type: oneOf("http-only", "https-only", "match-viewer"), Required: true},
						Property{Name: "originSslProtocols", Type: setOf(str), Required: true},
						Property{Name: "originKeepaliveTimeout", Type: number, Default: 5.0},
						Property{Name: "originReadTimeout", Type: number, Default: 30.0},
					)},
				))},
				{Name: "priceClass", Type: oneOf("PriceClass_100", "PriceClass_200", "PriceClass_All"), Default: "PriceClass_All"},
				{Name: "restrictions", Required: true, Type: object(Property{Name: "geoRestriction", Required: true, Type: object(
					Property{Name: "restrictionType", Type: oneOf("none"), Required: true},
					Property{Name: "locations", Type: setOf(str)},
				)})},
				{Name: "retainOnDelete", Type: boolean, Default: false},
				{Name: "viewerCertificate", Required: true, Type: object(
					Property{Name: "cloudfrontDefaultCertificate", Type: boolean},
					Property{Name: "acmCertificateArn", Type: str},
					Property{Name: "minimumProtocolVersion", Type: str},
					Property{Name: "sslSupportMethod", Type: str},
				)},
				{Name: "waitForDeployment", Type: boolean, Default: true},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "callerReference", "domainName", "etag", "hostedZoneId", "inProgressValidationBatches", "lastModifiedTime", "loggingV1Enabled", "status", "trustedKeyGroups", "trustedSigners", "tagsAll"},
			create:   createDistribution, read: readDistribution, update: updateDistribution, remove: removeDistribution,
		},
	}
}

// edgePolicyKinds are what distributions refer to.
func edgePolicyKinds() []*Kind {
	keyed := func(kind, list string) Type {
		return object(
			Property{Name: kind, Type: oneOf("none", "whitelist", "allExcept", "all"), Required: true},
			Property{Name: list, Type: object(Property{Name: "items", Type: setOf(str)})},
		)
	}
	return []*Kind{
		{
			Token: "aws:cloudfront/originAccessControl:OriginAccessControl", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "description", Type: str, Default: "Managed by Pulumi"},
				{Name: "originAccessControlOriginType", Type: oneOf("s3"), Required: true},
				{Name: "signingBehavior", Type: oneOf("always", "never", "no-override"), Required: true},
				{Name: "signingProtocol", Type: oneOf("sigv4"), Required: true},
			},
			Computed: []string{"arn", "etag"},
			Name:     Naming{Property: "name", Max: 64},
			Identity: []string{"name"},
			create:   createConfigured("origin-access-control", "CreateOriginAccessControl", originAccessControl),
			read:     readConfigured("origin-access-control", "GetOriginAccessControl"),
			update:   updateConfigured("origin-access-control", "UpdateOriginAccessControl", originAccessControl),
			remove:   removeConfigured("origin-access-control", "DeleteOriginAccessControl"),
		},
		{
			Token: "aws:cloudfront/cachePolicy:CachePolicy", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "comment", Type: str},
				{Name: "defaultTtl", Type: number, Default: 86400.0},
				{Name: "maxTtl", Type: number, Default: 31536000.0},
				{Name: "minTtl", Type: number, Default: 0.0},
				{Name: "parametersInCacheKeyAndForwardedToOrigin", Required: true, Type: object(
					Property{Name: "cookiesConfig", Type: keyed("cookieBehavior", "cookies"), Required: true},
					Property{Name: "headersConfig", Type: keyed("headerBehavior", "headers"), Required: true},
					Property{Name: "queryStringsConfig", Type: keyed("queryStringBehavior", "queryStrings"), Required: true},
					Property{Name: "enableAcceptEncodingBrotli", Type: boolean, Default: false},
					Property{Name: "enableAcceptEncodingGzip", Type: boolean, Default: false},
				)},
			},
			Computed: []string{"arn", "etag"},
			Name:     Naming{Property: "name", Max: 128},
			Identity: []string{"name"},
			create:   createConfigured("cache-policy", "CreateCachePolicy", cachePolicy),
			read:     readConfigured("cache-policy", "GetCachePolicy"),
			update:   updateConfigured("cache-policy", "UpdateCachePolicy", cachePolicy),
			remove:   removeConfigured("cache-policy", "DeleteCachePolicy"),
		},
		{
			Token: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "comment", Type: str},
				{Name: "securityHeadersConfig", Required: true, Type: object(
					Property{Name: "contentSecurityPolicy", Type: object(
						Property{Name: "contentSecurityPolicy", Type: str, Required: true},
						Property{Name: "override", Type: boolean, Required: true},
					)},
					Property{Name: "contentTypeOptions", Type: object(Property{Name: "override", Type: boolean, Required: true})},
				)},
			},
			Computed: []string{"arn", "etag"},
			Name:     Naming{Property: "name", Max: 128},
			Identity: []string{"name"},
			create:   createConfigured("response-headers-policy", "CreateResponseHeadersPolicy", responseHeadersPolicy),
			read:     readConfigured("response-headers-policy", "GetResponseHeadersPolicy"),
			update:   updateConfigured("response-headers-policy", "UpdateResponseHeadersPolicy", responseHeadersPolicy),
			remove:   removeConfigured("response-headers-policy", "DeleteResponseHeadersPolicy"),
		},
	}
}

// An element is a piece of a document to send.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func el(name string, children ...element) element {
	return element{XMLName: xml.Name{Local: name}, Children: children}
}

func leaf(name, text string) element { return element{XMLName: xml.Name{Local: name}, Text: text} }

// root is a whole document.
func root(name string, children ...element) element {
	return element{XMLName: xml.Name{Space: cloudFrontNamespace, Local: name}, Children: children}
}

// leaves are the properties of m that are set; "property:Element" renames.
func leaves(m value.Map, names ...string) (list []element) {
	set := members(m, names...)
	for _, name := range sortedKeys(set) {
		switch v := set[name].(type) {
		case string:
			list = append(list, leaf(name, v))
		case bool:
			list = append(list, leaf(name, strconv.FormatBool(v)))
		case float64:
			list = append(list, leaf(name, strconv.FormatFloat(v, 'f', -1, 64)))
		}
	}
	return list
}

// items are a list as CloudFront writes it: its length, then what is in it.
func items(name string, list []element, more ...element) element {
	e := el(name, append([]element{leaf("Quantity", strconv.Itoa(len(list)))}, more...)...)
	if len(list) > 0 {
		e.Children = append(e.Children, el("Items", list...))
	}
	return e
}

func named(item string, names []string) (list []element) {
	for _, n := range names {
		list = append(list, leaf(item, n))
	}
	return list
}

// cloudfront sends a document, unless it is nil, and returns the entity tag of
// what is answered; what is not there is errGone.
func (c *Client) cloudfront(ctx context.Context, operation, method, path string, query url.Values, match string, document *element, out any) (etag string, err error) {
	q := request{service: "cloudfront", operation: operation, method: method, path: "/2020-05-31" + path, query: query, header: http.Header{}}
	if document != nil {
		if q.body, err = xml.Marshal(document); err != nil {
			return "", err
		}
		q.header.Set("Content-Type", "application/xml")
	}
	if match != "" {
		q.header.Set("If-Match", match)
	}
	h, b, err := c.send(ctx, q)
	if e, ok := errors.AsType[*APIError](err); ok && e.Status == http.StatusNotFound {
		err = errors.Join(errGone, err)
	}
	if err != nil || out == nil {
		return h.Get("Etag"), err
	}
	return h.Get("Etag"), xml.Unmarshal(b, out)
}

func behaviorOf(name string, m value.Map) element {
	e := el(name, leaves(m, "pathPattern", "targetOriginId", "viewerProtocolPolicy", "cachePolicyId", "originRequestPolicyId", "responseHeadersPolicyId", "compress")...)
	e.Children = append(e.Children, items("AllowedMethods", named("Method", texts(m["allowedMethods"])), items("CachedMethods", named("Method", texts(m["cachedMethods"])))))
	f := nested(m, "forwardedValues")
	if f == nil {
		return e
	}
	e.Children = append(e.Children, leaves(m, "defaultTtl:DefaultTTL", "maxTtl:MaxTTL", "minTtl:MinTTL")...)
	cookies := el("Cookies", leaves(nested(f, "cookies"), "forward")...)
	if list := texts(nested(f, "cookies")["whitelistedNames"]); len(list) > 0 {
		cookies.Children = append(cookies.Children, items("WhitelistedNames", named("Name", list)))
	}
	values := append(leaves(f, "queryString"), cookies)
	if list := texts(f["headers"]); len(list) > 0 {
		values = append(values, items("Headers", named("Name", list)))
	}
	if list := texts(f["queryStringCacheKeys"]); len(list) > 0 {
		values = append(values, items("QueryStringCacheKeys", named("Name", list)))
	}
	e.Children = append(e.Children, el("ForwardedValues", values...))
	return e
}

func originOf(m value.Map) element {
	e := el("Origin", leaves(m, "originId:Id", "domainName", "originAccessControlId", "connectionAttempts", "connectionTimeout")...)
	e.Children = append(e.Children, leaf("OriginPath", text(m, "originPath")))
	var headers []element
	for _, h := range objects(m["customHeaders"]) {
		headers = append(headers, el("OriginCustomHeader", leaf("HeaderName", text(h, "name")), leaf("HeaderValue", text(h, "value"))))
	}
	e.Children = append(e.Children, items("CustomHeaders", headers))
	c := nested(m, "customOriginConfig")
	if c == nil {
		e.Children = append(e.Children, el("S3OriginConfig", leaf("OriginAccessIdentity", "")))
		return e
	}
	custom := el("CustomOriginConfig", leaves(c, "httpPort:HTTPPort", "httpsPort:HTTPSPort", "originProtocolPolicy", "originKeepaliveTimeout", "originReadTimeout")...)
	custom.Children = append(custom.Children, items("OriginSslProtocols", named("SslProtocol", texts(c["originSslProtocols"]))))
	e.Children = append(e.Children, custom)
	return e
}

// distribution is the whole configuration; reference is what the first one was
// sent with.
func distribution(r *Resource, name, reference string) element {
	e := el(name, leaf("CallerReference", reference), leaf("Comment", r.text("comment")), leaf("DefaultRootObject", r.text("defaultRootObject")))
	e.Children = append(e.Children, leaves(r.In, "enabled", "httpVersion", "isIpv6Enabled:IsIPV6Enabled", "priceClass")...)
	var origins, behaviors, responses []element
	for _, m := range objects(r.In["origins"]) {
		origins = append(origins, originOf(m))
	}
	for _, m := range objects(r.In["orderedCacheBehaviors"]) {
		behaviors = append(behaviors, behaviorOf("CacheBehavior", m))
	}
	for _, m := range objects(r.In["customErrorResponses"]) {
		responses = append(responses, el("CustomErrorResponse", leaves(m, "errorCode", "errorCachingMinTtl:ErrorCachingMinTTL", "responseCode", "responsePagePath")...))
	}
	e.Children = append(e.Children,
		items("Aliases", named("CNAME", texts(r.In["aliases"]))),
		items("Origins", origins),
		behaviorOf("DefaultCacheBehavior", nested(r.In, "defaultCacheBehavior")),
		items("CacheBehaviors", behaviors),
		items("CustomErrorResponses", responses),
		el("Restrictions", items("GeoRestriction", nil, leaf("RestrictionType", "none"))),
		el("ViewerCertificate", leaves(nested(r.In, "viewerCertificate"),
			"cloudfrontDefaultCertificate:CloudFrontDefaultCertificate", "acmCertificateArn:ACMCertificateArn", "minimumProtocolVersion", "sslSupportMethod:SSLSupportMethod")...),
	)
	return e
}

func createDistribution(ctx context.Context, r *Resource) (string, error) {
	var tags []element
	m := nested(r.In, "tags")
	for _, k := range sortedKeys(m) {
		tags = append(tags, el("Tag", leaf("Key", k), leaf("Value", text(m, k))))
	}
	reference := "pulumi-" + strconv.FormatInt(r.Now().UnixNano(), 36)
	document := root("DistributionConfigWithTags", distribution(r, "DistributionConfig", reference), el("Tags", el("Items", tags...)))
	var out struct{ Id string }
	_, err := r.cloudfront(ctx, "CreateDistributionWithTags", http.MethodPost, "/distribution", url.Values{"WithTags": {""}}, "", &document, &out)
	if err != nil {
		return "", err
	}
	r.ID = out.Id
	return r.ID, r.deployed(ctx)
}

type distributionDescription struct {
	ARN, Status, DomainName, LastModifiedTime string
	InProgressInvalidationBatches             float64
	DistributionConfig                        struct {
		CallerReference string
		Enabled         bool
	}
}

func (r *Resource) describeDistribution(ctx context.Context) (d distributionDescription, etag string, err error) {
	etag, err = r.cloudfront(ctx, "GetDistribution", http.MethodGet, "/distribution/"+r.ID, nil, "", nil, &d)
	return d, etag, err
}

// deployed waits until the edges have the configuration, if that is wanted.
func (r *Resource) deployed(ctx context.Context) error {
	if !r.flag("waitForDeployment") {
		return nil
	}
	return r.wait(ctx, func() (bool, error) {
		d, _, err := r.describeDistribution(ctx)
		return d.Status == "Deployed", err
	})
}

func readDistribution(ctx context.Context, r *Resource) (value.Map, error) {
	d, etag, err := r.describeDistribution(ctx)
	if err != nil {
		return nil, err
	}
	return value.Map{
		"arn": d.ARN, "callerReference": d.DistributionConfig.CallerReference, "domainName": d.DomainName, "etag": etag,
		"hostedZoneId": "Z2FDTNDATAQYW2", "inProgressValidationBatches": d.InProgressInvalidationBatches,
		"lastModifiedTime": d.LastModifiedTime, "status": d.Status,
		// There is no logging, and no key that viewers would have to sign with.
		"loggingV1Enabled": false, "trustedKeyGroups": nobody(), "trustedSigners": nobody(),
	}, nil
}

func nobody() []any { return []any{value.Map{"enabled": false, "items": []any{}}} }

func updateDistribution(ctx context.Context, r *Resource) error {
	d, etag, err := r.describeDistribution(ctx)
	if err != nil {
		return err
	}
	document := distribution(r, "DistributionConfig", d.DistributionConfig.CallerReference)
	document.XMLName.Space = cloudFrontNamespace
	if _, err := r.cloudfront(ctx, "UpdateDistribution", http.MethodPut, "/distribution/"+r.ID+"/config", nil, etag, &document, nil); err != nil {
		return err
	}
	if err := r.retagDistribution(ctx, d.ARN); err != nil {
		return err
	}
	return r.deployed(ctx)
}

func (r *Resource) retagDistribution(ctx context.Context, arn string) error {
	return r.retag(func(gone []string) error {
		document := root("TagKeys", el("Items", named("Key", gone)...))
		_, err := r.cloudfront(ctx, "UntagResource", http.MethodPost, "/tagging", url.Values{"Operation": {"Untag"}, "Resource": {arn}}, "", &document, nil)
		return err
	}, func(tags value.Map) error {
		var list []element
		for _, k := range sortedKeys(tags) {
			list = append(list, el("Tag", leaf("Key", k), leaf("Value", text(tags, k))))
		}
		document := root("Tags", el("Items", list...))
		_, err := r.cloudfront(ctx, "TagResource", http.MethodPost, "/tagging", url.Values{"Operation": {"Tag"}, "Resource": {arn}}, "", &document, nil)
		return err
	})
}

// removeDistribution disables a distribution first, as it must be.
func removeDistribution(ctx context.Context, r *Resource) error {
	d, etag, err := r.describeDistribution(ctx)
	if err != nil {
		return unlessGone(err)
	}
	if d.DistributionConfig.Enabled {
		off := *r
		off.In = value.Map{}
		for k, v := range r.In {
			off.In[k] = v
		}
		off.In["enabled"] = false
		document := distribution(&off, "DistributionConfig", d.DistributionConfig.CallerReference)
		document.XMLName.Space = cloudFrontNamespace
		if etag, err = r.cloudfront(ctx, "UpdateDistribution", http.MethodPut, "/distribution/"+r.ID+"/config", nil, etag, &document, nil); err != nil {
			return unlessGone(err)
		}
	}
	if r.flag("retainOnDelete") {
		return nil
	}
	off := *r
	off.In = value.Map{"waitForDeployment": true} // of the disabled one, whatever the program says
	if err := off.deployed(ctx); err != nil {
		return unlessGone(err)
	}
	_, err = r.cloudfront(ctx, "DeleteDistribution", http.MethodDelete, "/distribution/"+r.ID, nil, etag, nil, nil)
	return unlessGone(err)
}

func originAccessControl(r *Resource) element {
	return root("OriginAccessControlConfig", leaves(r.In, "name", "description", "originAccessControlOriginType", "signingBehavior", "signingProtocol")...)
}

func cachePolicy(r *Resource) element {
	e := root("CachePolicyConfig", leaves(r.In, "name", "comment", "defaultTtl:DefaultTTL", "maxTtl:MaxTTL", "minTtl:MinTTL")...)
	m := nested(r.In, "parametersInCacheKeyAndForwardedToOrigin")
	p := el("ParametersInCacheKeyAndForwardedToOrigin", leaves(m, "enableAcceptEncodingBrotli", "enableAcceptEncodingGzip")...)
	for _, c := range [][3]string{{"cookiesConfig", "cookieBehavior", "cookies"}, {"headersConfig", "headerBehavior", "headers"}, {"queryStringsConfig", "queryStringBehavior", "queryStrings"}} {
		config := nested(m, c[0])
		e := el(member(c[0]), leaves(config, c[1])...)
		if list := texts(nested(config, c[2])["items"]); len(list) > 0 {
			e.Children = append(e.Children, items(member(c[2]), named("Name", list)))
		}
		p.Children = append(p.Children, e)
	}
	e.Children = append(e.Children, p)
	return e
}

func responseHeadersPolicy(r *Resource) element {
	var headers []element
	for _, name := range []string{"contentSecurityPolicy", "contentTypeOptions"} {
		if m := nested(nested(r.In, "securityHeadersConfig"), name); m != nil {
			headers = append(headers, el(member(name), leaves(m, "contentSecurityPolicy", "override")...))
		}
	}
	return root("ResponseHeadersPolicyConfig", append(leaves(r.In, "name", "comment"), el("SecurityHeadersConfig", headers...))...)
}

// createConfigured creates what has a configuration, an id and an entity tag.
func createConfigured(path, operation string, document func(*Resource) element) func(context.Context, *Resource) (string, error) {
	return func(ctx context.Context, r *Resource) (string, error) {
		d := document(r)
		var out struct{ Id string }
		_, err := r.cloudfront(ctx, operation, http.MethodPost, "/"+path, nil, "", &d, &out)
		return out.Id, err
	}
}

func readConfigured(path, operation string) func(context.Context, *Resource) (value.Map, error) {
	return func(ctx context.Context, r *Resource) (value.Map, error) {
		etag, err := r.cloudfront(ctx, operation, http.MethodGet, "/"+path+"/"+r.ID, nil, "", nil, nil)
		return value.Map{"etag": etag, "arn": "arn:aws:cloudfront::" + r.Account + ":" + path + "/" + r.ID}, err
	}
}

func updateConfigured(path, operation string, document func(*Resource) element) func(context.Context, *Resource) error {
	return func(ctx context.Context, r *Resource) error {
		out, err := readConfigured(path, "Get")(ctx, r)
		if err != nil {
			return err
		}
		d := document(r)
		_, err = r.cloudfront(ctx, operation, http.MethodPut, "/"+path+"/"+r.ID+configPath(path), nil, text(out, "etag"), &d, nil)
		return err
	}
}

// configPath is what the path of an update ends with: policies have none.
func configPath(path string) string {
	if path == "origin-access-control" {
		return "/config"
	}
	return ""
}

func removeConfigured(path, operation string) func(context.Context, *Resource) error {
	return func(ctx context.Context, r *Resource) error {
		out, err := readConfigured(path, "Get")(ctx, r)
		if err == nil {
			_, err = r.cloudfront(ctx, operation, http.MethodDelete, "/"+path+"/"+r.ID, nil, text(out, "etag"), nil, nil)
		}
		return unlessGone(err)
	}
}

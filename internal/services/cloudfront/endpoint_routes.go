package cloudfront

import (
	"crypto"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/edge"
	"github.com/niebla-cloud/niebla/internal/store"
)

// routes are the distributions as the edge serves them, by the names under
// which viewers reach them.
type routes struct {
	hosts     map[string]*edge.Distribution // d….cloudfront.net, and aliases in lower case
	wildcards map[string]*edge.Distribution // ".example.com"
	ids       map[string]*edge.Distribution
}

// republish makes what the edge serves from what the store has.
func (s *Service) republish() error {
	s.publish.Lock()
	defer s.publish.Unlock()
	rt := &routes{hosts: map[string]*edge.Distribution{}, wildcards: map[string]*edge.Distribution{}, ids: map[string]*edge.Distribution{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for at, d := range s.distributions.Everywhere(tx) {
			built := s.build(tx, at, &d)
			rt.ids[d.ID] = built
			rt.hosts[d.Domain] = built
			for _, alias := range d.Config.Aliases.Items {
				alias = strings.ToLower(alias)
				if suffix, ok := strings.CutPrefix(alias, "*"); ok {
					rt.wildcards[suffix] = built
				} else {
					rt.hosts[alias] = built
				}
			}
		}
		return nil
	})
	if err == nil {
		s.routes.Store(rt)
	}
	return err
}

// build is a distribution as the edge serves it.
func (s *Service) build(tx *store.Tx, at aws.Scope, d *distribution) *edge.Distribution {
	cfg := &d.Config
	if s.counts[d.ID] == nil {
		s.counts[d.ID] = &edge.Counts{}
	}
	out := &edge.Distribution{
		ID: d.ID, ARN: distributionARN(at.Account, d.ID), Domain: d.Domain, Scope: at, Enabled: cfg.Enabled,
		Root: *cfg.DefaultRootObject, Errors: map[int]edge.ErrorResponse{}, Counts: s.counts[d.ID],
	}
	for _, e := range cfg.CustomErrorResponses.Items {
		status, _ := strconv.Atoi(*e.ResponseCode)
		out.Errors[int(e.ErrorCode)] = edge.ErrorResponse{TTL: seconds(*e.ErrorCachingMinTTL), Page: *e.ResponsePagePath, Status: status}
	}
	origins := map[string]*edge.Origin{}
	for i := range cfg.Origins.Items {
		o := &cfg.Origins.Items[i]
		origins[o.Id] = s.buildOrigin(tx, at, o)
	}
	add := func(pattern string, b *Behavior) {
		built := s.buildBehavior(tx, at, b)
		built.Pattern = pattern
		if built.Origin = origins[b.TargetOriginId]; built.Origin == nil {
			g := cfg.group(b.TargetOriginId)
			built.Origin = origins[g.Members.Items[0].OriginId]
			built.Failover = &edge.Failover{Origin: origins[g.Members.Items[1].OriginId], On: map[int]bool{}}
			for _, code := range g.FailoverCriteria.StatusCodes.Items {
				built.Failover.On[int(code)] = true
			}
		}
		out.Behaviors = append(out.Behaviors, built)
	}
	for i := range cfg.CacheBehaviors.Items {
		add(cfg.CacheBehaviors.Items[i].PathPattern, &cfg.CacheBehaviors.Items[i].Behavior)
	}
	add("", &cfg.DefaultCacheBehavior.Behavior)
	return out
}

// seconds bounds a time to live by what a time can hold.
func seconds(n int64) time.Duration { return time.Duration(min(n, 1<<31-1)) * time.Second }

func (s *Service) buildOrigin(tx *store.Tx, at aws.Scope, o *Origin) *edge.Origin {
	out := &edge.Origin{
		Domain: o.DomainName, Path: *o.OriginPath, Header: http.Header{}, Attempts: int(*o.ConnectionAttempts),
		Connect: seconds(int64(*o.ConnectionTimeout)), Read: 30 * time.Second,
	}
	for _, h := range o.CustomHeaders.Items {
		out.Header.Set(h.HeaderName, h.HeaderValue)
	}
	if c := o.CustomOriginConfig; c != nil {
		out.HTTP, out.HTTPS, out.Read = int(c.HTTPPort), int(c.HTTPSPort), seconds(int64(*c.OriginReadTimeout))
		switch c.OriginProtocolPolicy {
		case "http-only":
			out.Scheme = "http"
		case "https-only":
			out.Scheme = "https"
		}
		return out
	}
	out.Bucket, _ = bucketOf(o.DomainName)
	if control, ok := s.accessControls.table.Get(tx, at, *o.OriginAccessControlId); ok {
		switch control.Config.SigningBehavior {
		case "always":
			out.Signs = edge.Always
		case "no-override":
			out.Signs = edge.NoOverride
		}
	}
	return out
}

func (s *Service) buildBehavior(tx *store.Tx, at aws.Scope, b *Behavior) *edge.Behavior {
	out := &edge.Behavior{Allowed: edge.Methods{}, Cached: edge.Methods{}, Compress: *b.Compress}
	switch b.ViewerProtocolPolicy {
	case "https-only":
		out.Protocol = edge.HTTPSOnly
	case "redirect-to-https":
		out.Protocol = edge.RedirectToHTTPS
	}
	for _, m := range b.AllowedMethods.Items {
		out.Allowed[m] = true
	}
	for _, m := range b.AllowedMethods.CachedMethods.Items {
		out.Cached[m] = true
	}
	if f := b.ForwardedValues; f != nil {
		out.Min, out.Default, out.Max = seconds(*b.MinTTL), seconds(*b.DefaultTTL), seconds(*b.MaxTTL)
		out.Key = f.selection()
		out.Gzip, out.Brotli = *b.Compress, *b.Compress
	} else if p, err := s.cachePolicies.find(tx, at, b.CachePolicyId); err == nil {
		cfg := &p.Config
		key := cfg.ParametersInCacheKeyAndForwardedToOrigin
		out.Min, out.Default, out.Max = seconds(cfg.MinTTL), seconds(*cfg.DefaultTTL), seconds(*cfg.MaxTTL)
		out.Gzip, out.Brotli = key.EnableAcceptEncodingGzip, *key.EnableAcceptEncodingBrotli
		out.Key = edge.Selection{
			Headers: selected(key.HeadersConfig.HeaderBehavior, canonical(key.HeadersConfig.Headers)),
			Cookies: selected(key.CookiesConfig.CookieBehavior, key.CookiesConfig.Cookies.items()),
			Query:   selected(key.QueryStringsConfig.QueryStringBehavior, key.QueryStringsConfig.QueryStrings.items()),
		}
	}
	if p, err := s.originRequestPolicies.find(tx, at, b.OriginRequestPolicyId); err == nil {
		cfg := &p.Config
		out.Forward = edge.Selection{
			Headers: selected(cfg.HeadersConfig.HeaderBehavior, canonical(cfg.HeadersConfig.Headers)),
			Cookies: selected(cfg.CookiesConfig.CookieBehavior, cfg.CookiesConfig.Cookies.items()),
			Query:   selected(cfg.QueryStringsConfig.QueryStringBehavior, cfg.QueryStringsConfig.QueryStrings.items()),
		}
	}
	if p, err := s.responseHeadersPolicies.find(tx, at, b.ResponseHeadersPolicyId); err == nil {
		out.Response = p.Config.build()
	}
	if b.TrustedKeyGroups.Enabled {
		out.Signers = s.signers(tx, at, b.TrustedKeyGroups.Items)
	}
	return out
}

// signers are the keys of key groups, by id.
func (s *Service) signers(tx *store.Tx, at aws.Scope, groups []string) map[string]crypto.PublicKey {
	keys := map[string]crypto.PublicKey{}
	for _, id := range groups {
		g, _ := s.keyGroups.table.Get(tx, at, id)
		for _, id := range g.Config.Items {
			if k, ok := s.publicKeys.table.Get(tx, at, id); ok {
				if key, err := parsePublicKey(k.Config.EncodedKey); err == nil {
					keys[id] = key
				}
			}
		}
	}
	return keys
}

func selected(behavior string, list []string) edge.Names {
	switch behavior {
	case "whitelist":
		return edge.Names{Mode: edge.Only, Names: list}
	case "allExcept":
		return edge.Names{Mode: edge.Except, Names: list}
	case "all", "allViewer", "allViewerAndWhitelistCloudFront":
		return edge.Names{Mode: edge.All, Names: list}
	}
	return edge.Names{}
}

// canonical are headers as net/http spells them, sorted so that their order in
// a policy does not matter.
func canonical(h *Headers) []string {
	if h == nil {
		return nil
	}
	var list []string
	for _, name := range h.Items {
		list = append(list, http.CanonicalHeaderKey(name))
	}
	slices.Sort(list)
	return list
}

func (n *CookieNames) items() []string {
	if n == nil {
		return nil
	}
	return n.Items
}

func (n *QueryStringNames) items() []string {
	if n == nil {
		return nil
	}
	return n.Items
}

// selection is what the settings from before the policies select.
func (f *ForwardedValues) selection() edge.Selection {
	out := edge.Selection{Cookies: selected(f.Cookies.Forward, f.Cookies.WhitelistedNames.items())}
	if list := canonical(f.Headers); slices.Contains(list, "*") {
		out.Headers.Mode = edge.All
	} else if len(list) > 0 {
		out.Headers = edge.Names{Mode: edge.Only, Names: list}
	}
	switch {
	case f.QueryString && f.QueryStringCacheKeys.Quantity > 0:
		out.Query = edge.Names{Mode: edge.Only, Names: f.QueryStringCacheKeys.Items}
	case f.QueryString:
		out.Query.Mode = edge.All
	}
	return out
}

// build is a response headers policy as the edge applies it.
func (cfg *ResponseHeadersPolicyConfig) build() *edge.ResponseHeaders {
	out := &edge.ResponseHeaders{}
	if c := cfg.CorsConfig; c != nil {
		out.CORS = &edge.CORS{
			Credentials: c.AccessControlAllowCredentials, Origins: c.AccessControlAllowOrigins.Items,
			Headers: c.AccessControlAllowHeaders.Items, Methods: c.AccessControlAllowMethods.Items, MaxAge: -1, Override: c.OriginOverride,
		}
		if slices.Contains(out.CORS.Methods, "ALL") {
			out.CORS.Methods = []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
		}
		if c.AccessControlExposeHeaders != nil {
			out.CORS.Expose = c.AccessControlExposeHeaders.Items
		}
		if c.AccessControlMaxAgeSec != nil {
			out.CORS.MaxAge = int(*c.AccessControlMaxAgeSec)
		}
	}
	if cfg.SecurityHeadersConfig != nil {
		out.Set = cfg.SecurityHeadersConfig.build()
	}
	if cfg.CustomHeadersConfig != nil {
		for _, h := range cfg.CustomHeadersConfig.Items {
			out.Set = append(out.Set, edge.SetHeader{Name: http.CanonicalHeaderKey(h.Header), Value: h.Value, Override: h.Override})
		}
	}
	if cfg.RemoveHeadersConfig != nil {
		for _, h := range cfg.RemoveHeadersConfig.Items {
			out.Remove = append(out.Remove, http.CanonicalHeaderKey(h.Header))
		}
	}
	if t := cfg.ServerTimingHeadersConfig; t != nil && t.Enabled && t.SamplingRate != nil {
		out.Timing = *t.SamplingRate / 100
	}
	return out
}

func (c *ResponseHeadersPolicySecurityHeadersConfig) build() (set []edge.SetHeader) {
	add := func(name, value string, override bool) {
		set = append(set, edge.SetHeader{Name: name, Value: value, Override: override})
	}
	if h := c.ContentSecurityPolicy; h != nil {
		add("Content-Security-Policy", h.ContentSecurityPolicy, h.Override)
	}
	if h := c.ContentTypeOptions; h != nil {
		add("X-Content-Type-Options", "nosniff", h.Override)
	}
	if h := c.FrameOptions; h != nil {
		add("X-Frame-Options", h.FrameOption, h.Override)
	}
	if h := c.ReferrerPolicy; h != nil {
		add("Referrer-Policy", h.ReferrerPolicy, h.Override)
	}
	if h := c.StrictTransportSecurity; h != nil {
		value := "max-age=" + strconv.Itoa(int(h.AccessControlMaxAgeSec))
		if isTrue(h.IncludeSubdomains) {
			value += "; includeSubDomains"
		}
		if isTrue(h.Preload) {
			value += "; preload"
		}
		add("Strict-Transport-Security", value, h.Override)
	}
	if h := c.XSSProtection; h != nil {
		value := "0"
		if h.Protection {
			value = "1"
			if isTrue(h.ModeBlock) {
				value += "; mode=block"
			}
			if h.ReportUri != "" {
				value += "; report=" + h.ReportUri
			}
		}
		add("X-Xss-Protection", value, h.Override)
	}
	return set
}

func isTrue(b *bool) bool { return b != nil && *b }

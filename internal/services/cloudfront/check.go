package cloudfront

import (
	"net/http"
	"net/textproto"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// check completes a configuration and says what is wrong with it. id is the
// distribution's own, "" for a new one.
func (s *Service) check(tx *store.Tx, at aws.Scope, cfg *DistributionConfig, id string) error {
	cfg.complete()
	if err := consistent(reflect.ValueOf(cfg).Elem(), "DistributionConfig"); err != nil {
		return err
	}
	if err := cfg.checkAbsent(); err != nil {
		return err
	}
	if strings.HasPrefix(*cfg.DefaultRootObject, "/") || len(*cfg.DefaultRootObject) > 255 {
		return errRootObject()
	}
	for i := range cfg.Origins.Items {
		if err := s.checkOrigin(tx, at, &cfg.Origins.Items[i]); err != nil {
			return err
		}
	}
	if err := cfg.checkGroups(); err != nil {
		return err
	}
	if err := s.checkBehavior(tx, at, cfg, &cfg.DefaultCacheBehavior.Behavior); err != nil {
		return err
	}
	patterns := map[string]bool{}
	for i := range cfg.CacheBehaviors.Items {
		b := &cfg.CacheBehaviors.Items[i]
		if patterns[b.PathPattern] {
			return errInvalidArgument("The parameter PathPattern contains %s more than once.", b.PathPattern)
		}
		patterns[b.PathPattern] = true
		if err := s.checkBehavior(tx, at, cfg, &b.Behavior); err != nil {
			return err
		}
	}
	if err := cfg.checkErrors(); err != nil {
		return err
	}
	return s.checkAliases(tx, cfg, id)
}

// consistent compares each Quantity with its Items.
func consistent(v reflect.Value, what string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return consistent(v.Elem(), what)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := consistent(v.Index(i), what); err != nil {
				return err
			}
		}
	case reflect.Struct:
		quantity, items := v.FieldByName("Quantity"), v.FieldByName("Items")
		if quantity.IsValid() && items.IsValid() && quantity.Int() != int64(items.Len()) {
			return errInconsistent(what)
		}
		for i := range v.NumField() {
			if t := v.Type().Field(i); t.IsExported() {
				if err := consistent(v.Field(i), t.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkAbsent refuses what we would have to ignore.
func (cfg *DistributionConfig) checkAbsent() error {
	switch {
	case *cfg.WebACLId != "":
		return errAbsent("web ACLs")
	case *cfg.Staging || *cfg.ContinuousDeploymentPolicyId != "":
		return errAbsent("staging distributions")
	case *cfg.Logging.Enabled:
		return errAbsent("access logs of distributions; niebla logs shows every request")
	case cfg.Restrictions.GeoRestriction.RestrictionType != "none":
		return errAbsent("geographic restrictions")
	}
	return nil
}

func (b *Behavior) checkAbsent() error {
	switch {
	case *b.FieldLevelEncryptionId != "":
		return errAbsent("field-level encryption")
	case *b.SmoothStreaming:
		return errAbsent("Smooth Streaming")
	case b.TrustedSigners.Enabled || b.TrustedSigners.Quantity > 0:
		return errAbsent("trusted signers that are accounts: use key groups")
	case b.LambdaFunctionAssociations.Quantity > 0:
		return errAbsent("Lambda@Edge")
	case b.FunctionAssociations.Quantity > 0:
		return errAbsent("CloudFront Functions")
	case b.GrpcConfig.Enabled:
		return errAbsent("gRPC through distributions")
	}
	return nil
}

var bucketDomain = regexp.MustCompile(`^(.+)\.s3[.-]?(?:dualstack\.)?(?:[a-z0-9-]*\.)?(?:amazonaws\.com|localhost)$`)

// bucketOf is the bucket of a domain name that is S3's REST endpoint.
func bucketOf(domain string) (string, bool) {
	m := bucketDomain.FindStringSubmatch(domain)
	if m == nil || strings.Contains(domain, ".s3-website") {
		return "", false
	}
	return m[1], true
}

func (s *Service) checkOrigin(tx *store.Tx, at aws.Scope, o *Origin) error {
	_, isBucket := bucketOf(o.DomainName)
	custom := o.CustomOriginConfig
	switch {
	case o.S3OriginConfig != nil && custom != nil, o.S3OriginConfig == nil && custom == nil:
		return errInvalidArgument("The parameter Origin must have either S3OriginConfig or CustomOriginConfig: %s.", o.Id)
	case o.S3OriginConfig != nil && !isBucket:
		return errInvalidOrigin("The parameter Origin DomainName does not refer to a valid S3 bucket.")
	case o.S3OriginConfig != nil && o.S3OriginConfig.OriginAccessIdentity != nil && *o.S3OriginConfig.OriginAccessIdentity != "":
		return errAbsent("origin access identities: use an origin access control")
	case o.DomainName == "" || strings.ContainsAny(o.DomainName, ":/ "):
		return errInvalidOrigin("The parameter Origin DomainName is not a domain name: %s", o.DomainName)
	case *o.OriginPath != "" && (!strings.HasPrefix(*o.OriginPath, "/") || strings.HasSuffix(*o.OriginPath, "/")):
		return errInvalidArgument("The parameter OriginPath must begin with a slash and not end with one.")
	case *o.ConnectionAttempts < 1 || *o.ConnectionAttempts > 3:
		return errInvalidArgument("The parameter ConnectionAttempts must be 1, 2 or 3.")
	case *o.ConnectionTimeout < 1 || *o.ConnectionTimeout > 10:
		return errInvalidArgument("The parameter ConnectionTimeout must be from 1 to 10.")
	case custom != nil && (!isPort(custom.HTTPPort) || !isPort(custom.HTTPSPort)):
		return errInvalidArgument("The parameters HTTPPort and HTTPSPort must be 80, 443, or from 1024 to 65535.")
	case custom != nil && (*custom.OriginReadTimeout < 1 || *custom.OriginReadTimeout > 120 || *custom.OriginKeepaliveTimeout < 1 || *custom.OriginKeepaliveTimeout > 120):
		return errInvalidArgument("The timeouts of a custom origin must be from 1 to 120.")
	}
	for _, h := range o.CustomHeaders.Items {
		if name := textproto.CanonicalMIMEHeaderKey(h.HeaderName); name == "Host" || strings.HasPrefix(name, "X-Amz-") || strings.HasPrefix(name, "X-Edge-") || name == "Connection" {
			return errInvalidArgument("The parameter HeaderName %s is not allowed.", h.HeaderName)
		}
	}
	if control := *o.OriginAccessControlId; control != "" {
		if _, ok := s.accessControls.table.Get(tx, at, control); !ok {
			return errInvalidAccessControl("The origin access control %s does not exist.", control)
		}
		if o.S3OriginConfig == nil {
			return errInvalidAccessControl("Niebla signs for S3 origins only, and %s is none.", o.Id)
		}
	}
	return nil
}

func isPort(p int32) bool { return p == 80 || p == 443 || p >= 1024 && p <= 65535 }

func (cfg *DistributionConfig) origin(id string) *Origin {
	i := slices.IndexFunc(cfg.Origins.Items, func(o Origin) bool { return o.Id == id })
	if i < 0 {
		return nil
	}
	return &cfg.Origins.Items[i]
}

func (cfg *DistributionConfig) group(id string) *OriginGroup {
	i := slices.IndexFunc(cfg.OriginGroups.Items, func(g OriginGroup) bool { return g.Id == id })
	if i < 0 {
		return nil
	}
	return &cfg.OriginGroups.Items[i]
}

func (cfg *DistributionConfig) checkGroups() error {
	ids := map[string]bool{}
	for _, o := range cfg.Origins.Items {
		if ids[o.Id] {
			return errInvalidArgument("The parameter Origin Id %s is used more than once.", o.Id)
		}
		ids[o.Id] = true
	}
	for _, g := range cfg.OriginGroups.Items {
		if ids[g.Id] {
			return errInvalidArgument("The parameter OriginGroup Id %s is used more than once.", g.Id)
		}
		ids[g.Id] = true
		for _, m := range g.Members.Items {
			if cfg.origin(m.OriginId) == nil {
				return errNoSuchOrigin(m.OriginId)
			}
		}
	}
	return nil
}

func (s *Service) checkBehavior(tx *store.Tx, at aws.Scope, cfg *DistributionConfig, b *Behavior) error {
	if err := b.checkAbsent(); err != nil {
		return err
	}
	if cfg.origin(b.TargetOriginId) == nil && cfg.group(b.TargetOriginId) == nil {
		return errNoSuchOrigin(b.TargetOriginId)
	}
	if err := checkMethods(b.AllowedMethods); err != nil {
		return err
	}
	switch {
	case b.CachePolicyId != "" && b.ForwardedValues != nil:
		return errInvalidArgument("The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.")
	case b.CachePolicyId == "" && b.ForwardedValues == nil:
		return errInvalidArgument("The parameter ForwardedValues is required, unless a cache policy is associated to the cache behavior.")
	case b.CachePolicyId != "" && (b.MinTTL != nil || b.DefaultTTL != nil || b.MaxTTL != nil):
		return errInvalidArgument("The parameters MinTTL, DefaultTTL and MaxTTL cannot be used when a cache policy is associated to the cache behavior.")
	case b.ForwardedValues != nil && (*b.MinTTL < 0 || *b.MinTTL > *b.DefaultTTL || *b.DefaultTTL > *b.MaxTTL):
		return errTTLOrder()
	case b.CachePolicyId == "" && b.OriginRequestPolicyId != "":
		return errInvalidArgument("The parameter OriginRequestPolicyId cannot be used without a cache policy.")
	}
	if b.CachePolicyId != "" {
		if _, err := s.cachePolicies.find(tx, at, b.CachePolicyId); err != nil {
			return err
		}
	}
	if b.OriginRequestPolicyId != "" {
		if _, err := s.originRequestPolicies.find(tx, at, b.OriginRequestPolicyId); err != nil {
			return err
		}
	}
	if b.ResponseHeadersPolicyId != "" {
		if _, err := s.responseHeadersPolicies.find(tx, at, b.ResponseHeadersPolicyId); err != nil {
			return err
		}
	}
	for _, id := range b.TrustedKeyGroups.Items {
		if _, ok := s.keyGroups.table.Get(tx, at, id); !ok {
			return aws.Errorf(http.StatusBadRequest, "TrustedKeyGroupDoesNotExist", "The specified key group does not exist: %s", id)
		}
	}
	return nil
}

// checkMethods holds to the three sets that CloudFront allows.
func checkMethods(m *AllowedMethods) error {
	set := func(items []string) string {
		sorted := slices.Clone(items)
		slices.Sort(sorted)
		return strings.Join(sorted, " ")
	}
	allowed, cached := set(m.Items), set(m.CachedMethods.Items)
	switch allowed {
	case "GET HEAD", "GET HEAD OPTIONS", "DELETE GET HEAD OPTIONS PATCH POST PUT":
	default:
		return errInvalidArgument("The parameter AllowedMethods must be GET and HEAD; with OPTIONS; or all methods.")
	}
	if cached != "GET HEAD" && (cached != "GET HEAD OPTIONS" || allowed == "GET HEAD") {
		return errInvalidArgument("The parameter CachedMethods must be GET and HEAD, or with OPTIONS if that is allowed.")
	}
	return nil
}

// customizable are the errors that may have a page of their own.
var customizable = []int32{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

func (cfg *DistributionConfig) checkErrors() error {
	for _, e := range cfg.CustomErrorResponses.Items {
		code, err := strconv.Atoi(*e.ResponseCode)
		switch {
		case !slices.Contains(customizable, e.ErrorCode):
			return errErrorCode(e.ErrorCode)
		case (*e.ResponseCode == "") != (*e.ResponsePagePath == ""):
			return errInvalidArgument("The parameters ResponsePagePath and ResponseCode go together.")
		case *e.ResponseCode != "" && (err != nil || code != 200 && !slices.Contains(customizable, int32(code))):
			return errResponseCode(*e.ResponseCode)
		case *e.ResponsePagePath != "" && !strings.HasPrefix(*e.ResponsePagePath, "/"):
			return errInvalidArgument("The parameter ResponsePagePath must begin with a slash.")
		case *e.ErrorCachingMinTTL < 0:
			return errInvalidArgument("The parameter ErrorCachingMinTTL must not be negative.")
		}
	}
	return nil
}

var aliasPattern = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

func (s *Service) checkAliases(tx *store.Tx, cfg *DistributionConfig, id string) error {
	cert := cfg.ViewerCertificate
	if cfg.Aliases.Quantity > 0 && cert.ACMCertificateArn == "" && (cert.IAMCertificateId == nil || *cert.IAMCertificateId == "") {
		return errViewerCertificate()
	}
	for _, alias := range cfg.Aliases.Items {
		if !aliasPattern.MatchString(strings.ToLower(alias)) || strings.HasSuffix(strings.ToLower(alias), ".cloudfront.net") {
			return errInvalidArgument("The parameter CNAME contains one or more parameters that are not valid: %s", alias)
		}
		for _, d := range s.distributions.Everywhere(tx) {
			if d.ID != id && slices.ContainsFunc(d.Config.Aliases.Items, func(a string) bool { return strings.EqualFold(a, alias) }) {
				return errAliasTaken(alias)
			}
		}
	}
	return nil
}

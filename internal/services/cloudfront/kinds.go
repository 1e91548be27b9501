package cloudfront

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func errorsOf(missingCode, prefix, what string) kindErrors {
	return kindErrors{
		missing: fail(http.StatusNotFound, missingCode, "The specified "+what+" does not exist."),
		exists:  fail(http.StatusConflict, prefix+"AlreadyExists", "A "+what+" with this name already exists. You must provide a unique name."),
		inUse:   fail(http.StatusConflict, prefix+"InUse", "Cannot delete the "+what+" because it is in use."),
	}
}

// initKinds makes the six sorts of resource that distributions refer to.
func (s *Service) initKinds() {
	s.accessControls = kind[OriginAccessControlConfig]{
		s: s, path: "origin-access-control", newID: s.newID("E"), errs: errorsOf("NoSuchOriginAccessControl", "OriginAccessControl", "origin access control"),
		table: store.NewTable[resource[OriginAccessControlConfig]]("cloudfront/origin-access-control"),
		name:  func(c *OriginAccessControlConfig) string { return c.Name },
		check: func(_ *store.Tx, _ aws.Scope, c *OriginAccessControlConfig) error {
			if c.OriginAccessControlOriginType != "s3" {
				return errAbsent("origin access controls for origins of the type %s", c.OriginAccessControlOriginType)
			}
			return nil
		},
		usedBy: func(d *DistributionConfig, id string) bool {
			return slices.ContainsFunc(d.Origins.Items, func(o Origin) bool { return *o.OriginAccessControlId == id })
		},
	}
	s.cachePolicies = kind[CachePolicyConfig]{
		s: s, path: "cache-policy", newID: s.IDs.UUID, errs: errorsOf("NoSuchCachePolicy", "CachePolicy", "cache policy"),
		table: store.NewTable[resource[CachePolicyConfig]]("cloudfront/cache-policy"), managed: managedCachePolicies(),
		name: func(c *CachePolicyConfig) string { return c.Name }, check: checkCachePolicy,
		usedBy: func(d *DistributionConfig, id string) bool {
			return d.some(func(b *Behavior) bool { return b.CachePolicyId == id })
		},
	}
	s.originRequestPolicies = kind[OriginRequestPolicyConfig]{
		s: s, path: "origin-request-policy", newID: s.IDs.UUID, errs: errorsOf("NoSuchOriginRequestPolicy", "OriginRequestPolicy", "origin request policy"),
		table: store.NewTable[resource[OriginRequestPolicyConfig]]("cloudfront/origin-request-policy"), managed: managedOriginRequestPolicies(),
		name: func(c *OriginRequestPolicyConfig) string { return c.Name }, check: consistentConfig[OriginRequestPolicyConfig],
		usedBy: func(d *DistributionConfig, id string) bool {
			return d.some(func(b *Behavior) bool { return b.OriginRequestPolicyId == id })
		},
	}
	s.responseHeadersPolicies = kind[ResponseHeadersPolicyConfig]{
		s: s, path: "response-headers-policy", newID: s.IDs.UUID, errs: errorsOf("NoSuchResponseHeadersPolicy", "ResponseHeadersPolicy", "response headers policy"),
		table: store.NewTable[resource[ResponseHeadersPolicyConfig]]("cloudfront/response-headers-policy"), managed: managedResponseHeadersPolicies(),
		name: func(c *ResponseHeadersPolicyConfig) string { return c.Name }, check: consistentConfig[ResponseHeadersPolicyConfig],
		usedBy: func(d *DistributionConfig, id string) bool {
			return d.some(func(b *Behavior) bool { return b.ResponseHeadersPolicyId == id })
		},
	}
	s.publicKeys = kind[PublicKeyConfig]{
		s: s, path: "public-key", newID: s.newID("K"), errs: errorsOf("NoSuchPublicKey", "PublicKey", "public key"),
		table: store.NewTable[resource[PublicKeyConfig]]("cloudfront/public-key"),
		name:  func(c *PublicKeyConfig) string { return c.Name },
		check: func(_ *store.Tx, _ aws.Scope, c *PublicKeyConfig) error {
			if _, err := parsePublicKey(c.EncodedKey); err != nil {
				return errInvalidArgument("The parameter EncodedKey is not a public key in PEM: RSA with 2048 bits, or ECDSA with P-256.")
			}
			return nil
		},
		change: func(old, cfg *PublicKeyConfig) error {
			if old.EncodedKey != cfg.EncodedKey || old.CallerReference != cfg.CallerReference || old.Name != cfg.Name {
				return aws.Errorf(http.StatusBadRequest, "CannotChangeImmutablePublicKeyFields", "You can't change the value of a public key.")
			}
			return nil
		},
		usedBy: func(*DistributionConfig, string) bool { return false },
		usedElse: func(tx *store.Tx, at aws.Scope, id string) bool {
			for _, g := range s.keyGroups.table.All(tx, at) {
				if slices.Contains(g.Config.Items, id) {
					return true
				}
			}
			return false
		},
	}
	s.keyGroups = kind[KeyGroupConfig]{
		s: s, path: "key-group", newID: s.IDs.UUID, errs: errorsOf("NoSuchResource", "KeyGroup", "key group"),
		table: store.NewTable[resource[KeyGroupConfig]]("cloudfront/key-group"),
		name:  func(c *KeyGroupConfig) string { return c.Name },
		check: func(tx *store.Tx, at aws.Scope, c *KeyGroupConfig) error {
			for _, id := range c.Items {
				if _, ok := s.publicKeys.table.Get(tx, at, id); !ok {
					return errInvalidArgument("The public key %s does not exist.", id)
				}
			}
			return nil
		},
		usedBy: func(d *DistributionConfig, id string) bool { return slices.Contains(d.keyGroups(), id) },
	}
	s.keyGroups.errs.inUse = fail(http.StatusConflict, "ResourceInUse", "Cannot delete this resource because it is in use.")
}

func consistentConfig[C any](_ *store.Tx, _ aws.Scope, c *C) error {
	return consistent(reflect.ValueOf(c).Elem(), "the policy")
}

func checkCachePolicy(tx *store.Tx, at aws.Scope, c *CachePolicyConfig) error {
	def(&c.DefaultTTL, max(usualTTL, c.MinTTL))
	def(&c.MaxTTL, max(longestTTL, *c.DefaultTTL))
	if c.MinTTL < 0 || c.MinTTL > *c.DefaultTTL || *c.DefaultTTL > *c.MaxTTL {
		return errTTLOrder()
	}
	key := ParametersInCacheKeyAndForwardedToOrigin{}
	key.HeadersConfig.HeaderBehavior, key.CookiesConfig.CookieBehavior, key.QueryStringsConfig.QueryStringBehavior = "none", "none", "none"
	def(&c.ParametersInCacheKeyAndForwardedToOrigin, key)
	def(&c.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingBrotli, false)
	return consistentConfig(tx, at, c)
}

// some reports whether f holds for one of the behaviors.
func (cfg *DistributionConfig) some(f func(*Behavior) bool) bool {
	return f(&cfg.DefaultCacheBehavior.Behavior) ||
		slices.ContainsFunc(cfg.CacheBehaviors.Items, func(b CacheBehavior) bool { return f(&b.Behavior) })
}

// keyGroups are the key groups that the behaviors trust.
func (cfg *DistributionConfig) keyGroups() []string {
	var ids []string
	cfg.some(func(b *Behavior) bool {
		if b.TrustedKeyGroups != nil {
			ids = append(ids, b.TrustedKeyGroups.Items...)
		}
		return false
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

var errPublicKey = errors.New("cloudfront: not a public key for signed URLs")

// parsePublicKey reads a key in PEM.
func parsePublicKey(text string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errPublicKey
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errPublicKey
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() == 2048 {
			return k, nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return k, nil
		}
	}
	return nil, errPublicKey
}

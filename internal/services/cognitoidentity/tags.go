package cognitoidentity

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// tagMap says which claims of a provider's tokens become tags of the session,
// as stored.
type tagMap struct {
	Defaults bool
	Claims   map[string]string // by tag
}

// defaultTags are the tags of a map that uses defaults.
var defaultTags = map[string]string{"client": "aud", "username": "sub"}

// tagText is without its length: counted, these classes would be compiled into
// megabytes.
var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func validTagKey(s string) bool { return s != "" && validTag(s, 128) }

func validTagValue(s string) bool { return validTag(s, 256) }

func validTag(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && tagText.MatchString(s)
}

func (s *Service) setPrincipalTagAttributeMap(_ context.Context, c *aws.Call, in *SetPrincipalTagAttributeMapInput) (*PrincipalTagAttributeMap, error) {
	m := tagMap{Defaults: in.UseDefaults, Claims: in.PrincipalTags}
	if in.UseDefaults && len(in.PrincipalTags) > 0 {
		return nil, errInvalidParameter("PrincipalTags cannot be given when UseDefaults is true.")
	}
	seen := map[string]bool{} // policies do not tell upper from lower case
	for tag := range in.PrincipalTags {
		folded := strings.ToLower(tag)
		if !validTagKey(tag) || strings.HasPrefix(folded, "aws:") || seen[folded] {
			return nil, errInvalidParameter("Invalid principal tag key: %s", tag)
		}
		seen[folded] = true
	}
	return m.describe(in.IdentityPoolId, in.IdentityProviderName), s.change(c, in.IdentityPoolId, func(p *pool) error {
		p.TagMaps = maps.Clone(p.TagMaps)
		if p.TagMaps == nil {
			p.TagMaps = map[string]tagMap{}
		}
		p.TagMaps[in.IdentityProviderName] = m
		return nil
	})
}

func (s *Service) getPrincipalTagAttributeMap(_ context.Context, c *aws.Call, in *GetPrincipalTagAttributeMapInput) (*PrincipalTagAttributeMap, error) {
	p, err := s.read(c, in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	m, ok := p.TagMaps[in.IdentityProviderName]
	if !ok {
		return nil, errNoTagMap(in.IdentityProviderName)
	}
	return m.describe(in.IdentityPoolId, in.IdentityProviderName), nil
}

// claims are the claims that become tags.
func (m *tagMap) claims() map[string]string {
	if m.Defaults {
		return defaultTags
	}
	return m.Claims
}

func (m *tagMap) describe(pool, provider string) *PrincipalTagAttributeMap {
	return &PrincipalTagAttributeMap{
		IdentityPoolId: pool, IdentityProviderName: provider, PrincipalTags: m.claims(), UseDefaults: m.Defaults,
	}
}

// tags are the tags of the identity's session: what the claims say that the
// pool maps. A claim that is not there, says several things or cannot be a tag
// gives none, so that a policy that tests the tag does not apply.
func (v *visit) tags() map[string]string {
	tags := map[string]string{}
	for _, l := range v.logins {
		m := v.pool.TagMaps[l.Provider]
		for tag, claim := range m.claims() {
			if said := values(l.Claims[claim]); len(said) == 1 && validTagValue(said[0]) {
				tags[tag] = said[0]
			}
		}
	}
	return tags
}

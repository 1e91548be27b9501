package cognitoidp

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The documents that those who check a pool's tokens read.
var documentPath = regexp.MustCompile(`^/([\w-]+_[0-9a-zA-Z]+)/\.well-known/(jwks\.json|openid-configuration)$`)

// Claims reports whether a request asks for a pool's public documents.
func (s *Service) Claims(r *http.Request) bool { return documentPath.MatchString(r.URL.Path) }

// ServeHTTP answers with a pool's public keys, or its OpenID configuration.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	m := documentPath.FindStringSubmatch(r.URL.Path)
	doc, err := s.document(c, m[1], m[2])
	if err != nil {
		status := http.StatusInternalServerError
		if known, ok := errors.AsType[*aws.Error](err); ok {
			status, doc = http.StatusNotFound, map[string]string{"message": known.Message}
		} else {
			doc = map[string]string{"message": "internal error"}
		}
		w.WriteHeader(status)
	} else {
		// AWS' may be kept for a day. Ours change with a reset, under a pinned id too.
		w.Header().Set("Cache-Control", "no-cache")
	}
	_ = json.NewEncoder(w).Encode(doc) // the client went away
}

func (s *Service) document(c *aws.Call, id, name string) (any, error) {
	var p pool
	err := s.DB.View(func(tx *store.Tx) (err error) {
		p, err = s.find(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if name == "jwks.json" {
		return s.publicKeys(&p)
	}
	issuer := p.issuer(c)
	return map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              issuer + "/.well-known/jwks.json",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "token"},
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	}, nil
}

// issuer is what the pool's tokens name as their issuer: where the caller
// finds the documents. On AWS that is the host of the region.
func (p *pool) issuer(c *aws.Call) string { return c.Origin() + "/" + p.ID }

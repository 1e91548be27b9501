package edge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// refusal is why a request for private content is denied.
type refusal struct{ code, message string }

func missingKey() *refusal {
	return &refusal{"MissingKey", "Missing Key-Pair-Id query parameter or cookie value"}
}
func unknownKey() *refusal   { return &refusal{"InvalidKey", "Unknown Key"} }
func accessDenied() *refusal { return &refusal{"AccessDenied", "Access denied"} }
func malformedPolicy() *refusal {
	return &refusal{"MalformedPolicy", "Malformed Policy"}
}

func (v *visit) deny(why *refusal) int {
	h := v.w.Header()
	v.stamp(h, failed)
	h["Server"] = []string{"CloudFront"}
	return v.write(http.StatusForbidden, "text/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>`+why.code+"</Code><Message>"+why.message+"</Message></Error>"))
}

// signing are the query parameters of a signed URL, and as cookies with
// "CloudFront-" before them. They are neither part of the key nor forwarded.
var signing = Names{Mode: Except, Names: []string{"Expires", "Signature", "Key-Pair-Id", "Policy", "Hash-Algorithm"}}

// unsigned reports why a request is not signed as its behavior wants, or nil.
// It takes the signature off the query.
func (v *visit) unsigned() *refusal {
	query, err := url.ParseQuery(v.raw)
	if err != nil {
		return accessDenied()
	}
	get := query.Get
	if !query.Has("Signature") && !query.Has("Key-Pair-Id") {
		get = func(name string) string {
			c, err := v.r.Cookie("CloudFront-" + name)
			if err != nil {
				return ""
			}
			return c.Value
		}
	}
	v.raw = selectQuery(v.raw, signing)
	id := get("Key-Pair-Id")
	if id == "" {
		return missingKey()
	}
	key := v.b.Signers[id]
	if key == nil {
		return unknownKey()
	}
	signature, err := decodeURL64(get("Signature"))
	if err != nil {
		return accessDenied()
	}
	ok := func(policy string) bool { return verify(key, get("Hash-Algorithm"), policy, signature) }
	if encoded := get("Policy"); encoded != "" {
		text, err := decodeURL64(encoded)
		if err != nil {
			return malformedPolicy()
		}
		p, err := parsePolicy(text)
		switch {
		case err != nil:
			return malformedPolicy()
		case !ok(string(text)) || !v.meets(p):
			return accessDenied()
		}
		return nil
	}
	expires, isNumber := number(get("Expires"))
	if !isNumber || !v.e.Now().Before(time.Unix(expires, 0)) {
		return accessDenied()
	}
	for _, u := range v.urls() {
		// The signer writes the policy by this very rule, so that it need not be sent.
		if ok(`{"Statement":[{"Resource":"` + u + `","Condition":{"DateLessThan":{"AWS:EpochTime":` + strconv.FormatInt(expires, 10) + `}}}]}`) {
			return nil
		}
	}
	return accessDenied()
}

// urls are how the viewer may have called what it asks for when it was signed:
// by the name it uses, or by the distribution's own, since on one machine the
// same distribution is reached under several names.
func (v *visit) urls() []string {
	rest := v.r.URL.EscapedPath()
	if v.raw != "" {
		rest += "?" + v.raw
	}
	schemes := []string{"http"}
	if v.c.TLS {
		schemes[0] = "https"
	}
	hosts := []string{v.r.Host}
	if h, _, err := net.SplitHostPort(v.r.Host); err == nil {
		hosts = append(hosts, h)
	}
	if last := hosts[len(hosts)-1]; strings.HasSuffix(last, ".localhost") || !strings.Contains(last, ".") {
		hosts, schemes = append(hosts, v.d.Domain), []string{"https", "http"}
	}
	var list []string
	for _, s := range schemes {
		for _, h := range hosts {
			list = append(list, s+"://"+h+rest)
		}
	}
	return list
}

// signedPolicy is a custom policy.
type signedPolicy struct {
	Statement []struct {
		Resource  string
		Condition struct {
			DateLessThan    *epoch
			DateGreaterThan *epoch
			IPAddress       *struct {
				SourceIP string `json:"AWS:SourceIp"`
			} `json:"IpAddress"`
		}
	}
}

type epoch struct {
	Time int64 `json:"AWS:EpochTime"`
}

var errPolicy = errors.New("edge: the policy is not one statement with an end")

func parsePolicy(text []byte) (*signedPolicy, error) {
	var p signedPolicy
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	if len(p.Statement) != 1 || p.Statement[0].Condition.DateLessThan == nil {
		return nil, errPolicy
	}
	return &p, nil
}

// meets reports whether the visit is what a policy allows.
func (v *visit) meets(p *signedPolicy) bool {
	s := &p.Statement[0]
	now := v.e.Now()
	if !now.Before(time.Unix(s.Condition.DateLessThan.Time, 0)) {
		return false
	}
	if from := s.Condition.DateGreaterThan; from != nil && !now.After(time.Unix(from.Time, 0)) {
		return false
	}
	if ip := s.Condition.IPAddress; ip != nil && !within(v.c.SourceIP, ip.SourceIP) {
		return false
	}
	if s.Resource == "" {
		return true
	}
	for _, u := range v.urls() {
		if wildcard(s.Resource, u) {
			return true
		}
	}
	return wildcard(s.Resource, strings.TrimPrefix(v.r.URL.EscapedPath(), "/"))
}

func within(address, network string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	if p, err := netip.ParsePrefix(network); err == nil {
		return p.Contains(ip.Unmap())
	}
	one, err := netip.ParseAddr(network)
	return err == nil && one == ip.Unmap()
}

// decodeURL64 reads base64 in CloudFront's own alphabet for URLs.
func decodeURL64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(s))
}

func verify(key crypto.PublicKey, algorithm, text string, signature []byte) bool {
	var hash crypto.Hash
	var sum []byte
	switch algorithm {
	case "", "SHA1":
		h := sha1.Sum([]byte(text))
		hash, sum = crypto.SHA1, h[:]
	case "SHA256":
		h := sha256.Sum256([]byte(text))
		hash, sum = crypto.SHA256, h[:]
	default:
		return false
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, hash, sum, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, sum, signature)
	}
	return false
}

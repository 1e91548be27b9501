package edge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func url64(b []byte) string {
	return strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString(b))
}

// TestSignedURLs signs as AWS' documentation has it.
func TestSignedURLs(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := newWorld(t, serve("private"))
	x.b.Signers = map[string]crypto.PublicKey{"K1": &key.PublicKey, "K2": &curve.PublicKey}
	sign := func(policy string) string {
		sum := sha1.Sum([]byte(policy))
		sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return url64(sig)
	}
	expires := x.now.Add(time.Hour).Unix()
	canned := func(u string) string {
		policy := fmt.Sprintf(`{"Statement":[{"Resource":"%s","Condition":{"DateLessThan":{"AWS:EpochTime":%d}}}]}`, u, expires)
		return fmt.Sprintf("Expires=%d&Signature=%s&Key-Pair-Id=K1", expires, sign(policy))
	}
	custom := func(resource, more string) string {
		policy := fmt.Sprintf(`{"Statement":[{"Resource":"%s","Condition":{"DateLessThan":{"AWS:EpochTime":%d}%s}}]}`, resource, expires, more)
		return fmt.Sprintf("Policy=%s&Signature=%s&Key-Pair-Id=K1", url64([]byte(policy)), sign(policy))
	}
	good := canned("http://d3example.cloudfront.net/a?v=1")
	for name, c := range map[string]struct {
		path, want string
	}{
		"canned":             {"/a?v=1&" + good, "200"},
		"of another path":    {"/b?v=1&" + good, "AccessDenied"},
		"of another query":   {"/a?v=2&" + good, "AccessDenied"},
		"unsigned":           {"/a", "MissingKey"},
		"unknown key":        {"/a?v=1&" + strings.Replace(good, "Id=K1", "Id=K3", 1), "InvalidKey"},
		"another's key":      {"/a?v=1&" + strings.Replace(good, "Id=K1", "Id=K2", 1), "AccessDenied"},
		"later end":          {"/a?v=1&" + strings.Replace(good, fmt.Sprint(expires), fmt.Sprint(expires+1), 1), "AccessDenied"},
		"custom":             {"/a?" + custom("http://d3example.cloudfront.net/*", ""), "200"},
		"custom, any scheme": {"/a?" + custom("http*://d3example.cloudfront.net/?", ""), "200"},
		"custom, elsewhere":  {"/a?" + custom("http://other/*", ""), "AccessDenied"},
		"from this address":  {"/a?" + custom("*", `,"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}`), "200"},
		"from another":       {"/a?" + custom("*", `,"IpAddress":{"AWS:SourceIp":"10.0.0.1/32"}`), "AccessDenied"},
		"not yet":            {"/a?" + custom("*", fmt.Sprintf(`,"DateGreaterThan":{"AWS:EpochTime":%d}`, expires-60)), "AccessDenied"},
		"no policy":          {"/a?Policy=" + url64([]byte("{}")) + "&Signature=x&Key-Pair-Id=K1", "AccessDenied"},
		"spelt differently":  {"/x/../a?" + canned("http://d3example.cloudfront.net/x/a"), "AccessDenied"},
	} {
		w := x.get(c.path)
		if got := fmt.Sprint(w.Code, w.Body); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	policy := fmt.Sprintf(`{"Statement":[{"Resource":"http://d3example.cloudfront.net/*","Condition":{"DateLessThan":{"AWS:EpochTime":%d}}}]}`, expires)
	cookies := "CloudFront-Policy=" + url64([]byte(policy)) + "; CloudFront-Signature=" + sign(policy) + "; CloudFront-Key-Pair-Id=K1"
	if w := x.get("/a", "Cookie", cookies); w.Code != 200 {
		t.Errorf("cookies: %d %s", w.Code, w.Body)
	}
	sum := sha256.Sum256([]byte(policy))
	sig, err := ecdsa.SignASN1(rand.Reader, curve, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	query := url.Values{"Policy": {url64([]byte(policy))}, "Signature": {url64(sig)}, "Key-Pair-Id": {"K2"}, "Hash-Algorithm": {"SHA256"}}
	if w := x.get("/a?" + query.Encode()); w.Code != 200 {
		t.Errorf("elliptic curve: %d %s", w.Code, w.Body)
	}
	x.advance(time.Hour)
	if w := x.get("/a?v=1&" + good); w.Code != 403 {
		t.Errorf("after its end: %d", w.Code)
	}
}

package cloudfront

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func FuzzPublicKey(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	good := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	if k, err := parsePublicKey(good); err != nil || !key.PublicKey.Equal(k) {
		f.Fatal("a good key is refused")
	}
	f.Add(good)
	f.Add("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := parsePublicKey(text); (k == nil) == (err == nil) {
			t.Fatalf("%q: %v, %v", text, k, err)
		}
	})
}

func FuzzBucketOf(f *testing.F) {
	for _, s := range []string{"b.s3.amazonaws.com", "b.s3.eu-west-3.amazonaws.com", "b.c.s3-eu-west-3.amazonaws.com", "b.s3-website.eu-west-3.amazonaws.com", "b.s3.localhost"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		if b, ok := bucketOf(domain); ok && (b == "" || !strings.HasPrefix(domain, b+".s3")) {
			t.Fatalf("%q is of the bucket %q", domain, b)
		}
	})
}

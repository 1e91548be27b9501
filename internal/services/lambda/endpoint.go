package lambda

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The links that GetFunction gives, with which anybody can fetch a package
// for ten minutes, as with AWS'.
const (
	codePath = "/_aws/lambda/code"
	codeLife = 10 * time.Minute
)

// location is a link to the package of a version.
func (s *Service) location(c *aws.Call, n name, v *version) (string, error) {
	n.qualifier = v.Number
	q := url.Values{"function": {string(n.arn())}, "expires": {strconv.FormatInt(s.Clock.Now().Add(codeLife).Unix(), 10)}}
	signature, err := s.sign(q)
	if err != nil {
		return "", err
	}
	q.Set("signature", signature)
	return c.Origin() + codePath + "?" + q.Encode(), nil
}

// sign returns the signature of a link without one.
func (s *Service) sign(q url.Values) (string, error) {
	s.signing.Lock()
	defer s.signing.Unlock()
	var key []byte
	err := s.DB.Update(func(tx *store.Tx) error {
		var ok bool
		if key, ok = s.signers.Get(tx, aws.Scope{}, "key"); !ok {
			key = s.IDs.Bytes(32)
			s.signers.Put(tx, aws.Scope{}, key, "key")
		}
		return nil
	})
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(q.Get("function") + "\n" + q.Get("expires")))
	return hex.EncodeToString(mac.Sum(nil)), err
}

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, codePath) }

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	q := r.URL.Query()
	want, err := s.sign(q)
	expires, bad := strconv.ParseInt(q.Get("expires"), 10, 64)
	if err != nil || bad != nil || !hmac.Equal([]byte(want), []byte(q.Get("signature"))) || s.Clock.Now().Unix() > expires {
		http.Error(w, "the link is not valid, or not any more: ask lambda:GetFunction for another", http.StatusForbidden)
		return
	}
	_, v, err := s.read(parseName(q.Get("function"), c.Scope))
	if err != nil {
		http.Error(w, "the function is gone", http.StatusNotFound)
		return
	}
	b, err := s.Blobs.Open(v.Blob)
	if err != nil {
		http.Error(w, "the package is gone", http.StatusNotFound)
		return
	}
	defer b.Close()
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Length", strconv.FormatInt(b.Size(), 10))
	if section, err := b.Section(0, b.Size()); err == nil {
		io.Copy(w, section) // a client that has gone away is no error of ours
	}
}

package listener

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Authority is a local certificate authority. It is made, or read from its
// directory, when it is first needed.
type Authority struct {
	dir string // "" keeps it in memory
	now func() time.Time

	mu     sync.Mutex
	cert   *x509.Certificate
	key    crypto.Signer
	leaves map[string]*tls.Certificate
}

// NewAuthority returns an authority kept in dir; "" keeps it in memory.
func NewAuthority(dir string, now func() time.Time) *Authority {
	return &Authority{dir: dir, now: now, leaves: map[string]*tls.Certificate{}}
}

// maxLeaves bounds how many names certificates are kept for: the names are the
// clients' to choose.
const maxLeaves = 256

// Certificate returns a certificate for the name a client asks for.
func (a *Authority) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(hello.ServerName)
	if name == "" {
		name = "localhost"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.leaves[name]; c != nil && a.now().Before(c.Leaf.NotAfter) {
		return c, nil
	}
	if err := a.load(); err != nil {
		return nil, err
	}
	c, err := a.issue(name)
	if err != nil {
		return nil, err
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	a.leaves[name] = c
	return c, nil
}

// PEM returns the authority's certificate, for clients to trust.
func (a *Authority) PEM() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.load(); err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), nil
}

func (a *Authority) load() error {
	if a.cert != nil {
		return nil
	}
	if a.dir != "" {
		pair, err := tls.LoadX509KeyPair(a.file("ca.pem"), a.file("ca.key"))
		if err == nil {
			a.cert, a.key = pair.Leaf, pair.PrivateKey.(crypto.Signer) // every private key of the library is one
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the certificate authority in %s: %w; remove the folder to have a new one made", a.dir, err)
		}
	}
	return a.create()
}

func (a *Authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *Authority) create() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Niebla local authority"},
		NotBefore:             a.now().Add(-time.Hour),
		NotAfter:              a.now().AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	if a.dir != "" {
		if err := a.save(der, key); err != nil {
			return err
		}
	}
	a.cert, a.key = cert, key
	return nil
}

func (a *Authority) save(der []byte, key *ecdsa.PrivateKey) error {
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	if err := os.WriteFile(a.file("ca.key"), keyPEM, 0o600); err != nil {
		return err
	}
	return os.WriteFile(a.file("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

func (a *Authority) issue(name string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    a.now().Add(-time.Hour),
		NotAfter:     a.now().AddDate(0, 3, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{name, "localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}

package sns

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// signer is the key pair that signs messages, as stored.
type signer struct {
	ID          string
	Key         []byte // PKCS #8
	Certificate []byte // PEM
}

// signing keeps the key pair once it was read or made. The zero value is ready
// for use.
type signing struct {
	mu   sync.Mutex
	kept *signer
	key  *rsa.PrivateKey
}

const (
	keyBits  = 2048
	certLife = 10 * 365 * 24 * time.Hour
)

// signer returns the key pair, and makes it when it is first needed.
func (s *Service) signer() (*signer, *rsa.PrivateKey, error) {
	s.signing.mu.Lock()
	defer s.signing.mu.Unlock()
	if s.signing.kept != nil {
		return s.signing.kept, s.signing.key, nil
	}
	kept, ok, err := s.keptSigner()
	if err == nil && !ok {
		kept, err = s.newSigner()
	}
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(kept.Key)
	if err != nil {
		return nil, nil, err
	}
	s.signing.kept, s.signing.key = &kept, key.(*rsa.PrivateKey)
	return s.signing.kept, s.signing.key, nil
}

func (s *Service) keptSigner() (k signer, ok bool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		k, ok = s.signers.Get(tx, aws.Scope{}, "signer")
		return nil
	})
	return k, ok, err
}

func (s *Service) newSigner() (signer, error) {
	key, err := rsa.GenerateKey(s.IDs, keyBits)
	if err != nil {
		return signer{}, err
	}
	now := s.Clock.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: hostName}, DNSNames: []string{hostName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert, err := x509.CreateCertificate(s.IDs, template, template, key.Public(), key)
	if err != nil {
		return signer{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return signer{}, err
	}
	k := signer{s.IDs.Hex(32), private, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})}
	return k, s.DB.Update(func(tx *store.Tx) error {
		s.signers.Put(tx, aws.Scope{}, k, "signer")
		return nil
	})
}

// certificatePath is where the certificate with an id is served.
func certificatePath(id string) string { return "/SimpleNotificationService-" + id + ".pem" }

// sign completes an envelope.
func (s *Service) sign(e *envelope, origin string) error {
	kept, key, err := s.signer()
	if err != nil {
		return err
	}
	hash, digest := crypto.SHA1, []byte(nil)
	if e.SignatureVersion == "2" {
		sum := sha256.Sum256([]byte(e.signed()))
		hash, digest = crypto.SHA256, sum[:]
	} else {
		sum := sha1.Sum([]byte(e.signed()))
		digest = sum[:]
	}
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest)
	e.Signature = base64.StdEncoding.EncodeToString(signature)
	e.SigningCertURL = origin + certificatePath(kept.ID)
	return err
}

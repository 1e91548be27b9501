package dynamodb

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
)

// A NextToken is a place in the results of one statement, sealed: the digest of
// the statement, the read, and the item after which to go on.

var tokenPurpose = []byte("partiql")

// digest tells a statement, with its parameters and whose it is, from others.
func (st *statement) digest(scope aws.Scope) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", scope.Account, scope.Region, st.text)
	for _, p := range st.parameters {
		fmt.Fprintf(h, "%q\n", p)
	}
	return h.Sum(nil)
}

func (s *Service) sealPlace(c *aws.Call, st *statement, at *resultPlace) (string, error) {
	aead, err := s.sealer()
	if err != nil {
		return "", err
	}
	b := binary.BigEndian.AppendUint32(st.digest(c.Scope), uint32(at.read))
	b = append(b, at.after...)
	nonce := s.IDs.Bytes(aead.NonceSize())
	return base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, b, tokenPurpose)), nil
}

func (s *Service) openPlace(c *aws.Call, st *statement, text string) (at resultPlace, err error) {
	aead, err := s.sealer()
	if err != nil {
		return at, err
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < aead.NonceSize() {
		return at, errValidation("Invalid NextToken")
	}
	if b, err = aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], tokenPurpose); err != nil {
		return at, errValidation("Invalid NextToken")
	}
	digest := st.digest(c.Scope)
	if !bytes.HasPrefix(b, digest) {
		return at, errValidation("NextToken does not match request")
	}
	b = b[len(digest):]
	at.read = int(binary.BigEndian.Uint32(b))
	if len(b) > 4 {
		at.after = ddbexpr.Item(b[4:])
	}
	return at, nil
}

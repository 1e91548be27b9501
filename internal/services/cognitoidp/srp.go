package cognitoidp

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/srp"
	"github.com/niebla-cloud/niebla/internal/store"
)

// serverSecret is the length of our secret number in bytes.
const serverSecret = 32

// beginSRP answers a client's public number with ours.
func (s *Service) beginSRP(x *signIn) (*AuthOutput, error) {
	given, err := x.parameters("USERNAME", "SRP_A")
	if err != nil {
		return nil, err
	}
	a, ok := srp.ParseNumber(given[1])
	if !ok {
		return nil, errInvalid("SRP_A must be a hexadecimal number.")
	}
	u, known, err := s.newcomer(x, given[0])
	if err != nil {
		return nil, err
	}
	k := challenge{Kind: passwordVerifier, Username: u.Username, Unknown: !known, A: given[1], B: s.IDs.Bytes(serverSecret), Verifier: u.Password}
	if !known {
		k.Username, k.Verifier = x.pool.stranger(given[0])
	}
	server := srp.NewServer(k.Verifier, k.B)
	if _, err := server.Key(a); err != nil {
		return nil, errInvalid("SRP_A is not a valid public number.")
	}
	block, err := s.challenge(x, k)
	if err != nil {
		return nil, err
	}
	return &AuthOutput{
		ChallengeName: passwordVerifier,
		ChallengeParameters: map[string]string{
			"SALT": srp.FormatNumber(new(big.Int).SetBytes(k.Verifier.Salt)), "SRP_B": srp.FormatNumber(server.B),
			"SECRET_BLOCK": block, "USERNAME": k.Username, "USER_ID_FOR_SRP": k.Username,
		},
	}, nil
}

// stranger is the name and the verifier that a user who does not exist would have.
func (p *pool) stranger(name string) (string, srp.Verifier) {
	salt, value := p.imagine("salt", name)[:saltLength], p.imagine("verifier", name)
	if len(p.NameKinds) > 0 {
		id := p.imagine("sub", name)[:16]
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
		h := hex.EncodeToString(id)
		name = strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
	}
	return name, srp.NewVerifier(srp.User{Pool: p.name(), ID: name}, string(value), salt)
}

// timestampLayout is how clients write the time that they sign.
const timestampLayout = "Mon Jan 2 15:04:05 MST 2006"

// verifySRP checks the client's proof that it knows the password.
func (s *Service) verifySRP(x *signIn) (*AuthOutput, error) {
	given, err := x.parameters("USERNAME", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP")
	if err != nil {
		return nil, err
	}
	if err := x.cl.checkParameter(given[0], x.given["SECRET_HASH"]); err != nil {
		return nil, err
	}
	if _, err := time.Parse(timestampLayout, given[3]); err != nil {
		return nil, errInvalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
	}
	k, u, err := s.takeSRP(x, given[0], given[2])
	if err != nil {
		return nil, err
	}
	right, err := k.proves(x.pool, given)
	switch {
	case err != nil:
		return nil, err
	case k.Unknown:
		return nil, errWrongPassword()
	case u.locked(x.call):
		return nil, errLockedOut()
	case !right:
		return nil, s.countFailure(x.call, x.pool, &u)
	}
	return s.proven(x, &u)
}

// takeSRP uses up the challenge that a secret block stands for, and finds whom
// it was posed to.
func (s *Service) takeSRP(x *signIn, name, block string) (k challenge, u user, err error) {
	if k, err = s.peekChallenge(x, passwordVerifier, block); err != nil {
		return k, u, err
	}
	known := true
	err = s.DB.Update(func(tx *store.Tx) error {
		u, known = s.lookup(tx, x.pool, name)
		return s.useChallenge(tx, x, passwordVerifier, block)
	})
	switch {
	case err != nil:
		return k, u, err
	case k.Unknown && name == k.Username:
		return k, u, nil
	case !known || u.Username != k.Username || k.Unknown, !bytes.Equal(u.Password.Salt, k.Verifier.Salt):
		return k, u, errWrongPassword() // somebody else, or another password since
	case u.Disabled:
		return k, u, errDisabled()
	}
	return k, u, nil
}

// proves reports whether the responses are signed with the key that the
// password gives.
func (k *challenge) proves(p *pool, given []string) (bool, error) {
	if len(k.Verifier.Value) == 0 {
		return false, nil // of nothing anybody knows the key
	}
	a, _ := srp.ParseNumber(k.A)
	key, err := srp.NewServer(k.Verifier, k.B).Key(a)
	if err != nil {
		return false, err
	}
	block, err := base64.StdEncoding.DecodeString(given[2])
	if err != nil {
		return false, err
	}
	signature, err := base64.StdEncoding.DecodeString(given[1])
	if err != nil {
		return false, nil
	}
	return hmac.Equal(signature, srp.Signature(key, srp.User{Pool: p.name(), ID: k.Username}, block, given[3])), nil
}

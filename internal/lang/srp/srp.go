package srp

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"math/big"
)

// User is who a password belongs to. The names are part of what is hashed: a
// verifier is good for one user of one pool.
type User struct {
	Pool string // the part of the pool's id after the underscore
	ID   string // USER_ID_FOR_SRP
}

// Verifier is what a server keeps of a password.
type Verifier struct {
	Salt  []byte
	Value []byte // g^x
}

// NewVerifier derives the verifier of a password.
func NewVerifier(u User, password string, salt []byte) Verifier {
	return Verifier{Salt: salt, Value: new(big.Int).Exp(g, u.secret(password, salt), n).Bytes()}
}

// Matches reports whether the verifier is that of a password.
func (v Verifier) Matches(u User, password string) bool {
	return len(v.Value) > 0 && hmac.Equal(NewVerifier(u, password, v.Salt).Value, v.Value)
}

// secret is x.
func (u User) secret(password string, salt []byte) *big.Int {
	return hash(pad(new(big.Int).SetBytes(salt)), sum([]byte(u.Pool+u.ID+":"+password)))
}

// ErrDegenerate refuses numbers with which no password would be needed.
var ErrDegenerate = errors.New("srp: degenerate public value")

// Server is the server's side of one sign-in.
type Server struct {
	B        *big.Int // to be sent to the client
	b        *big.Int
	verifier *big.Int
}

// NewServer begins a sign-in. secret is the random b: 32 bytes are as
// strong as the group.
func NewServer(v Verifier, secret []byte) Server {
	s := Server{b: new(big.Int).SetBytes(secret), verifier: new(big.Int).SetBytes(v.Value)}
	s.B = new(big.Int).Mul(k, s.verifier)
	s.B.Add(s.B, new(big.Int).Exp(g, s.b, n)).Mod(s.B, n)
	return s
}

// Key is the session key for the client's A.
func (s Server) Key(a *big.Int) ([]byte, error) {
	if new(big.Int).Mod(a, n).Sign() == 0 {
		return nil, ErrDegenerate
	}
	u := hash(pad(a), pad(s.B))
	if u.Sign() == 0 {
		return nil, ErrDegenerate
	}
	base := new(big.Int).Exp(s.verifier, u, n)
	base.Mul(base, a)
	return derive(u, new(big.Int).Exp(base, s.b, n)), nil
}

// Client is the client's side of one sign-in: for tests, and for tools that
// sign in without an SDK.
type Client struct {
	A *big.Int // to be sent to the server
	a *big.Int
}

// NewClient begins a sign-in. secret is the random a, of 128 bytes.
func NewClient(secret []byte) Client {
	a := new(big.Int).SetBytes(secret)
	return Client{A: new(big.Int).Exp(g, a, n), a: a}
}

// Key is the session key for the server's salt and B.
func (c Client) Key(user User, password string, salt []byte, b *big.Int) ([]byte, error) {
	if new(big.Int).Mod(b, n).Sign() == 0 {
		return nil, ErrDegenerate
	}
	u, x := hash(pad(c.A), pad(b)), user.secret(password, salt)
	base := new(big.Int).Exp(g, x, n)
	base.Mul(base, k).Sub(b, base).Mod(base, n)
	exponent := new(big.Int).Mul(u, x)
	return derive(u, base.Exp(base, exponent.Add(exponent, c.a), n)), nil
}

// derive turns the shared secret into a key of 16 bytes.
func derive(u, shared *big.Int) []byte {
	return mac(mac(pad(u), pad(shared)), []byte("Caldera Derived Key\x01"))[:16]
}

// Signature proves that who makes it has the key: it is over the user, the
// server's secret block and the client's timestamp.
func Signature(key []byte, u User, block []byte, timestamp string) []byte {
	return mac(key, []byte(u.Pool+u.ID), block, []byte(timestamp))
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

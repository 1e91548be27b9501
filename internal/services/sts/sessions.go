package sts

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Identities is what sessions take to know of IAM.
type Identities interface {
	// Role returns a role, of whatever account; ok is false if there is none.
	Role(arn aws.ARN) (r aws.Role, ok bool, err error)
	// Document returns the document of a managed policy that an account can use.
	Document(account aws.AccountID, arn aws.ARN) (string, error)
	// Owner returns the account of a long-term access key.
	Owner(accessKey string) (account aws.AccountID, ok bool, err error)
}

// SessionsDeps is what Sessions need from the world. Every field is required.
type SessionsDeps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Now        func() time.Time
	Identities Identities
}

// Sessions makes and opens temporary credentials.
type Sessions struct {
	SessionsDeps
	table store.Table[[]byte] // the sealing key, under "key"

	sealing struct {
		sync.Mutex
		aead cipher.AEAD // nil until first used
	}
	opened struct {
		sync.RWMutex
		tokens map[string]*sealed
	}
}

// sealed is what a session token holds.
type sealed struct {
	Principal aws.Principal
	Secret    string
}

// maxOpened bounds the opened tokens that are remembered; beyond that the
// memory starts over.
const maxOpened = 4096

// tokenVersion is the first byte of a token.
const tokenVersion = 1

// NewSessions returns the sessions of a store.
func NewSessions(d SessionsDeps) *Sessions {
	if d.DB == nil || d.IDs == nil || d.Now == nil || d.Identities == nil {
		panic("sts: incomplete SessionsDeps")
	}
	return &Sessions{SessionsDeps: d, table: store.NewTable[[]byte]("sts/key")}
}

// Issue gives credentials of a role to somebody another service vouches for,
// if the role's trust policy lets them in.
func (s *Sessions) Issue(_ context.Context, c *aws.Call, r aws.SessionRequest) (aws.Session, error) {
	action := "sts:AssumeRole"
	who := &aws.Principal{Kind: aws.ServicePrincipal, Account: c.Account, Name: r.Service}
	if r.Federated != "" {
		action = "sts:AssumeRoleWithWebIdentity"
		who = &aws.Principal{Kind: aws.Federated, Name: r.Federated}
	}
	role, ok, err := s.Identities.Role(r.Role)
	if err != nil {
		return aws.Session{}, err
	}
	if !ok {
		return aws.Session{}, errNotTrusted(action)
	}
	trust, err := policy.Parse(role.Trust, policy.Trust)
	if err != nil {
		return aws.Session{}, err
	}
	parts, _ := role.ARN.Parse()
	actions := []string{action}
	if len(r.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	asked := maps.Clone(r.Keys)
	for k, v := range r.Tags {
		asked = with(asked, "aws:RequestTag/"+k, v)
		asked["aws:TagKeys"] = append(asked["aws:TagKeys"], k)
	}
	for _, action := range actions {
		d := policy.Decide(&policy.Case{
			Request:        policy.Request{Principal: who, Action: action, Resource: role.ARN, Keys: requestKeys(c, asked)},
			ResourcePolicy: trust, Owner: parts.Account, PolicyDecides: true, TrustPolicy: true,
		})
		if !d.Allowed {
			return aws.Session{}, errNotTrusted(action)
		}
	}
	if r.Duration > role.MaxSession {
		return aws.Session{}, errBeyondMaximum()
	}
	keys := maps.Clone(r.Keys)
	if r.Federated != "" {
		keys = with(keys, "aws:FederatedProvider", r.Federated)
	}
	for k, v := range r.Tags {
		keys = with(keys, principalTag+k, v)
	}
	return s.make(&aws.Principal{
		Kind: aws.AssumedRole, Account: parts.Account, ARN: sessionARN(role.ARN, r.Name), ID: role.ID + ":" + r.Name,
		Role: role.ARN, SessionName: r.Name, SessionPolicies: r.Policies, Keys: keys,
	}, r.Duration)
}

// with sets a key that has one value.
func with(keys map[string][]string, name, value string) map[string][]string {
	if keys == nil {
		keys = map[string][]string{}
	}
	keys[name] = []string{value}
	return keys
}

// requestKeys are the condition keys that a trust policy can test when there is
// no caller: those given, and those of the request.
func requestKeys(c *aws.Call, given map[string][]string) policy.Keys {
	return func(name string) []string {
		switch name {
		case "aws:currenttime":
			return []string{c.Time.UTC().Format(time.RFC3339)}
		case "aws:sourceip":
			return []string{c.SourceIP}
		case "aws:requestedregion":
			return []string{string(c.Region)}
		}
		for k, v := range given {
			if strings.EqualFold(k, name) {
				return v
			}
		}
		return nil
	}
}

// sessionARN names the session of a role. The role's path is not part of it.
func sessionARN(role aws.ARN, session string) aws.ARN {
	p, _ := role.Parse()
	name := p.Resource[strings.LastIndexByte(p.Resource, '/')+1:]
	return aws.MakeARN("sts", aws.Scope{Account: p.Account}, "assumed-role/"+name+"/"+session)
}

// make issues credentials for a principal, whose access key and times it sets.
func (s *Sessions) make(p *aws.Principal, life time.Duration) (aws.Session, error) {
	p.Issued = s.Now().UTC().Truncate(time.Second)
	p.Expires = p.Issued.Add(life)
	p.AccessKey = "ASIA" + accountPart(p.Account) + s.IDs.Base32(16-accountLetters)
	made := &sealed{*p, s.IDs.Text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40)}
	token, err := s.seal(made)
	if err != nil {
		return aws.Session{}, err
	}
	return aws.Session{AccessKey: p.AccessKey, Secret: made.Secret, Token: token, Expires: p.Expires, Role: p.Role, ARN: p.ARN, ID: p.ID}, nil
}

func (s *Sessions) seal(v *sealed) (string, error) {
	aead, err := s.key()
	if err != nil {
		return "", err
	}
	nonce := s.IDs.Bytes(aead.NonceSize())
	token := append([]byte{tokenVersion}, nonce...)
	token = aead.Seal(token, nonce, pack(v), []byte(v.Principal.AccessKey))
	return base64.StdEncoding.EncodeToString(token), nil
}

// pack compresses, for a token travels with every request.
func pack(v any) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // fails only for a level that does not exist
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic("sts: " + err.Error()) // a type that JSON cannot hold: a bug
	}
	if err := w.Close(); err != nil {
		panic("sts: " + err.Error()) // a Buffer does not fail
	}
	return b.Bytes()
}

// Open returns whose session an access key and its token are, and the secret.
// Its errors are ErrBadToken and ErrExpiredToken, or those of the store. The
// principal is shared: it must not be changed.
func (s *Sessions) Open(accessKey, token string) (*aws.Principal, string, error) {
	s.opened.RLock()
	v := s.opened.tokens[token]
	s.opened.RUnlock()
	if v == nil {
		var err error
		if v, err = s.unseal(accessKey, token); err != nil {
			return nil, "", err
		}
		s.remember(token, v)
	}
	if v.Principal.AccessKey != accessKey {
		return nil, "", ErrBadToken
	}
	if !s.Now().Before(v.Principal.Expires) {
		return nil, "", ErrExpiredToken
	}
	return &v.Principal, v.Secret, nil
}

func (s *Sessions) remember(token string, v *sealed) {
	s.opened.Lock()
	defer s.opened.Unlock()
	if s.opened.tokens == nil || len(s.opened.tokens) >= maxOpened {
		s.opened.tokens = make(map[string]*sealed)
	}
	s.opened.tokens[token] = v
}

func (s *Sessions) unseal(accessKey, token string) (*sealed, error) {
	aead, err := s.key()
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) < 1+aead.NonceSize() || b[0] != tokenVersion {
		return nil, ErrBadToken
	}
	nonce, box := b[1:1+aead.NonceSize()], b[1+aead.NonceSize():]
	packed, err := aead.Open(nil, nonce, box, []byte(accessKey))
	if err != nil {
		return nil, ErrBadToken
	}
	v := new(sealed)
	if err := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 1<<20)).Decode(v); err != nil {
		return nil, ErrBadToken
	}
	return v, nil
}

// key returns the sealing key, which its first use makes.
func (s *Sessions) key() (cipher.AEAD, error) {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	if s.sealing.aead != nil {
		return s.sealing.aead, nil
	}
	var key []byte
	err := s.DB.Update(func(tx *store.Tx) error {
		var ok bool
		if key, ok = s.table.Get(tx, aws.Scope{}, "key"); !ok {
			key = s.IDs.Bytes(32)
			s.table.Put(tx, aws.Scope{}, key, "key")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s.sealing.aead, err = cipher.NewGCM(block)
	return s.sealing.aead, err
}

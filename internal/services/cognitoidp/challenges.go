package cognitoidp

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/srp"
	"github.com/niebla-cloud/niebla/internal/store"
)

const (
	passwordVerifier    = "PASSWORD_VERIFIER"
	newPasswordRequired = "NEW_PASSWORD_REQUIRED"
)

// challenge is a step of a sign-in that waits for its response, as stored.
type challenge struct {
	Kind     string
	Username string
	Client   string
	Expires  time.Time
	Used     bool

	// Of PASSWORD_VERIFIER:
	Unknown  bool // there is no such user
	A        string
	B        []byte // the server's secret
	Verifier srp.Verifier
}

// sessionLength is the length of a session in bytes: its end, then randomness.
const sessionLength = 64

// keepUsed is how long after its end a session is told from garbage.
const keepUsed = time.Hour

// challenge stores a challenge and returns its session. Those that ended long
// ago go on the way.
func (s *Service) challenge(x *signIn, k challenge) (string, error) {
	k.Client = x.cl.ID
	k.Expires = x.call.Time.Add(time.Duration(*x.cl.Settings.AuthSessionValidity) * time.Minute)
	raw := s.IDs.Bytes(sessionLength)
	binary.BigEndian.PutUint64(raw, uint64(k.Expires.Unix()))
	session := base64.StdEncoding.EncodeToString(raw)
	return session, s.DB.Update(func(tx *store.Tx) error {
		const sweep = 8
		n := 0
		for key, old := range s.challenges.All(tx, x.pool.scope, x.pool.ID) {
			if n++; n > sweep || x.call.Time.Sub(old.Expires) < keepUsed {
				break
			}
			s.challenges.Delete(tx, x.pool.scope, key...)
		}
		s.challenges.Put(tx, x.pool.scope, k, x.pool.ID, challengeKey(raw))
		return nil
	})
}

// challengeKey sorts by when sessions end.
func challengeKey(raw []byte) string { return hex.EncodeToString(raw) }

// peekChallenge returns the challenge that a session stands for.
func (s *Service) peekChallenge(x *signIn, kind, session string) (k challenge, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		k, _, err = s.findChallenge(tx, x, kind, session)
		return err
	})
	return k, err
}

// useChallenge uses up the challenge that a session stands for.
func (s *Service) useChallenge(tx *store.Tx, x *signIn, kind, session string) error {
	k, key, err := s.findChallenge(tx, x, kind, session)
	if err != nil {
		return err
	}
	k.Used = true
	s.challenges.Put(tx, x.pool.scope, k, x.pool.ID, key)
	return nil
}

func (s *Service) findChallenge(tx *store.Tx, x *signIn, kind, session string) (k challenge, key string, err error) {
	raw, err := base64.StdEncoding.DecodeString(session)
	if err != nil || len(raw) != sessionLength {
		return challenge{}, "", errSession("")
	}
	key = challengeKey(raw)
	k, ok := s.challenges.Get(tx, x.pool.scope, x.pool.ID, key)
	switch {
	case !ok || k.Kind != kind || k.Client != x.cl.ID:
		return challenge{}, "", errSession("")
	case k.Used:
		return challenge{}, "", errSession(", session can only be used once")
	case !x.call.Time.Before(k.Expires):
		return challenge{}, "", errSession(", session is expired")
	}
	return k, key, nil
}

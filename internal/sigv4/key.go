package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// signingKey is the key of one secret, day, region and service. Its MACs are
// kept ready, for each request needs one.
type signingKey struct{ macs sync.Pool }

func newSigningKey(secret, date, region, service string) *signingKey {
	k := []byte("AWS4" + secret)
	for _, s := range []string{date, region, service, terminator} {
		m := hmac.New(sha256.New, k)
		m.Write([]byte(s))
		k = m.Sum(nil)
	}
	return &signingKey{sync.Pool{New: func() any { return hmac.New(sha256.New, k) }}}
}

// sign returns the hex MAC of a message.
func (k *signingKey) sign(message []byte) [64]byte {
	m := k.macs.Get().(hash.Hash)
	m.Reset()
	m.Write(message)
	var out [64]byte
	var sum [32]byte
	hex.Encode(out[:], m.Sum(sum[:0]))
	k.macs.Put(m)
	return out
}

// maxKeys bounds the cache. Each signer has one key a day per region and
// service; beyond that many, starting over is cheap.
const maxKeys = 4096

// keyCache derives signing keys once. The zero value is ready.
type keyCache struct {
	mu   sync.RWMutex
	keys map[keyID]*signingKey
}

type keyID struct{ secret, date, region, service string }

func (c *keyCache) get(secret string, a *Auth) *signingKey {
	id := keyID{secret, a.Date, a.Region, a.Service}
	c.mu.RLock()
	k := c.keys[id]
	c.mu.RUnlock()
	if k != nil {
		return k
	}
	k = newSigningKey(secret, a.Date, a.Region, a.Service)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || len(c.keys) >= maxKeys {
		c.keys = make(map[keyID]*signingKey)
	}
	c.keys[id] = k
	return k
}

// appendScope appends yyyymmdd/region/service/aws4_request.
func appendScope(b []byte, a *Auth) []byte {
	b = append(append(b, a.Date...), '/')
	b = append(append(b, a.Region...), '/')
	b = append(append(b, a.Service...), '/')
	return append(b, terminator...)
}

// appendStringToSign appends what the key signs for a canonical request.
func appendStringToSign(b []byte, a *Auth, canonical []byte) []byte {
	b = append(append(b, algorithm...), '\n')
	b = append(a.Time.AppendFormat(b, timeFormat), '\n')
	b = append(appendScope(b, a), '\n')
	sum := sha256.Sum256(canonical)
	return hex.AppendEncode(b, sum[:])
}

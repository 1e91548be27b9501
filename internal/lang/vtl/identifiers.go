package vtl

import (
	"encoding/binary"
	"io"
	"math/big"
)

// random reads n bytes of chance.
func (r *run) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r.env.IDs, b); err != nil {
		return nil, faultf("There is no randomness: %s", err)
	}
	return b, nil
}

const (
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

	// ksuidEpoch is when the seconds of a KSUID begin: 13 May 2014.
	ksuidEpoch = 1_400_000_000
)

// ulid is 48 bits of milliseconds and 80 of chance, in Crockford's base 32.
func (r *run) ulid() (any, error) {
	chance, err := r.random(10)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(r.env.Now().UnixMilli()))[2:]
	return encode(append(b, chance...), crockford, 26), nil
}

// ksuid is 32 bits of seconds and 128 of chance, in base 62.
func (r *run) ksuid() (any, error) {
	chance, err := r.random(16)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(r.env.Now().Unix()-ksuidEpoch))
	return encode(append(b, chance...), base62, 27), nil
}

// encode writes bytes as one number of n digits.
func encode(b []byte, digits string, n int) string {
	x := new(big.Int).SetBytes(b)
	base, digit := big.NewInt(int64(len(digits))), new(big.Int)
	out := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		x.DivMod(x, base, digit)
		out[i] = digits[digit.Int64()]
	}
	return string(out)
}

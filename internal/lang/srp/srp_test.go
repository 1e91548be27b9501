package srp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"strings"
	"testing"
)

var ana = User{Pool: "AbCdEfGhI", ID: "11111111-2222-3333-4444-555555555555"}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVector holds the numbers that Amplify and an implementation of our own
// in another language agree on.
func TestVector(t *testing.T) {
	const password = "P@ssw0rd!"
	salt := unhex(t, "9e"+strings.Repeat("45", 15))
	a, b := unhex(t, strings.Repeat("11", 128)), unhex(t, strings.Repeat("23", 128))
	equal := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s = %s, want %s", what, got, want)
		}
	}
	equal("k", FormatNumber(k), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6")
	equal("x", FormatNumber(ana.secret(password, salt)), "c44e91476e1051ebe1944608a80e53e5919ab0afdba2c1f5c8125ef5d6276a74")
	server := NewServer(NewVerifier(ana, password, salt), b)
	client := NewClient(a)
	equal("u", FormatNumber(hash(pad(client.A), pad(server.B))), "f0b8cdf703a1a586e4ada995fa8a7a7583ee3f82e2f94884fdb954f8645f7df3")
	key, err := server.Key(client.A)
	if err != nil {
		t.Fatal(err)
	}
	equal("key", hex.EncodeToString(key), "29897b2e0d231f4401dad7c01039efd7")
	equal("signature", base64.StdEncoding.EncodeToString(Signature(key, ana, []byte("secret-block-0123456789"), "Sun Nov 22 08:00:00 UTC 2026")),
		"35ZTXyuiIoxQXDNloQaPhfr9kQlSnQT0wGa+t0bw+GA=")
}

func TestHandshake(t *testing.T) {
	salt := unhex(t, "0001020304") // its zeros vanish on the way, and must not matter
	v := NewVerifier(ana, "right", salt)
	server := NewServer(v, bytes.Repeat([]byte{7}, 128))
	client := NewClient(bytes.Repeat([]byte{9}, 128))
	want, err := server.Key(client.A)
	if err != nil {
		t.Fatal(err)
	}
	sent, _ := ParseNumber(FormatNumber(new(big.Int).SetBytes(salt)))
	for password, right := range map[string]bool{"right": true, "wrong": false, "": false} {
		got, err := client.Key(ana, password, sent.Bytes(), server.B)
		if err != nil || bytes.Equal(got, want) != right {
			t.Errorf("the key of %q agrees: %v (%v)", password, !right, err)
		}
		if v.Matches(ana, password) != right {
			t.Errorf("the verifier matches %q: %v", password, !right)
		}
	}
	if v.Matches(User{ana.Pool, "another"}, "right") || (Verifier{}).Matches(ana, "") {
		t.Error("a verifier matches another user, or an empty one somebody")
	}
}

func TestDegenerateA(t *testing.T) {
	server := NewServer(NewVerifier(ana, "p", []byte{1}), []byte{5})
	for _, bad := range []*big.Int{new(big.Int), n, new(big.Int).Mul(n, g)} {
		if _, err := server.Key(bad); !errors.Is(err, ErrDegenerate) {
			t.Errorf("A = %.20s… is taken (%v)", bad, err)
		}
		if _, err := NewClient([]byte{5}).Key(ana, "p", []byte{1}, bad); !errors.Is(err, ErrDegenerate) {
			t.Errorf("B = %.20s… is taken (%v)", bad, err)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	f.Add("")
	f.Add("abc")
	f.Add("-1")
	f.Add(modulus)
	f.Fuzz(func(t *testing.T, digits string) {
		x, ok := ParseNumber(digits)
		if !ok {
			return
		}
		if again, ok := ParseNumber(FormatNumber(x)); !ok || again.Cmp(x) != 0 || x.Sign() < 0 {
			t.Errorf("%q is read as %v, and that as %v", digits, x, again)
		}
	})
}

func BenchmarkVerifier(b *testing.B) {
	for b.Loop() {
		NewVerifier(ana, "P@ssw0rd!", []byte("0123456789abcdef"))
	}
}

func BenchmarkServer(b *testing.B) {
	v := NewVerifier(ana, "P@ssw0rd!", []byte("0123456789abcdef"))
	a := NewClient(bytes.Repeat([]byte{9}, 128)).A
	for b.Loop() {
		if _, err := NewServer(v, bytes.Repeat([]byte{7}, 32)).Key(a); err != nil {
			b.Fatal(err)
		}
	}
}

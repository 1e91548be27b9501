package ddbexpr

import (
	"bytes"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func num(t testing.TB, s string) Number {
	t.Helper()
	n, err := AppendNumber(nil, []byte(s))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return n
}

func TestNumberForms(t *testing.T) {
	for in, want := range map[string]string{
		"1e3": "1000", "1.0": "1", "007": "7", "+3": "3", "-0": "0", "123e-2": "1.23", ".5": "0.5", "5.": "5",
		"0.0e126": "0", "0.1e126": "1" + strings.Repeat("0", 125), "-1.50": "-1.5", "100": "100", "1E-130": "0." + strings.Repeat("0", 129) + "1",
		"12345678901234567890123456789012345678": "12345678901234567890123456789012345678",
		"1.5E2":                                  "150", "00042": "42", "-0.000": "0", "10000000000000000000000000000000000000000": "10000000000000000000000000000000000000000",
		"9.9999999999999999999999999999999999999E+125": strings.Repeat("9", 38) + strings.Repeat("0", 88),
	} {
		if got := num(t, in).String(); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]error{
		"1e126": errOverflow, "-1e126": errOverflow, "1e-131": errUnderflow, "0e126": errOverflow, "0e-131": errUnderflow,
		"123456789012345678901234567890123456789":  errPrecision,
		"1.00000000000000000000000000000000000001": errPrecision,
		"":     Invalid("The parameter cannot be converted to a numeric value"),
		"dog":  Invalid("The parameter cannot be converted to a numeric value: dog"),
		"1_0":  Invalid("The parameter cannot be converted to a numeric value: 1_0"),
		" 1":   Invalid("The parameter cannot be converted to a numeric value:  1"),
		"NaN":  Invalid("The parameter cannot be converted to a numeric value: NaN"),
		"1e":   Invalid("The parameter cannot be converted to a numeric value: 1e"),
		"1.2.": Invalid("The parameter cannot be converted to a numeric value: 1.2."),
		"-":    Invalid("The parameter cannot be converted to a numeric value: -"),
	} {
		if _, err := AppendNumber(nil, []byte(in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

// randomNumber writes numbers of every length, sign and place.
func randomNumber(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(2) == 0 {
		b.WriteByte('-')
	}
	n := 1 + r.IntN(38)
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	b.WriteString("e")
	b.WriteString(big.NewInt(int64(r.IntN(60) - 30)).String())
	return b.String()
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func TestNumberOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		a, b := randomNumber(r), randomNumber(r)
		if r.IntN(4) == 0 {
			b = a + "0"[:0]
		}
		x, y := num(t, a), num(t, b)
		if got, want := x.Compare(y), rat(a).Cmp(rat(b)); got != want {
			t.Fatalf("%s against %s: %d, want %d", a, b, got, want)
		}
		if rat(x.String()).Cmp(rat(a)) != 0 {
			t.Fatalf("%s came back as %s", a, x)
		}
	}
}

func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		a, b, minus := randomNumber(r), randomNumber(r), r.IntN(2) == 0
		want := new(big.Rat).Add(rat(a), rat(b))
		if minus {
			want.Sub(rat(a), rat(b))
		}
		got, err := AppendSum(nil, num(t, a), num(t, b), minus)
		if err != nil {
			text := strings.TrimLeft(strings.ReplaceAll(want.FloatString(200), ".", ""), "-0")
			if len(strings.TrimRight(text, "0")) <= 38 {
				t.Fatalf("%s, %s: %v, but the sum is %s", a, b, err, want.FloatString(60))
			}
			continue
		}
		if rat(Number(got).String()).Cmp(want) != 0 {
			t.Fatalf("%s and %s, minus %v: %s", a, b, minus, Number(got))
		}
		if again := num(t, Number(got).String()); !bytes.Equal(again, got) {
			t.Fatalf("the sum %s is not in its one form", Number(got))
		}
	}
	for _, c := range []struct {
		a, b string
		want any
	}{
		{"1e50", "1", errOverflow}, {"9.9999999999999999999999999999999999999E+125", "1e125", errOverflow},
		{"1.5e-130", "-1.4e-130", errUnderflow}, {"1e100", "-1e100", "0"}, {"0", "5", "5"}, {"-5", "0", "-5"}, {"1e-130", "1e-130", "0." + strings.Repeat("0", 129) + "2"},
	} {
		got, err := AppendSum(nil, num(t, c.a), num(t, c.b), false)
		if want, ok := c.want.(string); ok && (err != nil || Number(got).String() != want) {
			t.Errorf("%s + %s: %s, %v", c.a, c.b, Number(got), err)
		} else if !ok && err != c.want {
			t.Errorf("%s + %s: %v, want %v", c.a, c.b, err, c.want)
		}
	}
}

func TestNumberInt(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 10, 1000, -90, 1 << 62, 1<<63 - 1, -1 << 63, 1234567890} {
		if got, ok := NumberOf(n).Int(); !ok || got != n {
			t.Errorf("%d came back as %d, %v", n, got, ok)
		}
	}
	for _, s := range []string{"1.5", "1e20", "9223372036854775808", "1e-3"} {
		if n, ok := num(t, s).Int(); ok {
			t.Errorf("%s is the integer %d", s, n)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-1.5e10", "1e-130", "9e125", "1_0", "--1", "0e126", ".", "1e999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := AppendNumber(nil, []byte(s))
		if err != nil {
			return
		}
		text := Number(n).String()
		if again := num(t, text); !bytes.Equal(again, n) {
			t.Errorf("%q is %s, which has another form", s, text)
		}
		if want, ok := new(big.Rat).SetString(s); ok && want.Cmp(rat(text)) != 0 {
			t.Errorf("%q came back as %s", s, text)
		}
	})
}

// FuzzArithmetic compares numbers, and adds and subtracts them, as math/big does.
// What 38 digits do not hold, or the magnitudes of numbers, is an error.
func FuzzArithmetic(f *testing.F) {
	f.Add("1", "2", false)
	f.Add("-99999999999999999999999999999999999999", "1e-1", true)
	f.Add("9.9999999999999999999999999999999999999E+125", "1e125", false)
	f.Add("1e-130", "-1.1e-130", false)
	f.Add("0", "-0.00", true)
	f.Add("100", "99.5", false)
	f.Fuzz(func(t *testing.T, a, b string, minus bool) {
		x, errX := AppendNumber(nil, []byte(a))
		y, errY := AppendNumber(nil, []byte(b))
		if errX != nil || errY != nil {
			return
		}
		p, q := rat(Number(x).String()), rat(Number(y).String())
		if got, want := Number(x).Compare(y), p.Cmp(q); got != want {
			t.Errorf("%s against %s: %d, want %d", a, b, got, want)
		}
		want := new(big.Rat).Add(p, q)
		if minus {
			want.Sub(p, q)
		}
		sum, err := AppendSum(nil, x, y, minus)
		text := want.FloatString(170) // exact: 38 digits from 1E-130 on
		switch {
		case err == nil:
			if rat(Number(sum).String()).Cmp(want) != 0 || !bytes.Equal(num(t, Number(sum).String()), sum) {
				t.Errorf("%s and %s, minus %v: %s, want %s", a, b, minus, Number(sum), text)
			}
		case holds(text):
			t.Errorf("%s and %s, minus %v: %v, but it is %s", a, b, minus, err, text)
		}
	})
}

// holds reports whether a number in plain decimal can be stored.
func holds(text string) bool {
	_, err := AppendNumber(nil, []byte(text))
	return err == nil
}

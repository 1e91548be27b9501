package ddbexpr

import (
	"bytes"
	"math/bits"
)

// A Number is an exact decimal of up to 38 significant digits in its stored
// form. The form is unique for a value, so equal numbers have equal bytes, and
// bytes order as the numbers do:
//
//	positive: 0x80 | E+64, then the base-100 digits of 0.DDDD… × 100^E, each plus one
//	zero:     0x80
//	negative: the complement of the first byte, 101 less each digit, then 102
//
// Its length is also what DynamoDB charges for a number.
type Number []byte

const (
	maxDigits   = 38
	maxExponent = 126  // of 0.d… × 10^exponent: 9.99…E+125
	minExponent = -129 // 1E-130

	negativeEnd = 102 // more than any digit of a negative number
)

// The texts of DynamoDB's errors about numbers.
const (
	errOverflow  = Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	errUnderflow = Invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	errPrecision = Invalid("Attempting to store more than 38 significant digits in a Number")
	errNotNumber = "The parameter cannot be converted to a numeric value"
)

// decimal is 0.d1d2…dn × 10^exp, negated if neg; n is 0 for zero. Neither d1
// nor dn is zero.
type decimal struct {
	neg    bool
	exp    int
	n      int
	digits [maxDigits]byte
}

// AppendNumber appends the stored form of a number written in decimal,
// possibly with an exponent.
func AppendNumber(dst, text []byte) ([]byte, error) {
	d, err := parseDecimal(text)
	if err != nil {
		return dst, err
	}
	return d.append(dst), nil
}

// NumberOf returns the stored form of an integer.
func NumberOf(n int64) Number {
	var d decimal
	u := uint64(n)
	if n < 0 {
		d.neg, u = true, -u
	}
	var buf [20]byte
	i := len(buf)
	for ; u > 0; u /= 10 {
		i--
		buf[i] = byte(u % 10)
	}
	_ = d.set(buf[i:], len(buf)-i) // any int64 fits
	return d.append(nil)
}

func parseDecimal(text []byte) (decimal, error) {
	var d decimal
	s := text
	if len(s) == 0 {
		return d, Invalid(errNotNumber)
	}
	notNumber := func() (decimal, error) { return d, Invalid(errNotNumber + ": " + string(text)) }
	if s[0] == '+' || s[0] == '-' {
		d.neg = s[0] == '-'
		s = s[1:]
	}
	var (
		point    = -1 // digits before the point, once seen
		total    int  // digits in all
		leading  int  // zeros before the first other digit
		kept     int  // significant digits kept
		lost     bool // a non-zero digit beyond those kept
		trailing int  // zeros not yet known to be inside the number
	)
	for ; len(s) > 0; s = s[1:] {
		c := s[0]
		if c == '.' && point < 0 {
			point = total
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		total++
		switch {
		case c == '0' && kept == 0:
			leading++
		case c == '0':
			trailing++
		default:
			for ; trailing > 0; trailing-- {
				kept++ // the zeros are in the array already
			}
			if kept < maxDigits {
				d.digits[kept] = c - '0'
			} else {
				lost = true
			}
			kept++
		}
	}
	if total == 0 {
		return notNumber()
	}
	if point < 0 {
		point = total
	}
	e, ok := parseExponent(s)
	if !ok {
		return notNumber()
	}
	if kept == 0 {
		// A zero is still out of range if its last digit's place is.
		if place := e - (total - point) + 1; place > maxExponent {
			return d, errOverflow
		} else if place < minExponent {
			return d, errUnderflow
		}
		return decimal{}, nil
	}
	d.exp = point - leading + e
	switch {
	case d.exp > maxExponent:
		return d, errOverflow
	case d.exp < minExponent:
		return d, errUnderflow
	case kept > maxDigits || lost:
		return d, errPrecision
	}
	d.n = kept
	return d, nil
}

// parseExponent reads "", "e5", "E+5" or "e-5".
func parseExponent(s []byte) (int, bool) {
	if len(s) == 0 {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	neg := false
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 9 {
		return 0, false
	}
	e := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		e = e*10 + int(c-'0')
	}
	if neg {
		e = -e
	}
	return e, true
}

// set makes d the number 0.DDD × 10^exp, whose digits may begin and end with
// zeros. The error is about magnitude, also when 38 digits do not hold it.
func (d *decimal) set(digits []byte, exp int) error {
	for len(digits) > 0 && digits[0] == 0 {
		digits, exp = digits[1:], exp-1
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		*d = decimal{}
		return nil
	}
	if exp < minExponent {
		return errUnderflow
	}
	if len(digits) > maxDigits || exp > maxExponent {
		return errOverflow
	}
	d.exp, d.n = exp, copy(d.digits[:], digits)
	return nil
}

// append appends d's stored form.
func (d *decimal) append(dst []byte) []byte {
	if d.n == 0 {
		return append(dst, 0x80)
	}
	start := len(dst)
	e := (d.exp + 1) >> 1
	dst = append(dst, 0x80|byte(e+64))
	i := 0
	if d.exp&1 != 0 { // the first base-100 digit has one decimal digit
		dst = append(dst, d.digits[0]+1)
		i = 1
	}
	for ; i < d.n; i += 2 {
		v := d.digits[i] * 10
		if i+1 < d.n {
			v += d.digits[i+1]
		}
		dst = append(dst, v+1)
	}
	if d.neg {
		dst[start] = ^dst[start]
		for j := start + 1; j < len(dst); j++ {
			dst[j] = negativeEnd - dst[j]
		}
		dst = append(dst, negativeEnd)
	}
	return dst
}

// decimal decodes a stored number.
func (n Number) decimal() decimal {
	var d decimal
	if len(n) < 2 {
		return d
	}
	first := n[0]
	if first < 0x80 {
		d.neg, first = true, ^first
		n = n[:len(n)-1]
	}
	var raw [2 * (maxDigits/2 + 1)]byte
	w := 0
	for _, b := range n[1:] {
		if d.neg {
			b = negativeEnd - b
		}
		if w+1 >= len(raw) {
			break
		}
		v := b - 1
		raw[w], raw[w+1] = v/10, v%10
		w += 2
	}
	_ = d.set(raw[:w], (int(first&0x7f)-64)*2) // it fitted when it was stored
	return d
}

// AppendText appends the number in plain decimal, as DynamoDB returns it.
func (n Number) AppendText(dst []byte) []byte {
	d := n.decimal()
	if d.n == 0 {
		return append(dst, '0')
	}
	if d.neg {
		dst = append(dst, '-')
	}
	digits := d.digits[:d.n]
	if d.exp <= 0 {
		dst = append(dst, '0', '.')
		for range -d.exp {
			dst = append(dst, '0')
		}
	}
	for i, c := range digits {
		if i == d.exp && d.exp > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, '0'+c)
	}
	for i := d.n; i < d.exp; i++ {
		dst = append(dst, '0')
	}
	return dst
}

// String returns the number in plain decimal.
func (n Number) String() string { return string(n.AppendText(nil)) }

// Int returns the number as an int64, if it is one.
func (n Number) Int() (int64, bool) {
	d := n.decimal()
	if d.n > d.exp && d.n > 0 || d.exp > 19 {
		return 0, false
	}
	var u uint64
	for i := range max(d.exp, 0) {
		var c byte
		if i < d.n {
			c = d.digits[i]
		}
		hi, lo := bits.Mul64(u, 10)
		lo, carry := bits.Add64(lo, uint64(c), 0)
		if hi+carry != 0 {
			return 0, false
		}
		u = lo
	}
	switch {
	case d.neg && u <= 1<<63:
		return -int64(u), true
	case !d.neg && u < 1<<63:
		return int64(u), true
	}
	return 0, false
}

// Compare orders two numbers.
func (n Number) Compare(m Number) int { return bytes.Compare(n, m) }

// AppendSum appends a+b, or a-b if minus is set. A result that 38 digits do
// not hold exactly is an error, and its text is the one about magnitude.
func AppendSum(dst []byte, a, b Number, minus bool) ([]byte, error) {
	x, y := a.decimal(), b.decimal()
	y.neg = y.neg != minus
	if x.n == 0 {
		x, y = y, x
	}
	if y.n == 0 {
		if x.n == 0 {
			x.neg = false
		}
		return x.append(dst), nil
	}
	hi := max(x.exp, y.exp)
	lo := min(x.exp-x.n, y.exp-y.n)
	const width = 2*maxDigits + 4
	if hi-lo > width-1 {
		return dst, errOverflow
	}
	var p, q [width]byte // both numbers on one scale, with a place for the carry
	copy(p[1+hi-x.exp:], x.digits[:x.n])
	copy(q[1+hi-y.exp:], y.digits[:y.n])
	sum := decimal{neg: x.neg}
	if x.neg == y.neg {
		addDigits(&p, &q)
	} else {
		if bytes.Compare(p[:], q[:]) < 0 {
			p, q = q, p
			sum.neg = y.neg
		}
		subDigits(&p, &q)
	}
	if err := sum.set(p[:], hi+1); err != nil {
		return dst, err
	}
	return sum.append(dst), nil
}

func addDigits(p, q *[2*maxDigits + 4]byte) {
	var carry byte
	for i := len(p) - 1; i >= 0; i-- {
		v := p[i] + q[i] + carry
		carry = 0
		if v > 9 {
			v, carry = v-10, 1
		}
		p[i] = v
	}
}

// subDigits takes q, the smaller, from p.
func subDigits(p, q *[2*maxDigits + 4]byte) {
	var borrow byte
	for i := len(p) - 1; i >= 0; i-- {
		v := p[i] - q[i] - borrow
		borrow = 0
		if v > 9 { // wrapped
			v, borrow = v+10, 1
		}
		p[i] = v
	}
}

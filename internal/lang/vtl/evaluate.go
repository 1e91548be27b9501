package vtl

import (
	"math"
	"math/big"
)

func (r *run) eval(e expr) (any, error) {
	if err := r.step(1); err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case constant:
		return e.value, nil
	case *reference:
		return r.value(e)
	case *interpolated:
		return r.capture(e.body)
	case *binaryExpr:
		v, err := r.binary(e)
		if err != nil {
			return nil, r.t.at(e.pos, err)
		}
		return v, nil
	case *notExpr:
		v, err := r.eval(e.operand)
		return !truth(v), err
	case *negateExpr:
		v, err := r.eval(e.operand)
		if err != nil {
			return nil, err
		}
		return arithmetic(opSubtract, int64(0), v)
	case *listExpr:
		return r.evalList(e)
	case *mapExpr:
		return r.evalMap(e)
	case *rangeExpr:
		v, err := r.evalRange(e)
		if err != nil {
			return nil, r.t.at(e.pos, err)
		}
		return v, nil
	}
	return nil, nil
}

func (r *run) evalList(e *listExpr) (any, error) {
	if err := r.grow(16 * len(e.items)); err != nil {
		return nil, err
	}
	l := &List{items: make([]any, len(e.items))}
	for i, item := range e.items {
		v, err := r.eval(item)
		if err != nil {
			return nil, err
		}
		l.items[i] = v
	}
	return l, nil
}

func (r *run) evalMap(e *mapExpr) (any, error) {
	if err := r.grow(64 * len(e.keys)); err != nil {
		return nil, err
	}
	m := NewMap()
	for i := range e.keys {
		k, err := r.eval(e.keys[i])
		if err != nil {
			return nil, err
		}
		v, err := r.eval(e.values[i])
		if err != nil {
			return nil, err
		}
		m.Put(k, v)
	}
	return m, nil
}

func (r *run) evalRange(e *rangeExpr) (any, error) {
	from, err := r.eval(e.from)
	if err != nil {
		return nil, err
	}
	to, err := r.eval(e.to)
	if err != nil {
		return nil, err
	}
	a, ok := from.(int64)
	b, ok2 := to.(int64)
	if !ok || !ok2 {
		return nil, nil
	}
	n := new(big.Int).Abs(new(big.Int).Sub(big.NewInt(b), big.NewInt(a)))
	if !n.IsInt64() || n.Int64() >= int64(r.limits.Memory/16) {
		return nil, limitf("The range [%d..%d] is too long", a, b)
	}
	if err := r.grow(16 * (int(n.Int64()) + 1)); err != nil {
		return nil, err
	}
	l := &List{items: make([]any, 0, n.Int64()+1)}
	for ; a < b; a++ {
		l.Add(a)
	}
	for ; a > b; a-- {
		l.Add(a)
	}
	l.Add(b)
	return l, nil
}

func (r *run) binary(e *binaryExpr) (any, error) {
	left, err := r.eval(e.left)
	if err != nil {
		return nil, err
	}
	switch e.op {
	case opAnd:
		if !truth(left) {
			return false, nil
		}
		right, err := r.eval(e.right)
		return truth(right), err
	case opOr:
		if truth(left) {
			return true, nil
		}
		right, err := r.eval(e.right)
		return truth(right), err
	}
	right, err := r.eval(e.right)
	if err != nil {
		return nil, err
	}
	switch e.op {
	case opEqual:
		return r.looseEqual(left, right)
	case opNotEqual:
		same, err := r.looseEqual(left, right)
		return !same, err
	case opLess, opLessEqual, opGreater, opGreaterEqual:
		return ordered(e.op, left, right), nil
	case opAdd:
		if isString(left) || isString(right) {
			return r.concat(e, left, right)
		}
	}
	return arithmetic(e.op, left, right)
}

func isString(v any) bool {
	_, ok := v.(string)
	return ok
}

// concat joins texts; null joins as the text of its reference.
func (r *run) concat(e *binaryExpr, left, right any) (any, error) {
	text := func(v any, e expr) (string, error) {
		if ref, ok := e.(*reference); ok && v == nil {
			return ref.text, nil
		}
		return r.text(v)
	}
	a, err := text(left, e.left)
	if err != nil {
		return nil, err
	}
	b, err := text(right, e.right)
	if err != nil {
		return nil, err
	}
	return a + b, r.grow(len(a) + len(b))
}

// ordered compares numbers; what is no number compares as false.
func ordered(op operator, left, right any) bool {
	c, ok := compareNumbers(left, right)
	if !ok {
		return false
	}
	switch op {
	case opLess:
		return c < 0
	case opLessEqual:
		return c <= 0
	case opGreater:
		return c > 0
	}
	return c >= 0
}

// compareNumbers reports ok if both are numbers, and how they compare.
func compareNumbers(left, right any) (c int, ok bool) {
	if a, ok := left.(int64); ok {
		if b, ok := right.(int64); ok {
			switch {
			case a < b:
				return -1, true
			case a > b:
				return 1, true
			}
			return 0, true
		}
	}
	if !isNumber(left) || !isNumber(right) {
		return 0, false
	}
	a, aWhole := integer(left)
	b, bWhole := integer(right)
	if aWhole && bWhole {
		return a.Cmp(b), true
	}
	x, y := float(left), float(right)
	switch {
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, true
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, *big.Int:
		return true
	}
	return false
}

// integer is v as a big integer, if it is of an integer type.
func integer(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	}
	return nil, false
}

// float is a number as a double.
func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	}
	return math.NaN()
}

// maxBits bounds integers that grow by multiplication.
const maxBits = 1 << 13

// arithmetic computes with Java's rules: integers stay integers and widen when
// they overflow; one double makes all doubles. What is no number, and division
// by zero, give null.
func arithmetic(op operator, left, right any) (any, error) {
	if a, ok := left.(int64); ok {
		if b, ok := right.(int64); ok && small(a) && small(b) {
			return smallArithmetic(op, a, b), nil
		}
	}
	if !isNumber(left) || !isNumber(right) {
		return nil, nil
	}
	a, aWhole := integer(left)
	b, bWhole := integer(right)
	if !aWhole || !bWhole {
		return floating(op, float(left), float(right)), nil
	}
	z := new(big.Int)
	switch op {
	case opAdd:
		z.Add(a, b)
	case opSubtract:
		z.Sub(a, b)
	case opMultiply:
		z.Mul(a, b)
	case opDivide, opRemainder:
		if b.Sign() == 0 {
			return nil, nil
		}
		if op == opDivide {
			z.Quo(a, b)
		} else {
			z.Rem(a, b)
		}
	}
	if z.IsInt64() {
		return z.Int64(), nil
	}
	if z.BitLen() > maxBits {
		return nil, limitf("The number has more than %d bits", maxBits)
	}
	return z, nil
}

// small reports numbers whose product is still an int64.
func small(n int64) bool { return n == int64(int32(n)) }

func smallArithmetic(op operator, a, b int64) any {
	switch op {
	case opAdd:
		return a + b
	case opSubtract:
		return a - b
	case opMultiply:
		return a * b
	}
	if b == 0 {
		return nil
	}
	if op == opDivide {
		return a / b
	}
	return a % b
}

func floating(op operator, a, b float64) any {
	switch op {
	case opAdd:
		return a + b
	case opSubtract:
		return a - b
	case opMultiply:
		return a * b
	}
	if b == 0 {
		return nil
	}
	if op == opDivide {
		return a / b
	}
	return math.Mod(a, b)
}

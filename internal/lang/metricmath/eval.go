package metricmath

import (
	"fmt"
	"math"
	"slices"
)

// Series is a time series: values at times, which rise.
type Series struct {
	Label  string
	Period int64   // seconds
	Times  []int64 // Unix seconds
	Values []float64
}

// Kind is what a Value is.
type Kind int

// The kinds.
const (
	Scalar Kind = iota
	One         // a time series
	Many        // several of them
	Text
)

// Value is what an expression comes to.
type Value struct {
	Kind   Kind
	Number float64  // Scalar
	List   []Series // One or Many
	Text   string
}

// Env has what expressions are evaluated against.
type Env struct {
	Start, End int64 // of the time asked for, Unix seconds
	Period     int64 // of series that no metric gives one
	// Lookup returns what an id stands for.
	Lookup func(id string) (Value, error)
	// Metrics returns the metrics whose ids contain a text.
	Metrics func(filter string) ([]Series, error)
	// Search returns the metrics that match, with a statistic and a period.
	Search func(query, statistic string, period int64) ([]Series, error)
}

// maxPoints bounds what one evaluation computes.
const maxPoints = 5_000_000

type evaluation struct {
	*Env
	points int
}

// EvalError says why an expression has no value.
type EvalError struct{ Reason string }

func (e *EvalError) Error() string { return e.Reason }

func failed(format string, args ...any) error { return &EvalError{fmt.Sprintf(format, args...)} }

// Eval computes the expression.
func (e *Expr) Eval(env *Env) (Value, error) { return e.root.eval(&evaluation{Env: env}) }

// spend counts points that are computed.
func (x *evaluation) spend(n int) error {
	if x.points += n; x.points > maxPoints {
		return failed("The expression computes too many data points")
	}
	return nil
}

func number(v float64) Value   { return Value{Kind: Scalar, Number: v} }
func one(s Series) Value       { return Value{Kind: One, List: []Series{s}} }
func many(list []Series) Value { return Value{Kind: Many, List: list} }

func (n constant) eval(*evaluation) (Value, error)    { return number(float64(n)), nil }
func (n text) eval(*evaluation) (Value, error)        { return Value{Kind: Text, Text: string(n)}, nil }
func (n reference) eval(x *evaluation) (Value, error) { return x.Lookup(string(n)) }

func (n array) eval(x *evaluation) (Value, error) {
	var list []Series
	for _, e := range n {
		v, err := e.eval(x)
		if err != nil {
			return v, err
		}
		if v.Kind != One && v.Kind != Many {
			return v, failed("An array may contain time series only")
		}
		list = append(list, v.List...)
	}
	return many(list), nil
}

func (n negation) eval(x *evaluation) (Value, error) {
	v, err := n.of.eval(x)
	if err != nil {
		return v, err
	}
	return x.each(v, func(f float64) float64 { return -f })
}

// each applies a function to every value.
func (x *evaluation) each(v Value, f func(float64) float64) (Value, error) {
	switch v.Kind {
	case Text:
		return v, failed("Text is no operand")
	case Scalar:
		return number(f(v.Number)), nil
	}
	out := Value{Kind: v.Kind, List: make([]Series, len(v.List))}
	for i, s := range v.List {
		if err := x.spend(len(s.Values)); err != nil {
			return out, err
		}
		t := Series{Label: s.Label, Period: s.Period, Times: make([]int64, 0, len(s.Times)), Values: make([]float64, 0, len(s.Values))}
		for j, value := range s.Values {
			t.add(s.Times[j], f(value))
		}
		out.List[i] = t
	}
	return out, nil
}

// add adds a point, unless it has no value.
func (s *Series) add(at int64, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		s.Times, s.Values = append(s.Times, at), append(s.Values, v)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// operators; a division by zero has no value.
var operators = map[string]func(a, b float64) float64{
	"+":   func(a, b float64) float64 { return a + b },
	"-":   func(a, b float64) float64 { return a - b },
	"*":   func(a, b float64) float64 { return a * b },
	"/":   func(a, b float64) float64 { return a / b },
	"^":   math.Pow,
	"==":  func(a, b float64) float64 { return truth(a == b) },
	"!=":  func(a, b float64) float64 { return truth(a != b) },
	"<":   func(a, b float64) float64 { return truth(a < b) },
	">":   func(a, b float64) float64 { return truth(a > b) },
	"<=":  func(a, b float64) float64 { return truth(a <= b) },
	">=":  func(a, b float64) float64 { return truth(a >= b) },
	"AND": func(a, b float64) float64 { return truth(a != 0 && b != 0) },
	"OR":  func(a, b float64) float64 { return truth(a != 0 || b != 0) },
}

func (n operation) eval(x *evaluation) (Value, error) {
	a, err := n.left.eval(x)
	if err != nil {
		return a, err
	}
	b, err := n.right.eval(x)
	if err != nil {
		return b, err
	}
	f := operators[n.op]
	switch {
	case a.Kind == Text || b.Kind == Text:
		return a, failed("Text is no operand of '%s'", n.op)
	case b.Kind == Scalar:
		return x.each(a, func(v float64) float64 { return f(v, b.Number) })
	case a.Kind == Scalar:
		return x.each(b, func(v float64) float64 { return f(a.Number, v) })
	case a.Kind == Many && b.Kind == Many:
		return a, failed("'%s' is not for two arrays of time series", n.op)
	}
	out := Value{Kind: One}
	if a.Kind == Many || b.Kind == Many {
		out.Kind = Many
	}
	for i := range a.List {
		for j := range b.List {
			if err := x.spend(len(a.List[i].Values) + len(b.List[j].Values)); err != nil {
				return out, err
			}
			s := join(&a.List[i], &b.List[j], f)
			if s.Label = a.List[i].Label; b.Kind == Many {
				s.Label = b.List[j].Label
			}
			out.List = append(out.List, s)
		}
	}
	return out, nil
}

// join combines the points that two series have at the same time.
func join(a, b *Series, f func(a, b float64) float64) Series {
	out := Series{Period: max(a.Period, b.Period)}
	for i, j := 0, 0; i < len(a.Times) && j < len(b.Times); {
		switch {
		case a.Times[i] < b.Times[j]:
			i++
		case a.Times[i] > b.Times[j]:
			j++
		default:
			out.add(a.Times[i], f(a.Values[i], b.Values[j]))
			i, j = i+1, j+1
		}
	}
	return out
}

func (n call) eval(x *evaluation) (Value, error) {
	args := make([]Value, len(n.args))
	for i, a := range n.args {
		var err error
		if args[i], err = a.eval(x); err != nil {
			return args[i], err
		}
		for _, s := range args[i].List {
			if err := x.spend(len(s.Values)); err != nil {
				return Value{}, err
			}
		}
	}
	return functions[n.name].do(x, n.name, args)
}

// at is the value of a series at a time.
func (s *Series) at(t int64) (float64, bool) {
	i, ok := slices.BinarySearch(s.Times, t)
	if !ok {
		return 0, false
	}
	return s.Values[i], true
}

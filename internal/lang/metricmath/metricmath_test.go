package metricmath

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// env has a = 1 2 3 4 and b = 10 _ 30 40 at minutes 0 to 3, and c = _ _ 5 _.
func env() *Env {
	list := map[string]Series{
		"a": {"a", 60, []int64{0, 60, 120, 180}, []float64{1, 2, 3, 4}},
		"b": {"b", 60, []int64{0, 120, 180}, []float64{10, 30, 40}},
		"c": {"c", 60, []int64{120}, []float64{5}},
	}
	return &Env{
		Start: 0, End: 240, Period: 60,
		Lookup: func(id string) (Value, error) {
			s, ok := list[id]
			if !ok {
				return Value{}, failed("no %s", id)
			}
			return one(s), nil
		},
		Metrics: func(filter string) (out []Series, _ error) {
			for _, id := range []string{"a", "b", "c"} {
				if strings.Contains(id, filter) {
					out = append(out, list[id])
				}
			}
			return out, nil
		},
		Search: func(query, statistic string, period int64) ([]Series, error) {
			return []Series{{Label: fmt.Sprint(query, statistic, period)}}, nil
		},
	}
}

func show(v Value) string {
	switch v.Kind {
	case Scalar:
		return fmt.Sprint(v.Number)
	case Text:
		return v.Text
	}
	var parts []string
	for _, s := range v.List {
		var points []string
		for i, t := range s.Times {
			points = append(points, fmt.Sprintf("%d:%v", t/60, math.Round(s.Values[i]*1000)/1000))
		}
		parts = append(parts, strings.Join(points, " "))
	}
	return strings.Join(parts, " | ")
}

func TestEval(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{"1 + 2 * 3", "7"}, {"-2 ^ 2", "4"}, {"(1 + 2) * 3", "9"}, {"1e2 / 4", "25"},
		{"a + b", "0:11 2:33 3:44"}, {"a * 2", "0:2 1:4 2:6 3:8"}, {"100 - a", "0:99 1:98 2:97 3:96"},
		{"a / (a - 2)", "0:-1 2:3 3:2"}, {"-a", "0:-1 1:-2 2:-3 3:-4"},
		{"a > 2", "0:0 1:0 2:1 3:1"}, {"a > 1 AND a < 4", "0:0 1:1 2:1 3:0"}, {"a == 1 || a == 4", "0:1 1:0 2:0 3:1"},
		{"SUM(a)", "10"}, {"AVG(a)", "2.5"}, {"a / AVG(a)", "0:0.4 1:0.8 2:1.2 3:1.6"},
		{"SUM(METRICS())", "0:11 1:2 2:38 3:44"}, {"MAX([a, b])", "0:10 1:2 2:30 3:40"}, {"MIN(METRICS('b'))", "0:10 2:30 3:40"},
		{"METRICS() * 2", "0:2 1:4 2:6 3:8 | 0:20 2:60 3:80 | 2:10"}, {"METRIC_COUNT(METRICS())", "3"}, {"DATAPOINT_COUNT(b)", "3"},
		{"FILL(b, 0)", "0:10 1:0 2:30 3:40"}, {"FILL(b, REPEAT)", "0:10 1:10 2:30 3:40"}, {"FILL(b, LINEAR)", "0:10 1:20 2:30 3:40"},
		{"FILL(c, REPEAT)", "2:5 3:5"}, {"FILL(b, a)", "0:10 1:2 2:30 3:40"}, {"FILL(METRICS('c'), 1)", "0:1 1:1 2:5 3:1"},
		{"DIFF(b)", "2:20 3:10"}, {"DIFF_TIME(b)", "2:120 3:60"}, {"RATE(b)", "2:0.167 3:0.167"}, {"RUNNING_SUM(a)", "0:1 1:3 2:6 3:10"},
		{"IF(a > 2, b, 0)", "0:0 1:0 2:30 3:40"}, {"IF(b > 10, a)", "2:3 3:4"}, {"IF(1, a, b)", "0:1 1:2 2:3 3:4"},
		{"IF(FILL(b,0) > 0, a/b*100, 0)", "0:10 1:0 2:10 3:10"},
		{"ABS(a - 3)", "0:2 1:1 2:0 3:1"}, {"CEIL(a / 2)", "0:1 1:1 2:2 3:2"}, {"FLOOR(a / 2)", "0:0 1:1 2:1 3:2"},
		{"LOG10(b)", "0:1 2:1.477 3:1.602"}, {"PERIOD(a)", "60"}, {"STDDEV(a)", "1.118033988749895"},
		{"FIRST(METRICS())", "0:1 1:2 2:3 3:4"}, {"LAST(METRICS())", "2:5"}, {"SLICE(METRICS(), 1, 2)", "0:10 2:30 3:40"},
		{"SORT(METRICS(), MAX, DESC, 1)", "0:10 2:30 3:40"}, {"FIRST(SORT(METRICS(), SUM, ASC))", "2:5"}, {"REMOVE_EMPTY([a, c])", "0:1 1:2 2:3 3:4 | 2:5"},
		{"TIME_SERIES(7)", "0:7 1:7 2:7 3:7"}, {"MINUTE(b)", "0:0 2:2 3:3"}, {"DAY(c)", "2:4"},
		{"METRIC_COUNT(SEARCH('{N,D} x', 'Sum', 300))", "1"},
	} {
		e, err := Parse(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		v, err := e.Eval(env())
		if got := show(v); err != nil || got != c.want {
			t.Errorf("%s = %s, %v, want %s", c.expr, got, err, c.want)
		}
	}
}

func TestIDs(t *testing.T) {
	e, err := Parse("IF(m1 > m2, m1, e3) + METRICS('m')")
	if err != nil || fmt.Sprint(e.IDs()) != "[m1 m2 e3]" {
		t.Errorf("ids %v, %v", e.IDs(), err)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ expr, says string }{
		{"", "end"}, {"1 +", "end"}, {"(1", "')'"}, {"SUM(a", "')'"}, {"1 2", "Unexpected '2' at position 2"}, {"NOPE(a)", "NOPE"},
		{"SUM()", "arguments of SUM"}, {"'a", "quote"}, {"1..2", "not a number"}, {"a $ b", "'$' at position 2"}, {"M1", "M1"},
	} {
		_, err := Parse(c.expr)
		if syntax := new(SyntaxError); !errors.As(err, &syntax) || !strings.Contains(syntax.Reason, c.says) {
			t.Errorf("%s: %v, want %q", c.expr, err, c.says)
		}
	}
	for _, expr := range []string{"METRICS() + METRICS()", "'a' + 1", "SUM('a')", "FILL(1, 0)", "FIRST(a)", "z", "[1]", "IF(METRICS(), 1)"} {
		e, err := Parse(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if v, err := e.Eval(env()); !errors.As(err, new(*EvalError)) {
			t.Errorf("%s = %v, %v", expr, v, err)
		}
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse(strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000)); err == nil {
		t.Error("no bound of depth")
	}
	x := env()
	x.End = 1 << 40
	e, err := Parse("FILL(a, 0)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Eval(x); err == nil {
		t.Error("no bound of points")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("IF(FILL(a,0) > 0, SUM(METRICS('b'))/a*100, LAST([a,b]) ^ -2)")
	f.Add("SLICE(SORT(METRICS(), MAX, DESC, 1), 0, 1e300)")
	f.Add("SEARCH('{N,D} x', \"Sum\", 300) || RATE(a)")
	f.Fuzz(func(t *testing.T, source string) {
		e, err := Parse(source)
		if err != nil {
			if !errors.As(err, new(*SyntaxError)) {
				t.Fatal(err)
			}
			return
		}
		v, err := e.Eval(env())
		if err != nil {
			if !errors.As(err, new(*EvalError)) {
				t.Fatal(err)
			}
			return
		}
		for _, s := range v.List {
			if len(s.Times) != len(s.Values) {
				t.Fatalf("%d times and %d values", len(s.Times), len(s.Values))
			}
		}
	})
}

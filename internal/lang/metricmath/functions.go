package metricmath

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

type function struct {
	min, max int // arguments
	do       func(x *evaluation, name string, args []Value) (Value, error)
}

// functions are all that there is. Those of AWS that need what a cloud of our
// own has not (anomaly detection, service quotas, insight rules) are unknown.
var functions = map[string]function{
	"ABS":             {1, 1, each(math.Abs)},
	"CEIL":            {1, 1, each(math.Ceil)},
	"FLOOR":           {1, 1, each(math.Floor)},
	"LOG":             {1, 1, each(math.Log)},
	"LOG10":           {1, 1, each(math.Log10)},
	"AVG":             {1, 1, aggregate(average)},
	"MAX":             {1, 1, aggregate(slices.Max[[]float64])},
	"MIN":             {1, 1, aggregate(slices.Min[[]float64])},
	"SUM":             {1, 1, aggregate(sum)},
	"STDDEV":          {1, 1, aggregate(deviation)},
	"DATAPOINT_COUNT": {1, 1, aggregate(func(v []float64) float64 { return float64(len(v)) })},
	"DIFF":            {1, 1, steps(func(_, dv float64) float64 { return dv })},
	"DIFF_TIME":       {1, 1, steps(func(dt, _ float64) float64 { return dt })},
	"RATE":            {1, 1, steps(func(dt, dv float64) float64 { return dv / dt })},
	"RUNNING_SUM":     {1, 1, runningSum},
	"FILL":            {2, 2, fill},
	"FIRST":           {1, 1, pick(func(n int) int { return 0 })},
	"LAST":            {1, 1, pick(func(n int) int { return n - 1 })},
	"IF":              {2, 3, conditional},
	"METRICS":         {0, 1, metrics},
	"METRIC_COUNT":    {1, 1, metricCount},
	"SEARCH":          {2, 3, search},
	"PERIOD":          {1, 1, period},
	"REMOVE_EMPTY":    {1, 1, removeEmpty},
	"SLICE":           {2, 3, slice},
	"SORT":            {3, 4, sorted},
	"TIME_SERIES":     {1, 1, timeSeries},
	"MINUTE":          {1, 1, calendar(func(t time.Time) int { return t.Minute() })},
	"HOUR":            {1, 1, calendar(func(t time.Time) int { return t.Hour() })},
	"DAY":             {1, 1, calendar(func(t time.Time) int { return int(t.Weekday()+6)%7 + 1 })},
	"DATE":            {1, 1, calendar(func(t time.Time) int { return t.Day() })},
	"MONTH":           {1, 1, calendar(func(t time.Time) int { return int(t.Month()) })},
	"YEAR":            {1, 1, calendar(func(t time.Time) int { return t.Year() })},
	"EPOCH":           {1, 1, calendar(func(t time.Time) int { return int(t.Unix()) })},
}

func errArgument(name string) error { return failed("%s is not for these arguments", name) }

func each(f func(float64) float64) func(*evaluation, string, []Value) (Value, error) {
	return func(x *evaluation, name string, args []Value) (Value, error) {
		if args[0].Kind == Text {
			return Value{}, errArgument(name)
		}
		return x.each(args[0], f)
	}
}

func sum(v []float64) (total float64) {
	for _, f := range v {
		total += f
	}
	return total
}

func average(v []float64) float64 { return sum(v) / float64(len(v)) }

func deviation(v []float64) float64 {
	mean, squares := average(v), 0.0
	for _, f := range v {
		squares += (f - mean) * (f - mean)
	}
	return math.Sqrt(squares / float64(len(v)))
}

// aggregate makes a number of a series, and a series of several. Without
// points a series has no number, which shows as no point.
func aggregate(f func([]float64) float64) func(*evaluation, string, []Value) (Value, error) {
	return func(x *evaluation, name string, args []Value) (Value, error) {
		switch a := args[0]; a.Kind {
		case Scalar:
			return number(f([]float64{a.Number})), nil
		case One:
			if len(a.List[0].Values) == 0 {
				if name == "DATAPOINT_COUNT" {
					return number(0), nil
				}
				return number(math.NaN()), nil
			}
			return number(f(a.List[0].Values)), nil
		case Many:
			at := map[int64][]float64{}
			out := Series{Label: name}
			for _, s := range a.List {
				out.Period = max(out.Period, s.Period)
				for i, t := range s.Times {
					at[t] = append(at[t], s.Values[i])
				}
			}
			for _, t := range slices.Sorted(maps.Keys(at)) {
				out.add(t, f(at[t]))
			}
			return one(out), nil
		}
		return Value{}, errArgument(name)
	}
}

// series maps one series to another, also each of several.
func series(name string, v Value, f func(Series) Series) (Value, error) {
	if v.Kind != One && v.Kind != Many {
		return v, errArgument(name)
	}
	out := Value{Kind: v.Kind, List: make([]Series, len(v.List))}
	for i, s := range v.List {
		out.List[i] = f(s)
		out.List[i].Label, out.List[i].Period = s.Label, s.Period
	}
	return out, nil
}

// steps computes from the difference of each point to the one before.
func steps(f func(dt, dv float64) float64) func(*evaluation, string, []Value) (Value, error) {
	return func(_ *evaluation, name string, args []Value) (Value, error) {
		return series(name, args[0], func(s Series) (out Series) {
			for i := 1; i < len(s.Times); i++ {
				out.add(s.Times[i], f(float64(s.Times[i]-s.Times[i-1]), s.Values[i]-s.Values[i-1]))
			}
			return out
		})
	}
}

func runningSum(_ *evaluation, name string, args []Value) (Value, error) {
	return series(name, args[0], func(s Series) (out Series) {
		total := 0.0
		for i, v := range s.Values {
			total += v
			out.add(s.Times[i], total)
		}
		return out
	})
}

// grid are the times of a period in the time asked for.
func (x *evaluation) grid(period int64) ([]int64, error) {
	if period <= 0 {
		period = max(x.Period, 1)
	}
	n := max((x.End-x.Start+period-1)/period, 0)
	if err := x.spend(int(min(n, maxPoints+1))); err != nil {
		return nil, err
	}
	times := make([]int64, n)
	for i := range times {
		times[i] = x.Start + int64(i)*period
	}
	return times, nil
}

func fill(x *evaluation, name string, args []Value) (Value, error) {
	by := args[1]
	if by.Kind == Text && by.Text != "REPEAT" && by.Text != "LINEAR" || by.Kind == Many {
		return by, errArgument(name)
	}
	var err error
	out, err2 := series(name, args[0], func(s Series) (out Series) {
		var times []int64
		if times, err = x.grid(s.Period); err != nil {
			return out
		}
		for _, t := range times {
			if v, ok := s.at(t); ok {
				out.add(t, v)
			} else if v, ok := filling(&s, t, by); ok {
				out.add(t, v)
			}
		}
		return out
	})
	if err == nil {
		err = err2
	}
	return out, err
}

// filling is the value that FILL gives to a missing point.
func filling(s *Series, t int64, by Value) (float64, bool) {
	i, _ := slices.BinarySearch(s.Times, t)
	switch {
	case by.Kind == Scalar:
		return by.Number, true
	case by.Kind == One:
		return by.List[0].at(t)
	case i == 0:
		return 0, false
	case by.Text == "REPEAT":
		return s.Values[i-1], true
	case i == len(s.Times):
		return 0, false
	}
	share := float64(t-s.Times[i-1]) / float64(s.Times[i]-s.Times[i-1])
	return s.Values[i-1] + share*(s.Values[i]-s.Values[i-1]), true
}

func pick(index func(n int) int) func(*evaluation, string, []Value) (Value, error) {
	return func(_ *evaluation, name string, args []Value) (Value, error) {
		if a := args[0]; a.Kind == Many && len(a.List) > 0 {
			return one(a.List[index(len(a.List))]), nil
		}
		return Value{}, errArgument(name)
	}
}

// conditional chooses point by point.
func conditional(x *evaluation, name string, args []Value) (Value, error) {
	cond, yes := args[0], args[1]
	no := Value{Kind: One, List: []Series{{}}} // nothing
	if len(args) == 3 {
		no = args[2]
	}
	for _, a := range args {
		if a.Kind == Text || a.Kind == Many {
			return a, errArgument(name)
		}
	}
	if cond.Kind == Scalar {
		if cond.Number != 0 {
			return yes, nil
		}
		return no, nil
	}
	value := func(v *Value, t int64) (float64, bool) {
		if v.Kind == Scalar {
			return v.Number, true
		}
		return v.List[0].at(t)
	}
	return series(name, cond, func(s Series) (out Series) {
		for i, t := range s.Times {
			v := &no
			if s.Values[i] != 0 {
				v = &yes
			}
			if f, ok := value(v, t); ok {
				out.add(t, f)
			}
		}
		return out
	})
}

func metrics(x *evaluation, name string, args []Value) (Value, error) {
	filter := ""
	if len(args) == 1 {
		if args[0].Kind != Text {
			return Value{}, errArgument(name)
		}
		filter = args[0].Text
	}
	list, err := x.Metrics(filter)
	return many(list), err
}

func metricCount(_ *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != Many {
		return Value{}, errArgument(name)
	}
	return number(float64(len(args[0].List))), nil
}

func search(x *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != Text || args[1].Kind != Text || len(args) == 3 && args[2].Kind != Scalar {
		return Value{}, errArgument(name)
	}
	p := x.Period
	if len(args) == 3 {
		p = int64(args[2].Number)
	}
	if p <= 0 {
		return Value{}, failed("SEARCH needs a period")
	}
	list, err := x.Search(args[0].Text, args[1].Text, p)
	return many(list), err
}

func period(_ *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != One {
		return Value{}, errArgument(name)
	}
	return number(float64(args[0].List[0].Period)), nil
}

func removeEmpty(_ *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != Many {
		return Value{}, errArgument(name)
	}
	return many(slices.DeleteFunc(slices.Clone(args[0].List), func(s Series) bool { return len(s.Values) == 0 })), nil
}

// index is a number as an index into n things.
func index(f float64, n int) int {
	if f >= float64(n) {
		return n
	}
	return max(int(max(f, 0)), 0)
}

func slice(_ *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != Many || args[1].Kind != Scalar || len(args) == 3 && args[2].Kind != Scalar {
		return Value{}, errArgument(name)
	}
	list := args[0].List
	from, to := index(args[1].Number, len(list)), len(list)
	if len(args) == 3 {
		to = index(args[2].Number, len(list))
	}
	return many(list[min(from, to):to]), nil
}

func sorted(_ *evaluation, name string, args []Value) (Value, error) {
	by := map[string]func([]float64) float64{"AVG": average, "MIN": slices.Min[[]float64], "MAX": slices.Max[[]float64], "SUM": sum}
	if args[0].Kind != Many || args[1].Kind != Text || args[2].Kind != Text || by[args[1].Text] == nil || args[2].Text != "ASC" && args[2].Text != "DESC" {
		return Value{}, errArgument(name)
	}
	key := func(s *Series) float64 {
		if len(s.Values) == 0 {
			return math.Inf(-1)
		}
		return by[args[1].Text](s.Values)
	}
	list := slices.Clone(args[0].List)
	slices.SortStableFunc(list, func(a, b Series) int {
		if args[2].Text == "DESC" {
			a, b = b, a
		}
		return cmp.Compare(key(&a), key(&b))
	})
	if len(args) == 4 {
		if args[3].Kind != Scalar {
			return Value{}, errArgument(name)
		}
		list = list[:index(args[3].Number, len(list))]
	}
	return many(list), nil
}

func timeSeries(x *evaluation, name string, args []Value) (Value, error) {
	if args[0].Kind != Scalar {
		return Value{}, errArgument(name)
	}
	times, err := x.grid(x.Period)
	if err != nil {
		return Value{}, err
	}
	out := Series{Label: name, Period: x.Period}
	for _, t := range times {
		out.add(t, args[0].Number)
	}
	return one(out), nil
}

func calendar(f func(time.Time) int) func(*evaluation, string, []Value) (Value, error) {
	return func(_ *evaluation, name string, args []Value) (Value, error) {
		return series(name, args[0], func(s Series) (out Series) {
			for _, t := range s.Times {
				out.add(t, float64(f(time.Unix(t, 0).UTC())))
			}
			return out
		})
	}
}

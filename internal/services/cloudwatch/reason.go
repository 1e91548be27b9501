package cloudwatch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// judgement is what led to a verdict.
type judgement struct {
	a                  *alarm
	used               []sample // the newest first
	breaching, missing int
	now                time.Time
}

var comparisons = map[string]string{
	"GreaterThanOrEqualToThreshold": "greater than or equal to",
	"GreaterThanThreshold":          "greater than",
	"LessThanThreshold":             "less than",
	"LessThanOrEqualToThreshold":    "less than or equal to",
}

// decimal is a number as AWS writes it: 1.0, 0.05, 1.0E10.
type decimal float64

func (d decimal) String() string {
	f := float64(d)
	if f != 0 && (f >= 1e7 || f <= -1e7 || f < 1e-3 && f > -1e-3) {
		s := strconv.FormatFloat(f, 'E', -1, 64)
		mantissa, exponent, _ := strings.Cut(s, "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, _ := strconv.Atoi(exponent) // it is one
		return mantissa + "E" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// MarshalJSON writes the number as String does.
func (d decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// crossed is a verdict that the threshold gave, with the words for it.
// treatment is how missing points were counted, if it was they that mattered.
func (j *judgement) crossed(state, treatment string) verdict {
	x := &j.a.Settings
	var b strings.Builder
	b.WriteString("Threshold Crossed: ")
	if len(j.used) == 0 {
		fmt.Fprintf(&b, "no datapoints were received for %d %s and %d missing %s treated as [%s].",
			x.EvaluationPeriods, plural(x.EvaluationPeriods, "period", "periods"), j.missing, plural(j.missing, "datapoint was", "datapoints were"), treatment)
		return verdict{state, b.String(), j.data()}
	}
	points := make([]string, len(j.used))
	for i, s := range j.used {
		points[i] = fmt.Sprintf("%v (%s)", decimal(*s.value), s.time.UTC().Format("02/01/06 15:04:05"))
	}
	list := "[" + strings.Join(points, ", ") + "]"
	subject := len(j.used)
	if x.DatapointsToAlarm != nil && j.missing == 0 {
		if subject = j.breaching; state == stateOK {
			subject = len(j.used) - j.breaching
		}
		fmt.Fprintf(&b, "%d out of the last %d datapoints %s ", subject, len(j.used), list)
	} else {
		fmt.Fprintf(&b, "%d %s %s ", len(j.used), plural(len(j.used), "datapoint", "datapoints"), list)
	}
	not := ""
	if state == stateOK {
		not = "not "
	}
	fmt.Fprintf(&b, "%s %s%s the threshold (%v)", plural(subject, "was", "were"), not, comparisons[x.ComparisonOperator], decimal(*x.Threshold))
	switch {
	case treatment != "":
		fmt.Fprintf(&b, " and %d missing %s treated as [%s]", j.missing, plural(j.missing, "datapoint was", "datapoints were"), treatment)
	case x.DatapointsToAlarm != nil && j.missing == 0:
		need, from, to := *x.DatapointsToAlarm, stateOK, stateAlarm
		if state == stateOK {
			need, from, to = x.EvaluationPeriods-*x.DatapointsToAlarm+1, stateAlarm, stateOK
		}
		fmt.Fprintf(&b, " (minimum %d %s for %s -> %s transition)", need, plural(need, "datapoint", "datapoints"), from, to)
	}
	b.WriteString(".")
	return verdict{state, b.String(), j.data()}
}

func (j *judgement) unknown() verdict {
	return verdict{stateInsufficient, fmt.Sprintf("Insufficient Data: %d %s unknown.", j.missing, plural(j.missing, "datapoint was", "datapoints were")), j.data()}
}

// timestamp is how reasons and messages write times.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-0700") }

type reasonData struct {
	Version             string       `json:"version"`
	QueryDate           string       `json:"queryDate"`
	StartDate           string       `json:"startDate,omitempty"`
	Unit                string       `json:"unit,omitempty"`
	Statistic           string       `json:"statistic,omitempty"`
	Period              int          `json:"period"`
	RecentDatapoints    []decimal    `json:"recentDatapoints"`
	Threshold           decimal      `json:"threshold"`
	EvaluatedDatapoints []evaluation `json:"evaluatedDatapoints,omitempty"`
}

type evaluation struct {
	Timestamp string  `json:"timestamp"`
	Value     decimal `json:"value"`
}

// data is the reason for programs.
func (j *judgement) data() string {
	x := &j.a.Settings
	d := reasonData{
		Version: "1.0", QueryDate: timestamp(j.now), Unit: x.Unit, Statistic: x.Statistic + x.ExtendedStatistic,
		Period: int(j.a.period() / time.Second), RecentDatapoints: []decimal{}, Threshold: decimal(*x.Threshold),
	}
	for i := len(j.used) - 1; i >= 0; i-- {
		s := j.used[i]
		if d.StartDate == "" {
			d.StartDate = timestamp(s.time)
		}
		d.RecentDatapoints = append(d.RecentDatapoints, decimal(*s.value))
	}
	for _, s := range j.used {
		d.EvaluatedDatapoints = append(d.EvaluatedDatapoints, evaluation{timestamp(s.time), decimal(*s.value)})
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic("cloudwatch: reason data: " + err.Error()) // numbers of metrics are finite
	}
	return string(b)
}

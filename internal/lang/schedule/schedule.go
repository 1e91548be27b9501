package schedule

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Schedule is a schedule expression. It is safe for concurrent use.
type Schedule struct {
	every time.Duration // of rate
	once  time.Time     // of at
	cron  *cron
}

// ErrInvalid is the error for what is no schedule expression.
var ErrInvalid = errors.New("schedule: the expression is not valid")

// Parse reads an expression; the times of cron and at are those of a place.
func Parse(text string, place *time.Location) (*Schedule, error) {
	name, rest, ok := strings.Cut(text, "(")
	inner, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return nil, ErrInvalid
	}
	switch name {
	case "rate":
		return parseRate(inner)
	case "cron":
		return parseCron(inner, place)
	case "at":
		return parseAt(inner, place)
	}
	return nil, ErrInvalid
}

// Once reports whether the schedule has at most one occurrence: at(...).
func (s *Schedule) Once() bool { return s.every == 0 && s.cron == nil }

// maxRate bounds what can be added to a time.
const maxRate = 100 * 365 * 24 * time.Hour

func parseRate(text string) (*Schedule, error) {
	value, unit, ok := strings.Cut(text, " ")
	n, err := strconv.Atoi(value)
	if !ok || err != nil || n < 1 || value[0] == '+' || value[0] == '0' {
		return nil, ErrInvalid
	}
	if plural := strings.HasSuffix(unit, "s"); plural != (n != 1) {
		return nil, ErrInvalid
	}
	each := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[strings.TrimSuffix(unit, "s")]
	if each == 0 || n > int(maxRate/each) {
		return nil, ErrInvalid
	}
	return &Schedule{every: time.Duration(n) * each}, nil
}

func parseAt(text string, place *time.Location) (*Schedule, error) {
	const layout = "2006-01-02T15:04:05"
	t, err := time.ParseInLocation(layout, text, place)
	if err != nil || t.Format(layout) != text { // one that the clock skips is no time
		return nil, ErrInvalid
	}
	return &Schedule{once: first(t)}, nil
}

// Next returns the first occurrence after a time, or false if there is none.
// Rates count from start.
func (s *Schedule) Next(start, after time.Time) (time.Time, bool) {
	switch {
	case s.every > 0:
		n := max(after.Sub(start)/s.every, 0) + 1
		if after.Before(start) {
			n = 1
		}
		return start.Add(n * s.every), true
	case s.cron != nil:
		return s.cron.next(after)
	}
	return s.once, s.once.After(after)
}

// Last returns the last occurrence that is not after a time, from one that is
// known not to be.
func (s *Schedule) Last(start, known, until time.Time) time.Time {
	for _, back := range []time.Duration{time.Hour, 25 * time.Hour, 32 * 24 * time.Hour} {
		from := until.Add(-back)
		if !from.After(known) {
			break
		}
		if t, ok := s.Next(start, from); ok && !t.After(until) {
			known = t
			break
		}
	}
	for {
		t, ok := s.Next(start, known)
		if !ok || t.After(until) {
			return known
		}
		known = t
	}
}

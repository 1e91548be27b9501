package schedule

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// cron is a compiled cron expression.
type cron struct {
	minutes, hours, months set
	years                  []int // in order; nil is all
	days                   func(month) set
	place                  *time.Location
}

// set is a set of numbers below 64.
type set uint64

func (s set) has(n int) bool { return s&(1<<n) != 0 }

// month is a month of a year.
type month struct {
	last    int          // its number of days
	weekday time.Weekday // of its first day
}

func monthOf(year int, m time.Month) month {
	return month{time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day(), time.Date(year, m, 1, 0, 0, 0, 0, time.UTC).Weekday()}
}

// on is the day of the week of a day.
func (m month) on(day int) time.Weekday { return (m.weekday + time.Weekday(day-1)) % 7 }

func (m month) working(day int) bool { return m.on(day) != time.Saturday && m.on(day) != time.Sunday }

// The years that AWS knows.
const (
	firstYear = 1970
	lastYear  = 2199
)

var (
	monthNames = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

// field is what a field's numbers can be.
type field struct {
	min, max int
	names    []string // of the numbers from min on
}

var (
	minuteField = field{0, 59, nil}
	hourField   = field{0, 23, nil}
	dayField    = field{1, 31, nil}
	monthField  = field{1, 12, monthNames}
	weekField   = field{1, 7, dayNames}
	yearField   = field{firstYear, lastYear, nil}
)

func parseCron(text string, place *time.Location) (*Schedule, error) {
	f := strings.Fields(text)
	if len(f) != 6 || (f[2] == "?") == (f[4] == "?") {
		return nil, ErrInvalid
	}
	c := &cron{place: place}
	var ok [5]bool
	c.minutes, ok[0] = minuteField.set(f[0])
	c.hours, ok[1] = hourField.set(f[1])
	c.months, ok[2] = monthField.set(f[3])
	if f[4] == "?" {
		c.days, ok[3] = daysOfMonth(f[2])
	} else {
		c.days, ok[3] = daysOfWeek(f[4])
	}
	c.years, ok[4] = yearField.numbers(f[5])
	if slices.Contains(ok[:], false) {
		return nil, ErrInvalid
	}
	return &Schedule{cron: c}, nil
}

func (f field) set(text string) (s set, ok bool) {
	list, ok := f.numbers(text)
	for _, n := range list {
		s |= 1 << n
	}
	return s, ok
}

// numbers reads a list of numbers, ranges and steps.
func (f field) numbers(text string) (list []int, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		lo, hi, step, ok := f.part(part)
		if !ok {
			return nil, false
		}
		for n := lo; n <= hi; n += step {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), true
}

// part reads "5", "1-5", "*", and any of them with a step: "0/15".
func (f field) part(text string) (lo, hi, step int, ok bool) {
	text, every, stepped := strings.Cut(text, "/")
	step = 1
	if stepped {
		if step, ok = decimal(every); !ok || step < 1 || step > f.max {
			return 0, 0, 0, false
		}
	}
	if text == "*" {
		return f.min, f.max, step, true
	}
	from, to, span := strings.Cut(text, "-")
	if lo, ok = f.number(from); !ok {
		return 0, 0, 0, false
	}
	switch {
	case span:
		hi, ok = f.number(to)
	case stepped:
		hi = f.max
	default:
		hi = lo
	}
	return lo, hi, step, ok && lo <= hi
}

func (f field) number(text string) (n int, ok bool) {
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return f.min + i, true
	}
	n, ok = decimal(text)
	return n, ok && n >= f.min && n <= f.max
}

// decimal reads digits, at most four.
func decimal(text string) (n int, ok bool) {
	if text == "" || len(text) > 4 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// daysOfMonth reads the field of days: numbers, L, LW, or a number and W.
func daysOfMonth(text string) (func(month) set, bool) {
	switch text {
	case "L":
		return func(m month) set { return 1 << m.last }, true
	case "LW":
		return func(m month) set {
			day := m.last
			for !m.working(day) {
				day--
			}
			return 1 << day
		}, true
	}
	if near, ok := strings.CutSuffix(text, "W"); ok {
		n, ok := dayField.number(near)
		return func(m month) set { return m.nearest(n) }, ok
	}
	s, ok := dayField.set(text)
	return func(m month) set { return s & (1<<(m.last+1) - 1) }, ok
}

// nearest is the working day next to a day, in the same month.
func (m month) nearest(day int) set {
	switch {
	case day > m.last:
		return 0
	case m.on(day) == time.Saturday && day > 1:
		day--
	case m.on(day) == time.Saturday:
		day += 2
	case m.on(day) == time.Sunday && day < m.last:
		day++
	case m.on(day) == time.Sunday:
		day -= 2
	}
	return 1 << day
}

// daysOfWeek reads the field of days of the week: numbers from 1, which is
// Sunday, or names; L, which is Saturday; 6L, the last Friday of a month; 6#3,
// its third.
func daysOfWeek(text string) (func(month) set, bool) {
	if text == "L" {
		text = "SAT"
	}
	if last, ok := strings.CutSuffix(text, "L"); ok {
		n, ok := weekField.number(last)
		return func(m month) set { return 1 << m.lastOn(time.Weekday(n-1)) }, ok
	}
	if day, nth, ok := strings.Cut(text, "#"); ok {
		n, ok := weekField.number(day)
		k, valid := decimal(nth)
		return func(m month) set {
			if d := m.firstOn(time.Weekday(n-1)) + 7*(k-1); d <= m.last {
				return 1 << d
			}
			return 0
		}, ok && valid && k >= 1 && k <= 5
	}
	week, ok := weekField.set(text)
	return func(m month) (s set) {
		for d := 1; d <= m.last; d++ {
			if week.has(int(m.on(d)) + 1) {
				s |= 1 << d
			}
		}
		return s
	}, ok
}

func (m month) firstOn(w time.Weekday) int { return 1 + int(w-m.weekday+7)%7 }

func (m month) lastOn(w time.Weekday) int {
	d := m.firstOn(w)
	return d + (m.last-d)/7*7
}

// next returns the first occurrence after a time.
func (c *cron) next(after time.Time) (time.Time, bool) {
	local := after.In(c.place)
	for _, year := range c.years {
		if year < local.Year() {
			continue
		}
		for m := time.January; m <= time.December; m++ {
			past := year == local.Year() && m < local.Month()
			if past || !c.months.has(int(m)) {
				continue
			}
			days := c.days(monthOf(year, m))
			for d := 1; days>>d != 0; d++ {
				past := year == local.Year() && m == local.Month() && d < local.Day()
				if past || !days.has(d) {
					continue
				}
				if t, ok := c.nextOn(year, m, d, after); ok {
					return t, true
				}
			}
		}
	}
	return time.Time{}, false
}

// nextOn is next on one day.
func (c *cron) nextOn(year int, m time.Month, day int, after time.Time) (time.Time, bool) {
	if end := time.Date(year, m, day+1, 12, 0, 0, 0, c.place); !end.After(after) {
		return time.Time{}, false
	}
	for h := 0; h < 24; h++ {
		if !c.hours.has(h) {
			continue
		}
		for min := 0; min < 60; min++ {
			if !c.minutes.has(min) {
				continue
			}
			t := time.Date(year, m, day, h, min, 0, 0, c.place)
			if t.Hour() != h || t.Minute() != min || t.Day() != day {
				continue // the clock skips it
			}
			if t = first(t); t.After(after) {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// first returns the earlier of two times at which a clock shows the same.
func first(t time.Time) time.Time {
	begin, _ := t.ZoneBounds()
	if begin.IsZero() {
		return t
	}
	_, now := t.Zone()
	_, before := begin.Add(-time.Second).Zone()
	if earlier := t.Add(time.Duration(now-before) * time.Second); now < before && earlier.Before(begin) {
		return earlier
	}
	return t
}

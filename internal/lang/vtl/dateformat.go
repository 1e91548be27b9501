package vtl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// datePart is a part of a pattern of Java's DateTimeFormatter: a letter with
// the number of its repetitions, or text.
type datePart struct {
	letter byte // 0 for text, '[' and ']' around what may be absent
	count  int
	text   string
}

// dateLetters are the letters of patterns that are understood.
const dateLetters = "GuyMLdDEeQqahHKkmsSnAXxZOVz"

func datePattern(s string) ([]datePart, error) {
	var parts []datePart
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\'':
			text, n, ok := quotedText(s[i:])
			if !ok {
				return nil, faultf("Pattern ends with an incomplete string literal: %s", s)
			}
			parts = append(parts, datePart{text: text})
			i += n
		case c == '[' || c == ']':
			parts = append(parts, datePart{letter: c})
			i++
		case c == '{' || c == '}' || c == '#':
			return nil, faultf("Pattern includes reserved character: '%c'", c)
		case isLetter(c) && c != '_':
			n := 1
			for i+n < len(s) && s[i+n] == c {
				n++
			}
			if strings.IndexByte(dateLetters, c) < 0 {
				return nil, faultf("Unknown pattern letter: %c", c)
			}
			if n > 9 && c != 'n' && c != 'A' && c != 'y' && c != 'u' || n > 19 {
				return nil, faultf("Too many pattern letters: %c", c)
			}
			parts = append(parts, datePart{letter: c, count: n})
			i += n
		default:
			parts = append(parts, datePart{text: s[i : i+1]})
			i++
		}
	}
	return parts, nil
}

// quotedText reads text in single quotes; two stand for one.
func quotedText(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 == len(s) || s[i+1] != '\'' {
			if b.Len() == 0 {
				b.WriteByte('\'')
			}
			return b.String(), i + 1, true
		}
		b.WriteByte('\'')
		i++
	}
	return "", 0, false
}

func formatDate(t time.Time, parts []datePart) (any, error) {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.letter == 0:
			b.WriteString(p.text)
		case p.letter == '[' || p.letter == ']':
		default:
			s, err := formatPart(t, p)
			if err != nil {
				return nil, err
			}
			b.WriteString(s)
		}
	}
	return b.String(), nil
}

func padded(n, width int) string { return fmt.Sprintf("%0*d", width, n) }

func formatPart(t time.Time, p datePart) (string, error) {
	switch p.letter {
	case 'G':
		if p.count == 4 {
			return "Anno Domini", nil
		}
		return "AD", nil
	case 'u', 'y':
		if p.count == 2 {
			return padded(t.Year()%100, 2), nil
		}
		return padded(t.Year(), p.count), nil
	case 'M', 'L':
		return named(t.Month().String(), int(t.Month()), p.count), nil
	case 'Q', 'q':
		return padded((int(t.Month())+2)/3, min(p.count, 2)), nil
	case 'd':
		return padded(t.Day(), p.count), nil
	case 'D':
		return padded(t.YearDay(), p.count), nil
	case 'E':
		return named(t.Weekday().String(), 0, max(p.count, 3)), nil
	case 'e':
		return named(t.Weekday().String(), int(t.Weekday())+1, p.count), nil
	case 'a':
		return t.Format("PM"), nil
	case 'S':
		return fmt.Sprintf("%09d", t.Nanosecond())[:p.count], nil
	case 'n':
		return padded(t.Nanosecond(), p.count), nil
	case 'A':
		return padded(int(t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())).Milliseconds()), p.count), nil
	case 'h', 'H', 'K', 'k', 'm', 's':
		return padded(clock(t, p.letter), p.count), nil
	}
	return formatZone(t, p)
}

func clock(t time.Time, letter byte) int {
	switch letter {
	case 'H':
		return t.Hour()
	case 'k':
		return (t.Hour()+23)%24 + 1
	case 'K':
		return t.Hour() % 12
	case 'h':
		return (t.Hour()+11)%12 + 1
	case 'm':
		return t.Minute()
	}
	return t.Second()
}

// named is a month or weekday as number, short, long or narrow name.
func named(name string, n, count int) string {
	switch count {
	case 1, 2:
		return padded(n, count)
	case 3:
		return name[:3]
	case 4:
		return name
	}
	return name[:1]
}

func formatZone(t time.Time, p datePart) (string, error) {
	zone, offset := t.Zone()
	switch p.letter {
	case 'V':
		if p.count != 2 {
			return "", faultf("Pattern letter count must be 2: V")
		}
		if name := t.Location().String(); name != "UTC" {
			return name, nil
		}
		return "Z", nil
	case 'z':
		return zone, nil
	case 'O':
		if offset == 0 {
			return "GMT", nil
		}
		if p.count == 4 {
			return "GMT" + t.Format("-07:00"), nil
		}
		sign, abs := "+", offset
		if offset < 0 {
			sign, abs = "-", -offset
		}
		s := "GMT" + sign + strconv.Itoa(abs/3600)
		if m := abs / 60 % 60; m != 0 {
			s += fmt.Sprintf(":%02d", m)
		}
		return s, nil
	case 'Z':
		switch {
		case p.count <= 3:
			return t.Format("-0700"), nil
		case p.count == 4:
			return formatZone(t, datePart{letter: 'O', count: 4})
		}
		return t.Format("Z07:00"), nil
	}
	if p.letter == 'X' && offset == 0 {
		return "Z", nil
	}
	if p.count == 1 && offset%3600 != 0 {
		return t.Format("-0700"), nil
	}
	layouts := [...]string{"-07", "-0700", "-07:00", "-070000", "-07:00:00"}
	i := min(p.count, len(layouts)) - 1
	if i > 2 && offset%60 == 0 {
		i -= 2 // seconds only if there are any
	}
	return t.Format(layouts[i]), nil
}

// dateReader collects the fields of a text that is parsed.
type dateReader struct {
	s                          string
	year, month, day, yearDay  int
	hour, minute, second, nano int
	pm, half                   bool
	zone                       *time.Location
}

var errText = errors.New("it does not fit the pattern")

// parseDate reads s by a pattern. Fields that the pattern lacks begin at their
// least value; the year must be there.
func parseDate(s string, parts []datePart, zone *time.Location) (time.Time, error) {
	d := &dateReader{s: s, year: -1, month: 1, day: 1, zone: zone}
	rest, err := d.parts(parts)
	if err != nil {
		return time.Time{}, err
	}
	if len(rest) > 0 || d.s != "" || d.year < 0 {
		return time.Time{}, errText
	}
	if d.half {
		d.hour %= 12
		if d.pm {
			d.hour += 12
		}
	}
	if d.month < 1 || d.month > 12 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, errors.New("a field is out of its range")
	}
	if d.yearDay > 0 {
		d.month, d.day = 1, d.yearDay
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, d.nano, d.zone)
	if d.yearDay == 0 && t.Day() != d.day && t.Month() != time.Month(d.month) {
		return time.Time{}, errors.New("the month has no such day")
	}
	return t, nil
}

// parts reads fields up to a closing bracket, and returns what comes after.
func (d *dateReader) parts(parts []datePart) ([]datePart, error) {
	for len(parts) > 0 {
		p := parts[0]
		parts = parts[1:]
		switch p.letter {
		case ']':
			return parts, nil
		case '[':
			saved := *d
			rest, err := d.parts(parts)
			if err != nil { // then it is absent
				*d = saved
				rest = parts
				for depth := 1; depth > 0 && len(rest) > 0; rest = rest[1:] {
					switch rest[0].letter {
					case '[':
						depth++
					case ']':
						depth--
					}
				}
			}
			parts = rest
		case 0:
			rest, ok := strings.CutPrefix(d.s, p.text)
			if !ok {
				return nil, errText
			}
			d.s = rest
		default:
			adjacent := len(parts) > 0 && parts[0].letter != 0 && strings.IndexByte("uyMdHhkKmsSDn", parts[0].letter) >= 0
			if err := d.part(p, adjacent); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// number reads digits: exactly as many as there are letters if those are more
// than one or another number follows.
func (d *dateReader) number(p datePart, adjacent bool) (int, error) {
	width := p.count
	if (p.letter == 'y' || p.letter == 'u') && p.count != 2 && !adjacent || p.count == 1 && !adjacent {
		for width = 0; width < len(d.s) && width < 10 && isDigit(d.s[width]); width++ {
		}
		if width < p.count {
			return 0, errText
		}
	}
	if width > len(d.s) {
		return 0, errText
	}
	n, err := strconv.ParseUint(d.s[:width], 10, 31)
	if err != nil {
		return 0, errText
	}
	d.s = d.s[width:]
	return int(n), nil
}

func (d *dateReader) part(p datePart, adjacent bool) (err error) {
	field := map[byte]*int{
		'y': &d.year, 'u': &d.year, 'd': &d.day, 'D': &d.yearDay, 'H': &d.hour, 'k': &d.hour, 'h': &d.hour, 'K': &d.hour,
		'm': &d.minute, 's': &d.second, 'n': &d.nano,
	}[p.letter]
	switch {
	case field != nil:
		if *field, err = d.number(p, adjacent); err != nil {
			return err
		}
		d.fix(p)
		return nil
	case p.letter == 'S':
		n, err := d.number(datePart{count: p.count}, true)
		for range 9 - p.count {
			n *= 10
		}
		d.nano = n
		return err
	case (p.letter == 'M' || p.letter == 'L') && p.count < 3:
		d.month, err = d.number(p, adjacent)
		return err
	case p.letter == 'M' || p.letter == 'L':
		d.month, err = d.name(p.count, 12, func(i int) string { return time.Month(i + 1).String() })
		d.month++
		return err
	case p.letter == 'E':
		_, err = d.name(max(p.count, 3), 7, func(i int) string { return time.Weekday(i).String() })
		return err
	case p.letter == 'a':
		i, err := d.name(4, 2, func(i int) string { return [...]string{"AM", "PM"}[i] })
		d.pm, d.half = i == 1, true
		return err
	case p.letter == 'G':
		_, err = d.name(4, 1, func(int) string { return "AD" })
		return err
	case strings.IndexByte("XxZOVz", p.letter) >= 0:
		return d.readZone()
	}
	return fmt.Errorf("the letter %c cannot be parsed", p.letter)
}

// fix turns a field as it is written into one as it counts.
func (d *dateReader) fix(p datePart) {
	switch p.letter {
	case 'y', 'u':
		if p.count == 2 {
			d.year += 2000
		}
	case 'k':
		d.hour %= 24
	case 'h', 'K':
		d.half = true
	}
}

// name reads one of n names, or of their first three letters.
func (d *dateReader) name(count, n int, name func(int) string) (int, error) {
	for i := range n {
		s := name(i)
		if count == 3 {
			s = s[:3]
		}
		if rest, ok := strings.CutPrefix(d.s, s); ok {
			d.s = rest
			return i, nil
		}
	}
	return 0, errText
}

// readZone reads an offset or the name of a zone.
func (d *dateReader) readZone() error {
	n := 0
	for n < len(d.s) && (isWord(d.s[n]) || strings.IndexByte("+:/", d.s[n]) >= 0) {
		n++
	}
	if n == 0 {
		return errText
	}
	zone, err := location(arguments{d.s[:n]}, 0)
	if err != nil {
		return err
	}
	d.zone, d.s = zone, d.s[n:]
	return nil
}

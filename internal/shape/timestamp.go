package shape

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// TimeFormat is how a timestamp is spelt.
type TimeFormat uint8

// The formats of timestamps.
const (
	DefaultTime  TimeFormat = iota // the protocol's own
	ISO8601                        // 2026-11-22T08:00:00Z, with milliseconds if there are any
	ISO8601Milli                   // 2026-11-22T08:00:00.000Z, as S3 has it
	RFC822                         // Sun, 22 Nov 2026 08:00:00 GMT
	Unix                           // seconds, with up to three decimals
)

// Or returns f, or other if f is DefaultTime.
func (f TimeFormat) Or(other TimeFormat) TimeFormat {
	if f == DefaultTime {
		return other
	}
	return f
}

// AppendTime appends t in a format; DefaultTime is not one.
func AppendTime(dst []byte, t time.Time, f TimeFormat) []byte {
	t = t.UTC()
	switch f {
	case RFC822:
		return t.AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
	case Unix:
		return appendUnix(dst, t)
	}
	if f == ISO8601 && t.Nanosecond()/int(time.Millisecond) == 0 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05Z")
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

func appendUnix(dst []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		dst, ms = append(dst, '-'), -ms
	}
	dst = strconv.AppendInt(dst, ms/1000, 10)
	if ms %= 1000; ms != 0 {
		dst = append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return dst
}

// ErrTime is the error of a text or number that is no timestamp.
var ErrTime = errors.New("not a timestamp")

// ParseTime reads a timestamp in a format. Where ISO 8601 or RFC 822 is the
// format the variants clients send are accepted, seconds among them.
func ParseTime(s string, f TimeFormat) (time.Time, error) {
	if f == Unix {
		return parseUnix(s)
	}
	layouts := []string{time.RFC3339Nano, "Mon, 02 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700",
		time.RFC850, time.ANSIC, "2006-01-02T15:04:05", "20060102T150405Z", time.DateOnly}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil && inYears(t) {
			return t.UTC(), nil
		}
	}
	return parseUnix(s)
}

func parseUnix(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return fromUnix(n, 0)
	}
	if strings.ContainsAny(s, "xX_nN") { // hexadecimal, NaN, Inf
		return time.Time{}, ErrTime
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return time.Time{}, ErrTime
	}
	return UnixSeconds(n)
}

// UnixSeconds is the time that many seconds after 1970, to the millisecond.
func UnixSeconds(n float64) (time.Time, error) {
	if math.IsNaN(n) || math.Abs(n) > maxUnix {
		return time.Time{}, ErrTime
	}
	sec, frac := math.Modf(n)
	return fromUnix(int64(sec), int64(math.Round(frac*1000)))
}

// maxUnix is the last second of the year 9999.
const maxUnix = 253402300799

func fromUnix(sec, ms int64) (time.Time, error) {
	if sec > maxUnix || sec < -maxUnix {
		return time.Time{}, ErrTime
	}
	t := time.Unix(sec, ms*int64(time.Millisecond)).UTC()
	if !inYears(t) {
		return time.Time{}, ErrTime
	}
	return t, nil
}

// inYears reports whether every format can spell t.
func inYears(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

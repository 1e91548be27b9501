package graphql

import (
	"math"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	datePattern     = regexp.MustCompile(`^(-?\d{4,9}-\d\d-\d\d)(Z|[+-]\d\d:\d\d(?::\d\d)?)?$`)
	timePattern     = regexp.MustCompile(`^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{0,9})?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)?$`)
	dateTimePattern = regexp.MustCompile(`^(-?\d{4,9}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)$`)
	offsetPattern   = regexp.MustCompile(`^[+-](\d\d):(\d\d)(?::(\d\d))?$`)
	phonePattern    = regexp.MustCompile(`^\+?[0-9(][0-9 ().-]*$`)
	emailPattern    = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)
)

// ValidText reports whether text is a value of one of AWS' scalars that are
// strings. Of other types it is.
func ValidText(scalar, text string) bool {
	switch scalar {
	case "AWSDate":
		return validDate(text)
	case "AWSTime":
		m := timePattern.FindStringSubmatch(text)
		return m != nil && validClock(m[1], m[2], m[3]) && validOffset(m[4])
	case "AWSDateTime":
		m := dateTimePattern.FindStringSubmatch(text)
		return m != nil && validDate(m[1]) && validClock(m[2], m[3], m[4]) && validOffset(m[5])
	case "AWSEmail":
		_, err := mail.ParseAddress(text)
		return err == nil && emailPattern.MatchString(text)
	case "AWSURL":
		u, err := url.Parse(text)
		return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Scheme == "file") && !strings.Contains(u.Path, "//")
	case "AWSPhone":
		digits := 0
		for _, c := range text {
			if c >= '0' && c <= '9' {
				digits++
			}
		}
		return phonePattern.MatchString(text) && digits >= 3 && digits <= 15
	case "AWSIPAddress":
		if _, err := netip.ParsePrefix(text); err == nil {
			return true
		}
		a, err := netip.ParseAddr(text)
		return err == nil && a.Zone() == ""
	}
	return true
}

// ScalarNoun is how errors call a value of one of AWS' scalars.
func ScalarNoun(scalar string) string {
	switch scalar {
	case "AWSDate":
		return "date"
	case "AWSTime":
		return "time"
	case "AWSDateTime":
		return "date time"
	case "AWSTimestamp":
		return "timestamp"
	case "AWSEmail":
		return "email"
	case "AWSJSON":
		return "JSON"
	case "AWSURL":
		return "URL"
	case "AWSPhone":
		return "phone"
	case "AWSIPAddress":
		return "IP address"
	}
	return scalar
}

func validDate(text string) bool {
	m := datePattern.FindStringSubmatch(text)
	if m == nil || !validOffset(m[2]) {
		return false
	}
	i := len(m[1]) - len("-01-02")
	year, err := strconv.Atoi(m[1][:i])
	if err != nil || year > math.MaxInt32 {
		return false
	}
	month, _ := strconv.Atoi(m[1][i+1 : i+3])
	day, _ := strconv.Atoi(m[1][i+4:])
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func validClock(h, m, s string) bool {
	return h < "24" && m < "60" && (s == "" || s < "60")
}

func validOffset(text string) bool {
	if text == "" || text == "Z" {
		return true
	}
	m := offsetPattern.FindStringSubmatch(text)
	if m == nil || !(m[2] < "60") || m[3] >= "60" {
		return false
	}
	return m[1] < "18" || m[1] == "18" && m[2] == "00" && (m[3] == "" || m[3] == "00")
}

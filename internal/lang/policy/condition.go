package policy

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one operator applied to one key.
type condition struct {
	key      string // lower case
	set      setOperator
	ifExists bool
	negated  bool
	null     bool // the Null operator
	values   []operand
	compare  func(o *operand, value string, r *Request) (matched, ok bool)
}

type setOperator int

const (
	single setOperator = iota
	forAllValues
	forAnyValue
)

// operand is a value of the policy, compiled for its operator.
type operand struct {
	pattern  pattern
	segments []pattern // of an ARN
	number   float64
	time     time.Time
	prefix   netip.Prefix
	bytes    string
	yes      bool
}

// operator is what an operator's name stands for. parse compiles a value.
type operator struct {
	negated bool
	parse   func(o *operand, s string, variables bool) bool
	compare func(o *operand, value string, r *Request) (matched, ok bool)
}

// operators by name, without the prefixes of sets and the suffix IfExists.
var operators = map[string]operator{
	"StringEquals":              {false, parsePlain, comparePattern},
	"StringNotEquals":           {true, parsePlain, comparePattern},
	"StringEqualsIgnoreCase":    {false, parsePlain, compareFolded},
	"StringNotEqualsIgnoreCase": {true, parsePlain, compareFolded},
	"StringLike":                {false, parseLike, comparePattern},
	"StringNotLike":             {true, parseLike, comparePattern},
	"NumericEquals":             {false, parseNumber, number(func(c int) bool { return c == 0 })},
	"NumericNotEquals":          {true, parseNumber, number(func(c int) bool { return c == 0 })},
	"NumericLessThan":           {false, parseNumber, number(func(c int) bool { return c < 0 })},
	"NumericLessThanEquals":     {false, parseNumber, number(func(c int) bool { return c <= 0 })},
	"NumericGreaterThan":        {false, parseNumber, number(func(c int) bool { return c > 0 })},
	"NumericGreaterThanEquals":  {false, parseNumber, number(func(c int) bool { return c >= 0 })},
	"DateEquals":                {false, parseDate, date(func(c int) bool { return c == 0 })},
	"DateNotEquals":             {true, parseDate, date(func(c int) bool { return c == 0 })},
	"DateLessThan":              {false, parseDate, date(func(c int) bool { return c < 0 })},
	"DateLessThanEquals":        {false, parseDate, date(func(c int) bool { return c <= 0 })},
	"DateGreaterThan":           {false, parseDate, date(func(c int) bool { return c > 0 })},
	"DateGreaterThanEquals":     {false, parseDate, date(func(c int) bool { return c >= 0 })},
	"Bool":                      {false, parseBool, compareBool},
	"BinaryEquals":              {false, parseBinary, compareBinary},
	"IpAddress":                 {false, parseIP, compareIP},
	"NotIpAddress":              {true, parseIP, compareIP},
	"ArnEquals":                 {false, parseARN, compareARN},
	"ArnLike":                   {false, parseARN, compareARN},
	"ArnNotEquals":              {true, parseARN, compareARN},
	"ArnNotLike":                {true, parseARN, compareARN},
	"Null":                      {false, parseBool, nil},
}

// newCondition compiles one key of one operator.
func newCondition(name, key string, values []string, variables bool) (condition, bool) {
	c := condition{key: strings.ToLower(key)}
	if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		c.set, name = forAllValues, rest
	} else if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		c.set, name = forAnyValue, rest
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	op, ok := operators[name]
	if !ok || name == "Null" && (c.ifExists || c.set != single) {
		return condition{}, false
	}
	c.negated, c.compare, c.null = op.negated, op.compare, name == "Null"
	c.values = make([]operand, len(values))
	for i, v := range values {
		if !op.parse(&c.values[i], v, variables) {
			return condition{}, false
		}
	}
	return c, true
}

// holds reports whether the condition is met. A variable without a value meets
// no condition, not even a negated one.
func (c *condition) holds(r *Request) bool {
	values := r.values(c.key)
	if c.null {
		return slices.ContainsFunc(c.values, func(o operand) bool { return o.yes == (len(values) == 0) })
	}
	if len(values) == 0 {
		switch c.set {
		case forAllValues:
			return true
		case forAnyValue:
			return c.ifExists
		}
		return c.ifExists || c.negated
	}
	switch c.set {
	case forAllValues:
		for _, v := range values {
			if matched, ok := c.any(v, r); !ok || matched == c.negated {
				return false
			}
		}
		return true
	case forAnyValue:
		for _, v := range values {
			if matched, ok := c.any(v, r); ok && matched != c.negated {
				return true
			}
		}
		return false
	}
	for _, v := range values {
		matched, ok := c.any(v, r)
		if !ok {
			return false
		}
		if matched {
			return !c.negated
		}
	}
	return c.negated
}

// any reports whether one of the policy's values matches. ok is false when
// none did and a variable had no value.
func (c *condition) any(value string, r *Request) (matched, ok bool) {
	resolved := true
	for i := range c.values {
		matched, ok := c.compare(&c.values[i], value, r)
		if matched {
			return true, true
		}
		resolved = resolved && ok
	}
	return false, resolved
}

func parsePlain(o *operand, s string, variables bool) (ok bool) {
	o.pattern, ok = compile(s, false, variables)
	return ok
}

func parseLike(o *operand, s string, variables bool) (ok bool) {
	o.pattern, ok = compile(s, true, variables)
	return ok
}

func comparePattern(o *operand, value string, r *Request) (matched, ok bool) {
	return o.pattern.match(value, r)
}

func compareFolded(o *operand, value string, r *Request) (matched, ok bool) {
	text, ok := o.pattern.expand(r)
	return ok && strings.EqualFold(text, value), ok
}

func parseNumber(o *operand, s string, _ bool) bool {
	n, err := strconv.ParseFloat(s, 64)
	o.number = n
	return err == nil
}

// number compares the request's number with the policy's.
func number(holds func(c int) bool) func(*operand, string, *Request) (bool, bool) {
	return func(o *operand, value string, _ *Request) (matched, ok bool) {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false, true
		}
		switch {
		case n < o.number:
			return holds(-1), true
		case n > o.number:
			return holds(1), true
		case n == o.number:
			return holds(0), true
		}
		return false, true // not a number
	}
}

func parseDate(o *operand, s string, _ bool) bool {
	t, ok := readDate(s)
	o.time = t
	return ok
}

// readDate reads ISO 8601, as much of it as the W3C's profile has, or epoch seconds.
func readDate(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 4 {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func date(holds func(c int) bool) func(*operand, string, *Request) (bool, bool) {
	return func(o *operand, value string, _ *Request) (matched, ok bool) {
		t, valid := readDate(value)
		return valid && holds(t.Compare(o.time)), true
	}
}

func parseBool(o *operand, s string, _ bool) bool {
	o.yes = strings.EqualFold(s, "true")
	return o.yes || strings.EqualFold(s, "false")
}

func compareBool(o *operand, value string, _ *Request) (matched, ok bool) {
	return strings.EqualFold(value, "true") == o.yes && (o.yes || strings.EqualFold(value, "false")), true
}

func parseBinary(o *operand, s string, _ bool) bool {
	b, err := base64.StdEncoding.DecodeString(s)
	o.bytes = string(b)
	return err == nil
}

func compareBinary(o *operand, value string, _ *Request) (matched, ok bool) {
	b, err := base64.StdEncoding.DecodeString(value)
	return err == nil && string(b) == o.bytes, true
}

func parseIP(o *operand, s string, _ bool) bool {
	if a, err := netip.ParseAddr(s); err == nil {
		o.prefix = netip.PrefixFrom(a, a.BitLen())
		return true
	}
	p, err := netip.ParsePrefix(s)
	o.prefix = p
	return err == nil
}

func compareIP(o *operand, value string, _ *Request) (matched, ok bool) {
	a, err := netip.ParseAddr(value)
	return err == nil && o.prefix.Contains(a.Unmap()), true
}

// parseARN compiles the six segments of an ARN apart, so that a wildcard does
// not reach over a colon.
func parseARN(o *operand, s string, variables bool) bool {
	p, ok := compile(s, true, variables)
	if !ok {
		return false
	}
	if o.pattern = p; p.kind == anything {
		return true
	}
	rest, _ := split(s, true, variables)
	for len(o.segments) < 5 {
		var head []part
		var found bool
		if head, rest, found = cutColon(rest); !found {
			return false
		}
		o.segments = append(o.segments, settled(head))
	}
	o.segments = append(o.segments, settled(rest))
	return true
}

func settled(parts []part) pattern {
	p := pattern{parts: parts}
	p.settle()
	return p
}

// cutColon cuts parts at the first colon of their text.
func cutColon(parts []part) (head, rest []part, found bool) {
	for i, p := range parts {
		if p.variable != "" {
			continue
		}
		before, after, ok := strings.Cut(p.glob, ":")
		if !ok {
			continue
		}
		head = slices.Clone(parts[:i])
		if before != "" {
			head = append(head, part{glob: before})
		}
		if after != "" {
			rest = append(rest, part{glob: after})
		}
		return head, append(rest, parts[i+1:]...), true
	}
	return nil, nil, false
}

func compareARN(o *operand, value string, r *Request) (matched, ok bool) {
	if o.pattern.kind == anything {
		return true, true
	}
	for i := range o.segments {
		segment := value
		if i < len(o.segments)-1 {
			var found bool
			if segment, value, found = strings.Cut(value, ":"); !found {
				return false, true
			}
		}
		if matched, ok := o.segments[i].match(segment, r); !matched || !ok {
			return false, ok
		}
	}
	return true, true
}

// narrowing are the keys that pin down the caller, so that a policy for "*"
// is not public.
var narrowing = []string{
	"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip",
	"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:userid", "aws:username",
	"s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// narrows reports whether the condition names fixed values of such a key.
func (c *condition) narrows() bool {
	if c.negated || c.ifExists || c.null || c.set == forAllValues || !slices.Contains(narrowing, c.key) {
		return false
	}
	for i := range c.values {
		o := &c.values[i]
		if o.pattern.kind != exact || o.prefix.IsValid() && o.prefix.Bits() == 0 {
			return false
		}
	}
	return true
}

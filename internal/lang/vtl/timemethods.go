package vtl

import "time"

// iso8601 is how AppSync writes moments.
const iso8601 = "2006-01-02T15:04:05.000Z07:00"

// timeMethod are the methods of $util.time.
func (r *run) timeMethod(name string, args arguments) (any, error) {
	switch name {
	case "nowISO8601":
		return r.env.Now().UTC().Format(iso8601), nil
	case "nowEpochSeconds":
		return r.env.Now().Unix(), nil
	case "nowEpochMilliSeconds":
		return r.env.Now().UnixMilli(), nil
	case "nowFormatted":
		return formatMoment(r.env.Now(), args)
	case "parseFormattedToEpochMilliSeconds":
		return parseMoment(args)
	case "parseISO8601ToEpochMilliSeconds":
		s, ok := args.text(0)
		if !ok {
			return nil, nil
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			if t, err = time.Parse("2006-01-02T15:04Z07:00", s); err != nil {
				return nil, faultf("Text %s could not be parsed as an ISO 8601 date and time with an offset", quote(s))
			}
		}
		return t.UnixMilli(), nil
	}
	ms, ok := args.value(0).(int64)
	if !ok {
		return nil, nil
	}
	switch name {
	case "epochMilliSecondsToSeconds":
		return ms / 1000, nil
	case "epochMilliSecondsToISO8601":
		return time.UnixMilli(ms).UTC().Format(iso8601), nil
	case "epochMilliSecondsToFormatted":
		return formatMoment(time.UnixMilli(ms), args[1:])
	}
	return nil, nil
}

// formatMoment reads (format[, zone]).
func formatMoment(t time.Time, args arguments) (any, error) {
	format, ok := args.text(0)
	if !ok {
		return nil, nil
	}
	zone, err := location(args, 1)
	if err != nil {
		return nil, err
	}
	parts, err := datePattern(format)
	if err != nil {
		return nil, err
	}
	return formatDate(t.In(zone), parts)
}

// parseMoment reads (text, format[, zone]).
func parseMoment(args arguments) (any, error) {
	s, ok := args.text(0)
	format, ok2 := args.text(1)
	if !ok || !ok2 {
		return nil, nil
	}
	zone, err := location(args, 2)
	if err != nil {
		return nil, err
	}
	parts, err := datePattern(format)
	if err != nil {
		return nil, err
	}
	t, err := parseDate(s, parts, zone)
	if err != nil {
		return nil, faultf("Text %s could not be parsed: %s", quote(s), err)
	}
	return t.UnixMilli(), nil
}

// location is the zone named by an argument: a name or an offset; UTC without one.
func location(args arguments, i int) (*time.Location, error) {
	name, ok := args.text(i)
	if !ok || name == "" || name == "Z" {
		return time.UTC, nil
	}
	rest := name
	for _, prefix := range [...]string{"UTC", "GMT", "UT"} {
		if n := len(prefix); len(name) > n && name[:n] == prefix {
			rest = name[n:]
			break
		}
	}
	if rest[0] == '+' || rest[0] == '-' {
		for _, layout := range [...]string{"-07:00", "-0700", "-07", "-07:00:00"} {
			if t, err := time.Parse(layout, rest); err == nil {
				_, offset := t.Zone()
				return time.FixedZone(name, offset), nil
			}
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, faultf("Unknown time-zone ID: %s", name)
	}
	return zone, nil
}

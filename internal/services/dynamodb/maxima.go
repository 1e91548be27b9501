package dynamodb

// noMaximum is how a request takes a bound of an on-demand table away.
const noMaximum = -1

// reads is the greatest number of read units a second, 0 if there is no bound.
func (m *OnDemandThroughput) reads() int64 {
	if m == nil {
		return 0
	}
	return bound(m.MaxReadRequestUnits)
}

func (m *OnDemandThroughput) writes() int64 {
	if m == nil {
		return 0
	}
	return bound(m.MaxWriteRequestUnits)
}

func bound(n *int64) int64 {
	if n == nil {
		return 0
	}
	return max(0, *n)
}

// with is m after an update, which leaves alone what it does not name.
func (m *OnDemandThroughput) with(u *OnDemandThroughput) *OnDemandThroughput {
	if u == nil {
		return m
	}
	none := int64(noMaximum)
	n := OnDemandThroughput{&none, &none}
	if m != nil {
		n = *m
	}
	if u.MaxReadRequestUnits != nil {
		n.MaxReadRequestUnits = u.MaxReadRequestUnits
	}
	if u.MaxWriteRequestUnits != nil {
		n.MaxWriteRequestUnits = u.MaxWriteRequestUnits
	}
	return &n
}

// check checks what a request says of bounds.
func (m *OnDemandThroughput) check(onDemand bool) error {
	if m == nil {
		return nil
	}
	if !onDemand {
		return errValidation(invalidValues + "OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST")
	}
	for _, n := range []*int64{m.MaxReadRequestUnits, m.MaxWriteRequestUnits} {
		if n != nil && *n != noMaximum && (*n < 1 || *n > maxThroughput) {
			return errValidation(invalidValues+"Given value %d for OnDemandThroughput is out of bounds: it is at least 1, or -1 for no maximum", *n)
		}
	}
	return nil
}

package dynamodb

// warmth is what a table or index is to serve at once, where somebody asked for
// more than it has anyway. It grows only.
type warmth struct{ Read, Write int64 }

// units is the warm throughput of x, or of the table itself if x is nil.
func (t *table) warmUnits(x *index) warmth {
	p, asked := t.Throughput, t.Warm
	if x != nil {
		p, asked = x.Throughput, x.Warm
	}
	w := warmth{p.Read, p.Write}
	if t.OnDemand {
		w = warmth{freshReads, freshWrites}
	}
	return warmth{max(w.Read, asked.Read), max(w.Write, asked.Write)}
}

// heat is w after a request for warm throughput.
func (in *WarmThroughput) heat(w warmth, what string) (warmth, error) {
	if in == nil {
		return warmth{}, nil
	}
	for _, u := range []struct {
		name string
		to   *int64
		at   *int64
	}{{"ReadUnitsPerSecond", in.ReadUnitsPerSecond, &w.Read}, {"WriteUnitsPerSecond", in.WriteUnitsPerSecond, &w.Write}} {
		switch {
		case u.to == nil:
		case *u.to < *u.at:
			return w, errValidation(invalidValues+"Requested %s for WarmThroughput for %s is lower than current WarmThroughput, decreasing WarmThroughput is not supported", u.name, what)
		case *u.to > maxThroughput:
			return w, errValidation("Given value %d for %s is out of bounds", *u.to, u.name)
		default:
			*u.at = *u.to
		}
	}
	return w, nil
}

func (t *table) heat(in *WarmThroughput) (err error) {
	if in != nil {
		t.Warm, err = in.heat(t.warmUnits(nil), "table")
	}
	return err
}

func (t *table) heatIndex(x *index, in *WarmThroughput) (err error) {
	if in != nil {
		x.Warm, err = in.heat(t.warmUnits(x), "index "+x.Name)
	}
	return err
}

func (w warmth) describe() *WarmThroughputDescription {
	return &WarmThroughputDescription{w.Read, w.Write, "ACTIVE"}
}

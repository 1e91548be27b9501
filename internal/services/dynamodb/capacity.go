package dynamodb

// units of capacity are counted in halves: an eventually consistent read of up
// to 4 KiB is half a unit.

// writeUnits is what writing so many bytes costs.
func writeUnits(size int) float64 { return float64(max(1, (size+1023)/1024)) }

// readUnits is what reading so many bytes costs.
func readUnits(size int, consistent bool) float64 {
	u := float64(max(1, (size+4095)/4096))
	if !consistent {
		u /= 2
	}
	return u
}

// cost is what a request consumed of a table and its indexes.
type cost struct {
	t       *table
	table   float64
	indexes []indexCost
	reads   bool
	double  bool    // of a transaction: the table's part counts twice
	failed  float64 // of statements of a batch that failed: counts in the total only
}

type indexCost struct {
	x     *index
	units float64
}

func (c *cost) addIndex(x *index, units float64) {
	for i := range c.indexes {
		if c.indexes[i].x == x {
			c.indexes[i].units += units
			return
		}
	}
	c.indexes = append(c.indexes, indexCost{x, units})
}

// add adds the cost of another part of the same request on the same table.
func (c *cost) add(d *cost) {
	c.table += d.table
	for _, x := range d.indexes {
		c.addIndex(x.x, x.units)
	}
}

// own is what the table's own part, without its indexes, cost.
func (c *cost) own() float64 {
	if c.double {
		return 2 * c.table
	}
	return c.table
}

// consumed renders the cost as ReturnConsumedCapacity asks; transactional
// answers also tell reads and writes apart.
func (c *cost) consumed(mode string) *ConsumedCapacity {
	if mode != "TOTAL" && mode != "INDEXES" {
		return nil
	}
	own := c.own()
	out := &ConsumedCapacity{TableName: c.t.Name, CapacityUnits: own + c.failed}
	for _, x := range c.indexes {
		out.CapacityUnits += x.units
	}
	out.ReadCapacityUnits, out.WriteCapacityUnits = c.split(out.CapacityUnits)
	if mode != "INDEXES" {
		return out
	}
	one := func(units float64) Capacity {
		r, w := c.split(units)
		return Capacity{units, r, w}
	}
	whole := one(own)
	out.Table = &whole
	for _, x := range c.indexes {
		m := &out.GlobalSecondaryIndexes
		if x.x.Local {
			m = &out.LocalSecondaryIndexes
		}
		if *m == nil {
			*m = map[string]Capacity{}
		}
		(*m)[x.x.Name] = one(x.units)
	}
	return out
}

func (c *cost) split(units float64) (read, write *float64) {
	if !c.double {
		return nil, nil
	}
	if c.reads {
		return &units, nil
	}
	return nil, &units
}

package dynamodb

import (
	"net/http"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// limiter holds tables and global indexes to the capacity that they have. It
// is there only while the cloud throttles: else tables have none, and a request
// pays one comparison for it.
//
// Each has a bucket for reads and one for writes, which fills at the rate of its
// capacity. A request is let in while anything is left, and takes what it turns
// out to cost, so a bucket may be in debt, as on AWS. Buckets are kept in memory
// only: what was unused when the program ended counts as unused since.
type limiter struct {
	mu      sync.Mutex
	buckets map[bucketID]*bucket
}

type bucketID struct {
	table uint64
	index uint32
	reads bool
}

type bucket struct {
	units float64
	at    time.Time
}

const (
	burst = 300 // how many seconds of unused provisioned capacity are kept

	// What an on-demand table or index serves from its first second on, unless it was warmed.
	freshReads  = 12000
	freshWrites = 4000
)

func newLimiter() *limiter { return &limiter{buckets: map[bucketID]*bucket{}} }

// limit is what bounds the requests of a table or index.
type limit struct {
	rate  float64 // units a second
	keeps float64 // seconds of them that may be saved up
	kind  string  // as throttling reasons name it
}

// limit returns what bounds requests to x, or to the table itself if x is nil.
func (t *table) limit(x *index, reads bool) limit {
	p, maxima := t.Throughput, t.Maxima
	if x != nil {
		p, maxima = x.Throughput, x.Maxima
	}
	warm := t.warmUnits(x)
	provisioned, fresh, most := p.Write, warm.Write, maxima.writes()
	if reads {
		provisioned, fresh, most = p.Read, warm.Read, maxima.reads()
	}
	switch {
	case !t.OnDemand:
		return limit{float64(provisioned), burst, "ProvisionedThroughputExceeded"}
	case most > 0 && most <= fresh:
		return limit{float64(most), 1, "MaxOnDemandThroughputExceeded"}
	}
	return limit{float64(fresh), 1, "KeyRangeThroughputExceeded"}
}

// bucket returns a bucket as it stands now. The limiter is locked.
func (l *limiter) bucket(t *table, x *index, reads bool, now time.Time) *bucket {
	id := bucketID{table: t.Number, reads: reads}
	if x != nil {
		id.index = x.Number
	}
	of := t.limit(x, reads)
	b := l.buckets[id]
	if b == nil {
		b = &bucket{units: of.rate, at: t.Created}
		l.buckets[id] = b
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.units += passed.Seconds() * of.rate
		b.at = now
	}
	b.units = min(b.units, of.rate*of.keeps)
	return b
}

// admit lets a request in, or says what it is refused for.
func (l *limiter) admit(t *table, x *index, reads bool, now time.Time) *refusal {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bucket(t, x, reads, now).units > 0 {
		return nil
	}
	return &refusal{t, x, reads}
}

// take takes what a request cost.
func (l *limiter) take(c *cost, now time.Time) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	own := c.own()
	for _, i := range c.indexes {
		if i.x.Local {
			own += i.units
		} else {
			l.bucket(c.t, i.x, c.reads, now).units -= i.units
		}
	}
	l.bucket(c.t, nil, c.reads, now).units -= own
}

// forget ends the buckets of a table that is gone.
func (l *limiter) forget(t *table) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.buckets {
		if id.table == t.Number {
			delete(l.buckets, id)
		}
	}
}

// refusal is a read or a write that a table, or an index if x is not nil, had
// no capacity for.
type refusal struct {
	t     *table
	x     *index
	reads bool
}

// ThrottlingReason says what was throttled, and why.
type ThrottlingReason struct {
	Reason   string `wire:"reason"`
	Resource string `wire:"resource"`
}

func (r *refusal) err() *aws.Error {
	kind := r.t.limit(r.x, r.reads).kind
	reason, arn := "Table", r.t.arn
	if r.x != nil {
		reason, arn = "Index", r.t.indexARN(r.x)
	}
	if r.reads {
		reason += "Read"
	} else {
		reason += "Write"
	}
	why := []ThrottlingReason{{reason + kind, string(arn)}}
	switch {
	case kind == "ProvisionedThroughputExceeded" && r.x == nil:
		return errThroughput("ProvisionedThroughputExceededException", "The level of configured provisioned throughput for the table was exceeded. "+
			"Consider increasing your provisioning level with the UpdateTable API.").With("ThrottlingReasons", why)
	case kind == "ProvisionedThroughputExceeded":
		return errThroughput("ProvisionedThroughputExceededException", "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. "+
			"Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API").With("ThrottlingReasons", why)
	case kind == "MaxOnDemandThroughputExceeded":
		return errThroughput("ThrottlingException", "Throughput exceeds the maximum OnDemandThroughput configured on table or index").With("throttlingReasons", why)
	}
	return errThroughput("ThrottlingException", "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. "+
		"If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html").With("throttlingReasons", why)
}

func errThroughput(code, message string) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, code, "%s", message)
}

// free reports whether the change is our own and nobody waits for its answer: an
// item that expires, that a restore puts in or that another region sent.
func (c *change) free() bool { return c.expired || c.copied || c.t.Filling }

// admit asks whether a change may be tried.
func (c *change) admit(x *index) error {
	if c.t.limiter == nil || c.free() {
		return nil
	}
	if c.refused = c.t.limiter.admit(c.t, x, false, c.call.Time); c.refused != nil {
		return c.refused.err()
	}
	return nil
}

// admit asks whether an item may be read.
func (g *get) admit(now time.Time) error {
	if g.refused = g.t.limiter.admit(g.t, nil, true, now); g.refused != nil {
		return g.refused.err()
	}
	return nil
}

// admit asks whether a page may be read. Local indexes are part of their table.
func (r *read) admit(now time.Time) error {
	x := r.x
	if x != nil && x.Local {
		x = nil
	}
	if r.refused = r.t.limiter.admit(r.t, x, true, now); r.refused != nil {
		return r.refused.err()
	}
	return nil
}

// take takes what the change cost.
func (c *change) take() {
	if !c.free() {
		c.t.limiter.take(&c.cost, c.call.Time)
	}
}

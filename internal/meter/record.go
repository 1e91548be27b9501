package meter

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
)

// Record is what is remembered of one request.
type Record struct {
	RequestID string
	Time      time.Time
	Took      time.Duration
	Method    string
	Target    string
	Call      aws.Call
	Status    int
	Err       *aws.Error // with the cause of an internal failure
	Decision  policy.Decision
}

// What is kept of a request's own words, in bytes, and of its decision. A
// recorder holds thousands of them.
const (
	maxTarget  = 2 << 10
	maxMessage = 2 << 10
	maxHeader  = 256
	maxTrace   = 100
)

// trim cuts a record down to what is worth remembering.
func (rec *Record) trim() {
	cut(&rec.Target, maxTarget)
	cut(&rec.Method, maxHeader)
	cut(&rec.Call.UserAgent, maxHeader)
	cut(&rec.Call.Referer, maxHeader)
	cut(&rec.Call.Host, maxHeader)
	cut(&rec.Call.Operation, maxHeader)
	if e := rec.Err; e != nil {
		rec.Err = &aws.Error{Code: e.Code, Status: e.Status, Message: e.Message}
		cut(&rec.Err.Message, maxMessage)
	}
	if n := len(rec.Decision.Trace); n > maxTrace { // the decision is on the last
		rec.Decision.Trace = slices.Clone(rec.Decision.Trace[n-maxTrace:])
	}
}

// cut copies what it keeps, so that the rest can be forgotten.
func cut(s *string, n int) {
	if len(*s) > n {
		*s = strings.ToValidUTF8((*s)[:n], "") + "…"
	}
}

// Recorder remembers the latest requests. The zero value is not usable; make
// one with NewRecorder.
type Recorder struct {
	mu        sync.Mutex
	ring      []Record
	next      int
	followers map[chan<- Record]bool
}

// NewRecorder returns a Recorder of the latest n requests.
func NewRecorder(n int) *Recorder {
	return &Recorder{ring: make([]Record, n), followers: map[chan<- Record]bool{}}
}

// Add remembers a request and passes it to the followers.
func (r *Recorder) Add(rec Record) {
	rec.trim()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.next%len(r.ring)] = rec
	r.next++
	for ch := range r.followers {
		select {
		case ch <- rec:
		default: // a follower that does not keep up misses some
		}
	}
}

// Latest returns up to n requests, oldest first.
func (r *Recorder) Latest(n int) []Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.latest(n)
}

func (r *Recorder) latest(n int) []Record {
	n = min(n, r.next, len(r.ring))
	out := make([]Record, 0, n)
	for i := r.next - n; i < r.next; i++ {
		out = append(out, r.ring[i%len(r.ring)])
	}
	return out
}

// Find returns the request of that id, if it is still remembered.
func (r *Recorder) Find(id string) (Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.ring, func(rec Record) bool { return rec.RequestID == id })
	if i < 0 || id == "" {
		return Record{}, false
	}
	return r.ring[i], true
}

// Follow returns up to n requests as Latest does, and sends every later one to
// ch until stop is called: none is missing in between, and none comes twice.
func (r *Recorder) Follow(ch chan<- Record, n int) (latest []Record, stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.followers[ch] = true
	return r.latest(n), func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.followers, ch)
	}
}

// Count returns how many requests there were since the start.
func (r *Recorder) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next
}

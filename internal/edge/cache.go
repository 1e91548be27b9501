package edge

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// entry is an object of the cache. It does not change: a refreshed object is
// another entry with the same body.
type entry struct {
	key    string
	id     string // of the distribution
	object string // path and query, as invalidations name it

	status int
	header http.Header
	body   *body

	stored time.Time
	age    time.Duration // at the origin
	fresh  time.Time     // until when it is served without asking

	whileRevalidate, ifError time.Duration // how much longer in these cases; ifError is -1 for as long as it is there

	seen       atomic.Bool
	prev, next *entry // towards the newest, towards the oldest
}

// overhead is what an entry takes besides its body, about.
const overhead = 1 << 10

// maxFiles bounds the entries whose body is an open file.
const maxFiles = 1 << 10

// cache is the index, with SIEVE: the hand moves from the oldest entry towards
// the newest and evicts the first that was not asked for since it last passed.
type cache struct {
	mu             sync.RWMutex
	entries        map[string]*entry
	newest, oldest *entry
	hand           *entry
	memory, disk   int64
	files          int

	maxMemory, maxDisk int64
}

func newCache(memory, disk int64) *cache {
	return &cache{entries: map[string]*entry{}, maxMemory: memory, maxDisk: disk}
}

// get returns the entry of a key, with a reference to its body, or nil.
func (c *cache) get(key []byte) *entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.entries[string(key)]
	if e == nil {
		return nil
	}
	if !e.seen.Load() {
		e.seen.Store(true)
	}
	e.body.retain()
	return e
}

// put adds an entry, whose body's reference becomes the cache's.
func (c *cache) put(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[e.key]; old != nil {
		c.remove(old)
	}
	c.entries[e.key] = e
	e.next = c.newest
	if c.newest != nil {
		c.newest.prev = e
	}
	c.newest = e
	if c.oldest == nil {
		c.oldest = e
	}
	c.count(e, 1)
	for c.memory > c.maxMemory || c.disk > c.maxDisk || c.files > maxFiles {
		c.evict()
	}
}

func (c *cache) count(e *entry, sign int64) {
	c.memory += sign * (overhead + int64(len(e.key)))
	if e.body.file == nil {
		c.memory += sign * e.body.size
		return
	}
	c.disk += sign * e.body.size
	c.files += int(sign)
}

func (c *cache) evict() {
	for {
		e := c.hand
		if e == nil {
			e = c.oldest
		}
		if e == nil {
			return
		}
		if e.seen.Load() {
			e.seen.Store(false)
			c.hand = e.prev
			continue
		}
		c.remove(e)
		return
	}
}

func (c *cache) remove(e *entry) {
	if c.hand == e {
		c.hand = e.prev
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		c.newest = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		c.oldest = e.prev
	}
	delete(c.entries, e.key)
	c.count(e, -1)
	e.body.release()
}

// purge removes the entries of a distribution that f selects.
func (c *cache) purge(id string, f func(object string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.oldest; e != nil; {
		newer := e.prev
		if e.id == id && f(e.object) {
			c.remove(e)
		}
		e = newer
	}
}

package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// flight is one request of an origin for an object that may be kept. All
// viewers who want the object meanwhile wait for it.
type flight struct {
	key, id, object string
	void            bool // invalidated since it began; under Edge.mu
	users           int  // the fetch, and the viewers who wait; under Edge.mu
	background      bool // nobody waits for it

	ready chan struct{} // closed when the following is known
	found *entry        // an object that is there: a refreshed one
	stale bool          // or rather, one that the origin did not confirm
	spool *spool        // or one that is coming
	head  *entry        // with this header
	first *reader       // the leader's
	alone *answer       // or one that is the leader's only
	err   error
	end   context.CancelFunc

	landed chan struct{} // closed when all is over, and final is known
	final  *entry        // what came of spool, or nil
}

// largest is how long a body may be to be kept.
func (e *Edge) largest() int64 { return e.Disk / 4 }

// join returns the flight for a key, and whether the caller leads it: then it
// is to be flown.
func (e *Edge) join(v *visit, key []byte) (f *flight, leads bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f := e.flights[string(key)]; f != nil {
		f.users++
		return f, false
	}
	f = &flight{key: string(key), id: v.d.ID, object: v.object(), users: 2, ready: make(chan struct{}), landed: make(chan struct{})}
	if !e.closed {
		e.flights[f.key] = f
		e.fetches.Add(1)
		return f, true
	}
	f.err = &failure{http.StatusServiceUnavailable, context.Canceled}
	close(f.ready)
	close(f.landed)
	return f, false
}

// done gives back what a user of a flight had of it.
func (e *Edge) done(f *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f.users--; f.users > 0 {
		return
	}
	for _, x := range []*entry{f.found, f.final} {
		if x != nil {
			x.body.release()
		}
	}
}

// leave takes a flight out of the table: who comes now begins another.
func (e *Edge) leave(f *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.flights[f.key] == f {
		delete(e.flights, f.key)
	}
}

// keep puts what a flight brought into the cache, unless it was invalidated
// meanwhile.
func (e *Edge) keep(f *flight, x *entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f.void {
		return
	}
	x.body.retain()
	e.cache.put(x)
}

// fly asks the origin and tells the viewers. stale is the expired object, with
// a reference that fly gives back, or nil.
func (e *Edge) fly(f *flight, v visit, q *question, stale *entry) {
	defer e.fetches.Done()
	defer e.done(f)
	defer close(f.landed)
	defer e.leave(f)
	ctx, cancel := context.WithCancel(e.life)
	f.end = cancel
	if stale != nil {
		defer stale.body.release()
		if etag := stale.header.Get("Etag"); etag != "" {
			q.header.Set("If-None-Match", etag)
		}
		if at := stale.header.Get("Last-Modified"); at != "" {
			q.header.Set("If-Modified-Since", at)
		}
	}
	a, err := e.ask(ctx, v.b, q)
	now := e.Now()
	switch {
	case stale != nil && (err != nil || a.status >= 500) && stale.servesErrors(now):
		if a != nil {
			a.body.Close()
		}
		f.found, f.stale = e.refresh(f, &v, stale, nil, now), true
	case err != nil:
		f.err = err
	case stale != nil && a.status == http.StatusNotModified:
		a.body.Close()
		f.found = e.refresh(f, &v, stale, a.header, now)
	default:
		if e.receive(ctx, f, &v, a, now) {
			return // the leader has the answer, and ends it
		}
		cancel()
		return
	}
	cancel()
	close(f.ready)
}

// servesErrors reports whether an expired object may stand in for an error.
func (x *entry) servesErrors(now time.Time) bool {
	return x.status < 400 && (x.ifError < 0 || now.Before(x.fresh.Add(x.ifError)))
}

// refresh is an expired object with a new time to live: with the header of the
// origin's 304, or without one because the origin fails.
func (e *Edge) refresh(f *flight, v *visit, stale *entry, header http.Header, now time.Time) *entry {
	x := stale.with(stale.body)
	x.body.retain() // the flight's
	if header == nil {
		ttl := errorTTL
		if custom, ok := v.d.Errors[http.StatusServiceUnavailable]; ok {
			ttl = custom.TTL
		}
		x.fresh = now.Add(ttl)
		e.keep(f, x)
		return x
	}
	x.header = stale.header.Clone()
	for _, name := range []string{"Cache-Control", "Expires", "Date"} {
		if value := header[name]; value != nil {
			x.header[name] = value
		}
	}
	d := parseCacheControl(x.header["Cache-Control"])
	ttl, keep := v.b.lifetime(&d, x.header, now)
	x.settle(&d, header, ttl, now)
	if keep {
		e.keep(f, x)
	}
	return x
}

// settle sets the times of an entry that the origin just sent or confirmed.
func (x *entry) settle(d *directives, h http.Header, ttl time.Duration, now time.Time) {
	x.stored, x.fresh, x.age = now, now.Add(ttl), 0
	if n, ok := number(h.Get("Age")); ok {
		x.age = time.Duration(min(n, maxSeconds)) * time.Second
	}
	x.whileRevalidate = max(0, d.staleWhileRevalidate)
	x.ifError = d.staleIfError
}

// receive takes an answer in. It reports whether the answer is left to the
// leader, because nobody else may have it.
func (e *Edge) receive(ctx context.Context, f *flight, v *visit, a *answer, now time.Time) bool {
	d := parseCacheControl(a.header["Cache-Control"])
	ttl, keep := v.b.lifetime(&d, a.header, now)
	if a.status >= 400 {
		ttl, keep = v.errorLifetime(a.status, &d, a.header, now)
	}
	if !keep || a.status == http.StatusPartialContent || a.length > e.largest() {
		f.alone = a
		if f.background {
			a.body.Close()
		}
		e.leave(f)
		close(f.ready)
		return !f.background
	}
	v.compress(a, &d)
	f.head = &entry{key: f.key, id: f.id, object: f.object, status: a.status, header: v.endToEnd(a.header)}
	f.head.settle(&d, a.header, ttl, now)
	delete(f.head.header, "Age")
	f.spool = newSpool(e.Dir, e.largest(), a.length, func() { e.leave(f) })
	f.first, _ = f.spool.reader()
	if f.background {
		f.first.close()
	}
	close(f.ready)
	f.spool.finish(e.fill(ctx, f.spool, a), func(b *body) {
		x := f.head.with(b)
		if x.header["Content-Length"] == nil {
			x.header = x.header.Clone()
			x.header["Content-Length"] = []string{strconv.FormatInt(b.size, 10)}
		}
		e.keep(f, x)
		e.leave(f)
		f.final = x // with the reference that finish gave
	})
	return false
}

// with is a copy of the entry that has a body.
func (x *entry) with(b *body) *entry {
	return &entry{
		key: x.key, id: x.id, object: x.object, status: x.status, header: x.header, body: b,
		stored: x.stored, age: x.age, fresh: x.fresh, whileRevalidate: x.whileRevalidate, ifError: x.ifError,
	}
}

// fill copies an answer's body into a spool.
func (e *Edge) fill(ctx context.Context, s *spool, a *answer) error {
	defer a.body.Close()
	buf := make([]byte, 32<<10)
	var got int64
	for {
		n, err := a.body.Read(buf)
		got += int64(n)
		if n > 0 {
			if err := s.append(ctx, buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) && a.length >= 0 && got != a.length:
			return io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

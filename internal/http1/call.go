package http1

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// call is one request: its body and its context.
type call struct {
	conn *conn
	left int64 // bytes of the body that were not read

	mu      sync.Mutex
	ctx     context.Context // once somebody looked
	cancel  context.CancelFunc
	drained bool          // the body was read, so that what comes next on the connection is not the body's
	watched chan struct{} // closed when the watch has ended; nil if there was none
	ended   bool
}

// Read reads the body.
func (c *call) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err := c.conn.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if c.left == 0 {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drained = true
		c.watch()
		return n, io.EOF
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Close leaves the rest of the body unread.
func (c *call) Close() error { return nil }

// Deadline is that calls have none.
func (c *call) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed when the client goes away or the call ends. From the first
// time on the connection is watched.
func (c *call) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithCancel(context.Background())
		if c.ended {
			c.cancel()
		}
		c.watch()
	}
	return c.ctx.Done()
}

// Err says why Done is closed.
func (c *call) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ctx != nil:
		return c.ctx.Err()
	case c.ended:
		return context.Canceled
	}
	return nil
}

// Value lets package context find the context beneath, so that those made of
// this one need no goroutines.
func (c *call) Value(key any) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil {
		return nil
	}
	return c.ctx.Value(key)
}

// watch waits for the end of the connection while the call lasts. With mu held.
func (c *call) watch() {
	if c.ctx == nil || !c.drained || c.ended || c.watched != nil {
		return
	}
	c.watched = make(chan struct{})
	go func() {
		defer close(c.watched)
		if _, err := c.conn.r.Peek(1); err != nil { // or a next request is there, and nothing can be told
			c.cancel()
		}
	}()
}

// end ends the call: the connection is its loop's again.
func (c *call) end() {
	c.mu.Lock()
	c.ended = true
	cancel, watched := c.cancel, c.watched
	c.mu.Unlock()
	if watched != nil {
		_ = c.conn.SetReadDeadline(past)
		<-watched
		_ = c.conn.SetReadDeadline(time.Time{})
	}
	if cancel != nil {
		cancel()
	}
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// maxDiscard is how much of a body that nobody read is read here, so that the
// connection can go on.
const maxDiscard = 256 << 10

var errLeft = errors.New("http1: the body was not read")

// discard reads what is left of the body.
func (c *call) discard() error {
	if c.left > maxDiscard {
		return errLeft
	}
	for c.left > 0 {
		n, err := c.conn.r.Discard(int(c.left))
		c.left -= int64(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// request makes the http.Request of a call.
func (c *call) request(h *head) *http.Request {
	r := blank.WithContext(c)
	r.URL, r.Header, r.Host, r.RequestURI = &h.url, h.header, h.host, h.target
	r.Body, r.ContentLength, r.RemoteAddr = c, h.length, c.conn.remote
	if h.length == 0 {
		r.Body = http.NoBody
	}
	return r
}

// blank is what all requests have in common: WithContext copies it.
var blank = &http.Request{Method: http.MethodPost, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}

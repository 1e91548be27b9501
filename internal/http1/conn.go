package http1

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// conn is a connection and the loop that serves it.
type conn struct {
	net.Conn
	server *Server
	r      *bufio.Reader
	remote string
	state  atomic.Int32
	out    []byte      // where answers are put together
	held   []byte      // where their bodies wait for that
	header http.Header // of answers

	wire    net.Conn // what is beneath, which takes several pieces at once
	pieces  [2][]byte
	buffers net.Buffers // of pieces, which a write uses up
}

// The states of a connection.
const (
	silent  = int32(iota) // nothing is under way
	calling               // a call is
	retired               // it ends
)

// headSize bounds the head of a call.
const headSize = 8 << 10

func newConn(s *Server, c net.Conn) *conn {
	wire := c
	if p, ok := c.(*replayed); ok {
		wire = p.Conn
	}
	return &conn{Conn: c, server: s, r: bufio.NewReaderSize(c, headSize), remote: c.RemoteAddr().String(), header: http.Header{}, wire: wire}
}

// exchange is what one call needs, in one piece of memory.
type exchange struct {
	head     head
	call     call
	response response
}

// serve answers calls until the connection ends or brings something else.
func (c *conn) serve() {
	defer c.server.remove(c)
	for {
		block, err := c.next()
		if err != nil || !c.state.CompareAndSwap(silent, calling) {
			c.Close()
			return
		}
		x := new(exchange)
		var ok bool
		if x.head, ok = parse(block); !ok {
			c.server.others.take(Replay(c.Conn, c.r))
			return
		}
		_, _ = c.r.Discard(len(block)) // it is there
		if !c.answer(x) {
			c.hangUp()
			return
		}
		if c.state.Store(silent); c.server.closing.Load() {
			c.Close()
			return
		}
	}
}

// retire ends the connection if nothing is under way; else its loop will.
func (c *conn) retire() {
	if c.state.CompareAndSwap(silent, retired) {
		c.Close()
	}
}

// next waits for what comes next, and returns the head it begins with; nil if
// that is not there in one piece, or not that of a call.
func (c *conn) next() ([]byte, error) {
	if _, err := c.r.Peek(1); err != nil {
		return nil, err
	}
	there, _ := c.r.Peek(c.r.Buffered())
	end := bytes.Index(there, headEnd)
	if end < 0 {
		return nil, nil
	}
	return there[:end+len(headEnd)], nil
}

var headEnd = []byte("\r\n\r\n")

// answer has the handler answer a call. It reports whether the connection can go on.
func (c *conn) answer(x *exchange) bool {
	k, w := &x.call, &x.response
	k.conn, k.left, k.drained = c, x.head.length, x.head.length == 0
	w.conn, w.header, w.held, w.out = c, c.header, c.held[:0], c.out[:0]
	fine := c.handle(w, k.request(&x.head))
	k.end()
	if !fine {
		return false
	}
	unread := k.discard() != nil
	w.last = w.last || unread || c.server.closing.Load()
	fine = w.finish() && !unread
	if c.held, c.out = w.held, w.out; cap(c.out) > maxKept {
		c.out = nil
	}
	clear(c.header)
	return fine
}

// maxKept is how much memory a connection keeps for its next answer.
const maxKept = 16 << 10

// handle calls the handler, and reports whether it returned.
func (c *conn) handle(w *response, r *http.Request) (fine bool) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			c.server.Log.Error("panic", "target", r.RequestURI, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	c.server.Handler.ServeHTTP(w, r)
	return true
}

// lingering is how long a client may take to see an answer that came before its
// request was read: if the connection ended at once, the kernel would throw the
// answer away.
const lingering = 500 * time.Millisecond

// hangUp ends the connection once the client has seen what was sent.
func (c *conn) hangUp() {
	defer c.Close()
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, c.r)
	}
}

package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// Server answers the calls that come over the connections of a listener with
// Handler, and hands each connection that brings something else to Rest, for good.
type Server struct {
	Handler http.Handler
	Rest    *http.Server
	Log     *slog.Logger

	closing atomic.Bool
	mu      sync.Mutex
	ln      net.Listener
	conns   map[*conn]bool
	ended   chan struct{} // closed when the last connection ends; nil while nobody waits for that
	others  others
}

// Serve serves until Shutdown or Close, and then returns http.ErrServerClosed.
// It is called once.
func (s *Server) Serve(ln net.Listener) error {
	s.mu.Lock()
	s.ln, s.conns = ln, map[*conn]bool{}
	s.others.addr, s.others.ready, s.others.done = ln.Addr(), make(chan net.Conn), make(chan struct{})
	s.mu.Unlock()
	rest := make(chan error, 1)
	go func() { rest <- s.Rest.Serve(&s.others) }()
	for {
		c, err := ln.Accept()
		if err != nil {
			if s.closing.Load() {
				err = http.ErrServerClosed
			}
			s.others.Close()
			<-rest
			return err
		}
		if _, ok := c.(*tls.Conn); ok {
			go s.others.take(c)
			continue
		}
		k := newConn(s, c)
		if s.add(k) {
			go k.serve()
		}
	}
}

// add notes a connection, or closes it when it comes too late.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		c.Close()
		return false
	}
	s.conns[c] = true
	return true
}

// remove forgets a connection that has ended or is Rest's now.
func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if len(s.conns) == 0 && s.ended != nil {
		close(s.ended)
		s.ended = nil
	}
}

// Shutdown stops accepting, ends the connections that are silent, and waits for
// the calls and requests under way. When ctx ends first, it returns its error,
// and Close ends what is left.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.stop()
	s.mu.Lock()
	ended := make(chan struct{})
	if len(s.conns) == 0 {
		close(ended)
	} else {
		s.ended = ended
	}
	for c := range s.conns {
		c.retire()
	}
	s.mu.Unlock()
	err = errors.Join(err, s.Rest.Shutdown(ctx))
	select {
	case <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends everything at once.
func (s *Server) Close() error {
	err := s.stop()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	return errors.Join(err, s.Rest.Close())
}

// stop stops accepting.
func (s *Server) stop() error {
	if s.closing.Swap(true) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ln == nil {
		return nil
	}
	return s.ln.Close()
}

// others is the listener of Rest.
type others struct {
	addr  net.Addr
	ready chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// take hands a connection to Rest.
func (o *others) take(c net.Conn) {
	select {
	case o.ready <- c:
	case <-o.done:
		c.Close()
	}
}

func (o *others) Accept() (net.Conn, error) {
	select {
	case c := <-o.ready:
		return c, nil
	case <-o.done:
		return nil, net.ErrClosed
	}
}

func (o *others) Close() error {
	o.once.Do(func() { close(o.done) })
	return nil
}

func (o *others) Addr() net.Addr { return o.addr }

package listener

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/niebla-cloud/niebla/internal/http1"
)

// firstByteWithin bounds how long a connection may stay silent before we know
// what it speaks.
const firstByteWithin = 2 * time.Minute

// tlsHandshake is the first byte of a TLS record that carries a handshake.
const tlsHandshake = 0x16

// Listener accepts plain connections as they are and TLS connections as
// *tls.Conn.
type Listener struct {
	net.Listener
	config *tls.Config
	ready  chan net.Conn
	wg     sync.WaitGroup

	closing chan struct{} // closed by Close
	done    chan struct{} // closed when there is nothing more to accept

	mu     sync.Mutex
	silent map[net.Conn]bool // nil once the listener is closed
	err    error
}

// New wraps ln. Certificates are asked of ca.
func New(ln net.Listener, ca *Authority) *Listener {
	l := &Listener{
		Listener: ln,
		config:   &tls.Config{GetCertificate: ca.Certificate, NextProtos: []string{"http/1.1"}},
		ready:    make(chan net.Conn),
		closing:  make(chan struct{}),
		done:     make(chan struct{}),
		silent:   map[net.Conn]bool{},
	}
	l.wg.Go(l.accept)
	return l
}

// accept hands each connection to a goroutine of its own. It outlives what
// passes, such as a lack of file descriptors, as net/http does.
func (l *Listener) accept() {
	for wait := minWait; ; {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			wait = minWait
			if l.hold(c) {
				l.wg.Go(func() { l.sort(c) })
			}
		case passes(err):
			select {
			case <-time.After(wait):
			case <-l.closing:
			}
			wait = min(2*wait, maxWait)
		default:
			l.mu.Lock()
			l.err = err
			l.mu.Unlock()
			close(l.done)
			return
		}
	}
}

// How long accept waits before it tries again.
const (
	minWait = 5 * time.Millisecond
	maxWait = time.Second
)

// passes reports whether a later Accept may succeed.
func passes(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPROTO} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// hold counts a connection among the silent ones, or closes it when the
// listener has been closed since it was accepted.
func (l *Listener) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent == nil {
		c.Close()
		return false
	}
	l.silent[c] = true
	return true
}

// sort waits for the first byte of a connection and hands it on.
func (l *Listener) sort(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(firstByteWithin))
	br := bufio.NewReaderSize(c, 4096)
	first, err := br.Peek(1)
	_ = c.SetReadDeadline(time.Time{})
	l.mu.Lock()
	delete(l.silent, c)
	l.mu.Unlock()
	if err != nil {
		c.Close()
		return
	}
	p := http1.Replay(c, br)
	if first[0] == tlsHandshake {
		p = tls.Server(p, l.config)
	}
	select {
	case l.ready <- p:
	case <-l.done:
		c.Close()
	}
}

// Accept returns the next connection that has said something.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.done:
		l.mu.Lock()
		defer l.mu.Unlock()
		return nil, l.err
	}
}

// Close stops accepting, closes the connections that have not spoken, and
// waits for the goroutines.
func (l *Listener) Close() error {
	err := l.Listener.Close()
	l.mu.Lock()
	if l.silent != nil {
		close(l.closing)
	}
	for c := range l.silent {
		c.Close()
	}
	l.silent = nil
	l.mu.Unlock()
	l.wg.Wait()
	return err
}

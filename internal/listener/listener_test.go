package listener

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"
)

func start(t *testing.T, dir string) (*Listener, *Authority) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ca := NewAuthority(dir, time.Now)
	l := New(ln, ca)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			io.WriteString(w, "tls "+r.TLS.ServerName)
			return
		}
		io.WriteString(w, "plain")
	})}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return l, ca
}

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func trusting(t *testing.T, ca *Authority, name string) *http.Client {
	t.Helper()
	pem, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}}}
}

func TestBothOnOnePort(t *testing.T) {
	l, ca := start(t, "")
	addr := l.Addr().String()
	if got := get(t, http.DefaultClient, "http://"+addr); got != "plain" {
		t.Errorf("http: %q", got)
	}
	if got := get(t, trusting(t, ca, "media.localhost"), "https://"+addr); got != "tls media.localhost" {
		t.Errorf("https: %q", got)
	}
}

func TestSilentConnection(t *testing.T) {
	l, _ := start(t, "")
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := get(t, http.DefaultClient, "http://"+l.Addr().String()); got != "plain" {
		t.Errorf("http: %q", got)
	}
}

func TestCloseEndsSilent(t *testing.T) {
	l, _ := start(t, "")
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	get(t, http.DefaultClient, "http://"+l.Addr().String()) // the dial before is accepted by now
	l.Close()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the silent connection is still open: %v", err)
	}
}

// script is a net.Listener that plays a sequence of results of Accept, and
// one last connection that arrives while it is being closed.
type script struct {
	results []error // nil is a connection
	last    net.Conn
	conns   chan net.Conn
	closed  chan struct{}
}

func (s *script) Accept() (net.Conn, error) {
	if len(s.results) > 0 {
		err := s.results[0]
		s.results = s.results[1:]
		if err != nil {
			return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
		}
		return <-s.conns, nil
	}
	<-s.closed
	if c := s.last; c != nil {
		s.last = nil
		return c, nil
	}
	return nil, net.ErrClosed
}

func (s *script) Close() error   { close(s.closed); return nil }
func (s *script) Addr() net.Addr { return &net.TCPAddr{} }

func TestAcceptGoesOn(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	s := &script{results: []error{syscall.EMFILE, syscall.ECONNABORTED, nil}, conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	s.conns <- ours
	l := New(s, NewAuthority("", time.Now))
	defer l.Close()
	go theirs.Write([]byte("G"))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestCloseWhileAccepting(t *testing.T) {
	ours, theirs := net.Pipe()
	l := New(&script{last: ours, closed: make(chan struct{})}, NewAuthority("", time.Now))
	l.Close() // must not wait for the silent connection
	if _, err := theirs.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the last connection is still open: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
}

// The end of an answer reaches the client through the wrapped connection.
func TestCloseWrite(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := New(ln, NewAuthority("", time.Now))
	defer l.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	io.WriteString(client, "G")
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	client.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the client reads %v, not the end", err)
	}
}

func TestAuthorityIsKept(t *testing.T) {
	dir := t.TempDir() + "/tls"
	a, err := NewAuthority(dir, time.Now).PEM()
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewAuthority(dir, time.Now).PEM()
	if err != nil || string(a) != string(b) {
		t.Errorf("a second start has another authority (%v)", err)
	}
	info, err := os.Stat(dir + "/ca.key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(dir+"/ca.pem", []byte("junk"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := NewAuthority(dir, time.Now).PEM(); err == nil {
		t.Error("a broken authority was replaced in silence")
	}
}

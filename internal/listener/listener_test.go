package listener

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
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

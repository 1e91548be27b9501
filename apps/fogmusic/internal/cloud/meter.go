package cloud

import (
	"bytes"
	"context"
	"net/http/httptrace"
	"sync"
)

// A meter is a request's body that counts what is sent of it. The SDK reads a
// body for its checksum before it sends it, and again for each attempt; only
// what is read once the connection is there counts, and a new attempt takes
// back what the last one counted.
type meter struct {
	body   *bytes.Reader
	report func(int64)

	mu     sync.Mutex
	live   bool // the request's headers were written
	passed int64
}

// watch makes the meter see the stages of the requests made with the context.
func (m *meter) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { m.restart() },
		WroteHeaders: func() { m.setLive() },
	})
}

func (m *meter) restart() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passed > 0 {
		m.report(-m.passed)
	}
	m.live, m.passed = false, 0
}

func (m *meter) setLive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live = true
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.body.Read(p)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live && n > 0 {
		m.passed += int64(n)
		m.report(int64(n))
	}
	return n, err
}

// Seek implements io.Seeker.
func (m *meter) Seek(offset int64, whence int) (int64, error) { return m.body.Seek(offset, whence) }

package http1

import (
	"bufio"
	"io"
	"net"
)

// Replay is a connection of which r has read the beginning: it gives that back first.
func Replay(c net.Conn, r *bufio.Reader) net.Conn { return &replayed{c, r} }

type replayed struct {
	net.Conn
	r *bufio.Reader // nil once it is drained
}

func (p *replayed) Read(b []byte) (int, error) {
	if p.r == nil {
		return p.Conn.Read(b)
	}
	if p.r.Buffered() == 0 {
		p.r = nil
		return p.Conn.Read(b)
	}
	return p.r.Read(b)
}

// ReadFrom lets the kernel copy files to the connection.
func (p *replayed) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(p.Conn, r)
}

// CloseWrite tells the client that the answer is whole: net/http asks for it
// when it answers before it has read the whole request.
func (p *replayed) CloseWrite() error {
	if c, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

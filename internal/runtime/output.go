package runtime

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Bounds of what a process may write. Beyond them its output is read slowly,
// so that it is slowed down, and dropped.
const (
	burst     = 1 << 20   // bytes
	perSecond = 256 << 10 // bytes
	maxLine   = 256 << 10 // bytes, as CloudWatch Logs takes them
	tailSize  = 4 << 10   // bytes
	slow      = 10 * time.Millisecond
)

// output is the pipe that a process writes to, made into lines of a log.
type output struct {
	i         *instance
	read      *os.File
	write     *os.File
	ended     chan struct{}
	following bool

	mu      sync.Mutex // held by whoever reads or logs
	partial []byte
	tail    []byte // of the event under way
	began   bool   // the event under way has its START line
	budget  float64
	filled  time.Time
	dropped int
	buf     []byte
}

func newOutput(i *instance) (*output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &output{i: i, read: r, write: w, ended: make(chan struct{}), budget: burst, filled: i.host.Machine(), buf: make([]byte, 32<<10)}, nil
}

// follow reads until the process and all that it started are gone.
func (o *output) follow() {
	conn, err := o.read.SyscallConn()
	if err != nil {
		return
	}
	o.following = true
	go func() {
		defer close(o.ended)
		for {
			var over, end bool
			err := conn.Read(func(fd uintptr) bool {
				o.mu.Lock()
				defer o.mu.Unlock()
				var n int
				n, over, end = o.take(int(fd))
				return n > 0 || end
			})
			if err != nil || end {
				return
			}
			if over {
				select {
				case <-o.i.gone:
					return
				case <-time.After(slow):
				}
			}
		}
	}()
}

// take reads once, without waiting. o.mu is held.
func (o *output) take(fd int) (n int, over, end bool) {
	for {
		n, err := syscall.Read(fd, o.buf)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return 0, false, false
		case err != nil || n == 0:
			return 0, false, true
		}
		return n, o.lines(o.buf[:n]), false
	}
}

// lines logs the lines that are complete, and reports whether the process
// writes too much.
func (o *output) lines(b []byte) bool {
	now := o.i.host.Machine()
	o.budget = min(burst, o.budget+now.Sub(o.filled).Seconds()*perSecond)
	o.filled = now
	if o.budget < float64(len(b)) {
		o.dropped += len(b)
		o.partial = nil
		return true
	}
	o.budget -= float64(len(b))
	o.tellDropped()
	for {
		n := bytes.IndexByte(b, '\n')
		if n < 0 {
			break
		}
		o.partial = append(o.partial, b[:n]...)
		o.line(o.partial)
		o.partial = o.partial[:0]
		b = b[n+1:]
	}
	if o.partial = append(o.partial, b...); len(o.partial) > maxLine {
		o.line(o.partial[:maxLine])
		o.partial = o.partial[maxLine:]
	}
	return false
}

func (o *output) tellDropped() {
	if o.dropped > 0 {
		n := o.dropped
		o.dropped = 0
		o.line(fmt.Appendf(nil, "[niebla: %d bytes were dropped here: the function writes more than %d KiB a second]", n, perSecond>>10))
	}
}

// line logs one line. o.mu is held.
func (o *output) line(b []byte) {
	o.i.setup.Log(b)
	o.tail = append(append(o.tail, b...), '\n')
	if len(o.tail) > 2*tailSize {
		o.tail = append(o.tail[:0], o.tail[len(o.tail)-tailSize:]...)
	}
}

// drain logs all that was written until now. The goroutine that follows may
// be waiting in a read meanwhile, so this one does not go through the poller.
func (o *output) drain() {
	conn, err := o.read.SyscallConn()
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = conn.Control(func(fd uintptr) { // its error is that the pipe is closed, and then nothing is left in it
		for total := 0; total < burst; {
			n, over, _ := o.take(int(fd))
			if n == 0 || over {
				return
			}
			total += n
		}
	})
	if len(o.partial) > 0 {
		o.line(o.partial)
		o.partial = o.partial[:0]
	}
	o.tellDropped()
}

// begin logs the start of an event.
func (o *output) begin(j *job) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tail = o.tail[:0]
	o.line(fmt.Appendf(nil, "START RequestId: %s Version: %s", j.in.RequestID, j.in.Version))
	o.began = true
}

// logEnd logs the end of an event, and returns the end of its log.
func (i *instance) logEnd(j *job, r *Result, why *fault, memory int) []byte {
	o := i.out
	if o == nil { // there never was a process
		o = &output{i: i}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	id := j.in.RequestID
	if !o.began {
		o.line(fmt.Appendf(nil, "START RequestId: %s Version: %s", id, j.in.Version))
	}
	o.began = false
	switch {
	case why == nil || why.reported != nil:
	case why.kind == "Sandbox.Timedout":
		o.line(fmt.Appendf(nil, "%s %s %s", i.host.Machine().UTC().Format("2006-01-02T15:04:05.000Z"), id, why.text))
	default:
		o.line(fmt.Appendf(nil, "RequestId: %s Error: %s", id, why.text))
		o.line([]byte(why.kind))
	}
	o.line(fmt.Appendf(nil, "END RequestId: %s", id))
	ms := float64(time.Millisecond)
	text := fmt.Appendf(nil, "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
		id, float64(r.Duration)/ms, r.Billed().Milliseconds(), i.f.Memory, memory)
	if r.Init > 0 {
		text = fmt.Appendf(text, "Init Duration: %.2f ms\t", float64(r.Init)/ms)
	}
	o.line(text)
	return bytes.Clone(o.tail[max(0, len(o.tail)-tailSize):])
}

func (o *output) close() {
	o.write.Close()
	o.read.Close()
	if o.following {
		<-o.ended
	}
}

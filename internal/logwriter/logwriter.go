package logwriter

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Bounds of the lines that wait: of all streams together, and of one request
// to CloudWatch Logs.
const (
	maxWaiting = 8 << 20 // bytes; further lines are lost
	maxBatch   = 1000    // lines
	batchBytes = 768 << 10
	gather     = 20 * time.Millisecond // so that the lines of one event go together
)

// Caller makes requests to our other services, as c.Principal.
type Caller interface {
	Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error)
}

// Stream is where lines go, and the role that writes them there.
type Stream struct {
	Scope aws.Scope
	Role  aws.ARN
	Group string
	Name  string
}

// Writer writes lines on behalf of one service.
type Writer struct {
	caller Caller
	act    func(context.Context, Stream) (*aws.Call, error)
	log    *slog.Logger
	wake   chan struct{}

	mu      sync.Mutex
	size    int
	waiting map[Stream][]line
	order   []Stream
}

// line is one line of a log, as CloudWatch Logs takes it.
type line struct {
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

// New returns a writer that waits for lines. act makes a call as the role of a
// stream; without one, the lines are lost.
func New(caller Caller, act func(context.Context, Stream) (*aws.Call, error), log *slog.Logger) *Writer {
	return &Writer{caller: caller, act: act, log: log, wake: make(chan struct{}, 1), waiting: map[Stream][]line{}}
}

// Write takes lines of one time. It does not wait.
func (w *Writer) Write(to Stream, at time.Time, texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		if w.size+len(text) > maxWaiting || text == "" {
			continue
		}
		w.size += len(text)
		if len(w.waiting[to]) == 0 {
			w.order = append(w.order, to)
		}
		w.waiting[to] = append(w.waiting[to], line{at.UnixMilli(), text})
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take returns the first lines of the stream that waits longest.
func (w *Writer) take() (Stream, []line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) == 0 {
		return Stream{}, nil
	}
	to := w.order[0]
	all := w.waiting[to]
	n, size := 0, 0
	for n < len(all) && n < maxBatch && (n == 0 || size+len(all[n].Message) < batchBytes) {
		size += len(all[n].Message)
		n++
	}
	w.size -= size
	w.order = w.order[1:]
	if n < len(all) {
		w.waiting[to] = all[n:]
		w.order = append(w.order, to)
	} else {
		delete(w.waiting, to)
	}
	return to, all[:n]
}

// Run writes lines to CloudWatch Logs until ctx ends, and then what is left.
func (w *Writer) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
		case <-w.wake:
			select {
			case <-ctx.Done():
			case <-time.After(gather):
			}
		}
		for to, batch := w.take(); batch != nil; to, batch = w.take() {
			if err := w.write(to, batch); err != nil {
				w.log.Debug("lines are not in their log", "group", to.Group, "err", err)
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// write writes lines as the stream's role, into a group and stream that it
// makes where they are not there yet.
func (w *Writer) write(to Stream, batch []line) error {
	ctx := context.Background() // what is left is written after the end
	call := func(operation string, in any) error {
		c, err := w.act(ctx, to)
		if err != nil {
			return err
		}
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		_, err = w.caller.Call(ctx, c, "logs", operation, body)
		return err
	}
	put := func() error {
		return call("PutLogEvents", map[string]any{"logGroupName": to.Group, "logStreamName": to.Name, "logEvents": batch})
	}
	err := put()
	if codeOf(err) != "ResourceNotFoundException" {
		return err
	}
	group, stream := map[string]any{"logGroupName": to.Group}, map[string]any{"logGroupName": to.Group, "logStreamName": to.Name}
	if err = call("CreateLogStream", stream); codeOf(err) == "ResourceNotFoundException" {
		if err = call("CreateLogGroup", group); err == nil {
			err = call("CreateLogStream", stream)
		}
	}
	if err != nil && codeOf(err) != "ResourceAlreadyExistsException" {
		return err
	}
	return put()
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return e.Code
	}
	return ""
}

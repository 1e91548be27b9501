package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Bounds of the log lines that wait to be written: of all streams together,
// and of one request to CloudWatch Logs.
const (
	maxWaiting = 8 << 20 // bytes; further lines are lost
	maxBatch   = 1000    // lines
	batchBytes = 768 << 10
	gather     = 20 * time.Millisecond // so that the lines of one event go together
)

// stream is where the log of an instance goes.
type stream struct {
	scope aws.Scope
	role  aws.ARN
	group string
	name  string
}

// line is one line of a log, as CloudWatch Logs takes it.
type line struct {
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

// lines are the lines that wait to be written, in order by stream.
type lines struct {
	wake chan struct{}

	mu      sync.Mutex
	size    int
	waiting map[*stream][]line
	order   []*stream
}

// stream returns what takes the lines of a new instance.
func (l *lines) stream(now func() time.Time, scope aws.Scope, v *version, name string) func([]byte) {
	st := &stream{scope: scope, role: v.Role, group: v.LogGroup, name: name}
	return func(text []byte) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.size+len(text) > maxWaiting || len(text) == 0 {
			return
		}
		l.size += len(text)
		if l.waiting == nil {
			l.waiting = map[*stream][]line{}
		}
		if len(l.waiting[st]) == 0 {
			l.order = append(l.order, st)
		}
		l.waiting[st] = append(l.waiting[st], line{now().UnixMilli(), string(text)})
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// take returns the first lines of the stream that waits longest.
func (l *lines) take() (*stream, []line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.order) == 0 {
		return nil, nil
	}
	st := l.order[0]
	all := l.waiting[st]
	n, size := 0, 0
	for n < len(all) && n < maxBatch && (n == 0 || size+len(all[n].Message) < batchBytes) {
		size += len(all[n].Message)
		n++
	}
	l.size -= size
	l.order = l.order[1:]
	if n < len(all) {
		l.waiting[st] = all[n:]
		l.order = append(l.order, st)
	} else {
		delete(l.waiting, st)
	}
	return st, all[:n]
}

// writeLogs writes lines to CloudWatch Logs until ctx ends, and then what is left.
func (s *Service) writeLogs(ctx context.Context) error {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-s.lines.wake:
			select {
			case <-ctx.Done():
			case <-time.After(gather):
			}
		}
		for {
			st, batch := s.lines.take()
			if st == nil {
				break
			}
			s.writeLines(st, batch)
		}
	}
	return nil
}

// writeLines writes lines as the execution role: where that may not, there is
// no log, as on AWS.
func (s *Service) writeLines(st *stream, batch []line) {
	ctx := context.Background()
	p, err := s.assume(ctx, st.scope, st.role, "logs")
	if err != nil {
		return // the role is gone
	}
	call := func(operation string, in any) error {
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		c := s.call(st.scope)
		c.Principal = p
		_, err = s.Caller.Call(ctx, c, "logs", operation, body)
		return err
	}
	put := func() error {
		return call("PutLogEvents", map[string]any{"logGroupName": st.group, "logStreamName": st.name, "logEvents": batch})
	}
	if err = put(); codeOf(err) != "ResourceNotFoundException" {
		return
	}
	if err = call("CreateLogStream", map[string]any{"logGroupName": st.group, "logStreamName": st.name}); codeOf(err) == "ResourceNotFoundException" {
		if err = call("CreateLogGroup", map[string]any{"logGroupName": st.group}); err == nil {
			err = call("CreateLogStream", map[string]any{"logGroupName": st.group, "logStreamName": st.name})
		}
	}
	if err == nil || codeOf(err) == "ResourceAlreadyExistsException" {
		err = put()
	}
	if err != nil {
		s.Log.Debug("lines of a function are not in its log", "group", st.group, "err", err)
	}
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*aws.Error](err); ok {
		return e.Code
	}
	return ""
}

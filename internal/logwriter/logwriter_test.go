package logwriter

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// logs is CloudWatch Logs as far as a writer knows it.
type logs struct {
	groups  map[string]bool
	streams map[string][]string
	calls   []string
}

func (l *logs) Call(_ context.Context, c *aws.Call, _, operation string, body []byte) ([]byte, error) {
	var in struct {
		LogGroupName, LogStreamName string
		LogEvents                   []line
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	l.calls = append(l.calls, operation)
	if c.Principal.Name == "forbidden" {
		return nil, aws.Errorf(400, "AccessDeniedException", "no")
	}
	missing := aws.Errorf(400, "ResourceNotFoundException", "no")
	at := in.LogGroupName + " " + in.LogStreamName
	switch operation {
	case "CreateLogGroup":
		l.groups[in.LogGroupName] = true
	case "CreateLogStream":
		if !l.groups[in.LogGroupName] {
			return nil, missing
		}
		l.streams[at] = []string{}
	case "PutLogEvents":
		if l.streams[at] == nil {
			return nil, missing
		}
		for _, e := range in.LogEvents {
			l.streams[at] = append(l.streams[at], e.Message)
		}
	}
	return nil, nil
}

func newWriter() (*Writer, *logs) {
	l := &logs{groups: map[string]bool{}, streams: map[string][]string{}}
	act := func(_ context.Context, to Stream) (*aws.Call, error) {
		return &aws.Call{Scope: to.Scope, Principal: &aws.Principal{Name: string(to.Role)}}, nil
	}
	return New(l, act, slog.New(slog.DiscardHandler)), l
}

// flush writes what waits, as at the end.
func flush(t *testing.T, w *Writer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

var now = time.Unix(1e9, 0)

func TestLines(t *testing.T) {
	w, l := newWriter()
	a, b := Stream{Group: "/g", Name: "a"}, Stream{Group: "/g", Name: "b"}
	var want []string
	for i := range 2*maxBatch + 1 {
		want = append(want, strings.Repeat("x", i%7+1))
	}
	w.Write(a, now, want...)
	w.Write(b, now, "1", "", "2")
	flush(t, w)
	if got := l.streams["/g a"]; !slices.Equal(got, want) {
		t.Errorf("%d lines, not %d", len(got), len(want))
	}
	if got := l.streams["/g b"]; !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("got %q", got)
	}
}

func TestRefused(t *testing.T) {
	w, l := newWriter()
	w.Write(Stream{Group: "/g", Name: "a", Role: "forbidden"}, now, "1")
	w.Write(Stream{Group: "/h", Name: "a"}, now, "2")
	flush(t, w)
	if len(l.streams["/g a"]) != 0 || !slices.Equal(l.streams["/h a"], []string{"2"}) {
		t.Errorf("got %v", l.streams)
	}
	if w.size != 0 || len(w.waiting) != 0 {
		t.Errorf("%d bytes still wait", w.size)
	}
}

func TestBound(t *testing.T) {
	w, l := newWriter()
	to := Stream{Group: "/g", Name: "a"}
	long := strings.Repeat("x", batchBytes)
	for range 2 * maxWaiting / batchBytes {
		w.Write(to, now, long)
	}
	if w.size > maxWaiting {
		t.Errorf("%d bytes wait", w.size)
	}
	flush(t, w)
	if n := len(l.streams["/g a"]); n != maxWaiting/batchBytes {
		t.Errorf("%d lines", n)
	}
	w.Write(to, now, "again")
	flush(t, w)
	if got := l.streams["/g a"]; got[len(got)-1] != "again" {
		t.Error("nothing is taken after the bound was reached once")
	}
}

// Package blobtest is the conformance suite of blob.Store.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/niebla-cloud/niebla/internal/blob"
)

// A Harness is a Store under test, and a way to end its process.
type Harness struct {
	Store blob.Store
	// Crash ends the process without a word and returns the Store as the next
	// one finds it.
	Crash func(t *testing.T) blob.Store
}

// Run runs the suite; open makes an empty Store.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for name, test := range map[string]func(*testing.T, Harness){
		"round trip":  roundTrip,
		"sections":    sections,
		"abort":       abort,
		"delete":      deleted,
		"missing":     missing,
		"crash":       crash,
		"sweep":       sweep,
		"sweep fails": sweepFails,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// pattern returns n bytes that differ from place to place.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func write(t *testing.T, s blob.Store, content []byte) blob.ID {
	t.Helper()
	w, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for part := content; len(part) > 0; {
		n := min(len(part), 1000)
		if _, err := w.Write(part[:n]); err != nil {
			t.Fatal(err)
		}
		part = part[n:]
	}
	id, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if !id.Valid() {
		t.Fatalf("ID %q", id)
	}
	return id
}

func read(t *testing.T, s blob.Store, id blob.ID) []byte {
	t.Helper()
	r, err := s.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sec, err := r.Section(0, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(sec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gone(t *testing.T, s blob.Store, id blob.ID) {
	t.Helper()
	if _, err := s.Open(id); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("Open(%s) = %v, want ErrNotExist", id, err)
	}
}

func roundTrip(t *testing.T, h Harness) {
	seen := map[blob.ID][]byte{}
	for _, n := range []int{0, 1, 999, 1000, 70_000} {
		id := write(t, h.Store, pattern(n))
		if seen[id] != nil {
			t.Fatalf("%s twice", id)
		}
		seen[id] = pattern(n)
	}
	for id, want := range seen {
		if got := read(t, h.Store, id); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", id, len(got), len(want))
		}
	}
}

func sections(t *testing.T, h Harness) {
	content := pattern(5000)
	r, err := h.Store.Open(write(t, h.Store, content))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range [][2]int64{{0, 5000}, {4999, 1}, {10, 0}, {100, 200}, {0, 1}} {
		sec, err := r.Section(c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(sec)
		if want := content[c[0] : c[0]+c[1]]; err != nil || !bytes.Equal(got, want) {
			t.Errorf("Section(%d, %d) = %d bytes, %v", c[0], c[1], len(got), err)
		}
		at := make([]byte, c[1])
		if _, err := r.ReadAt(at, c[0]); err != nil || !bytes.Equal(at, got) {
			t.Errorf("ReadAt(%d, %d): %v", c[0], c[1], err)
		}
	}
}

func abort(t *testing.T, h Harness) {
	w, err := h.Store.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	w.Abort()
	next := h.Crash(t)
	if n, err := next.Sweep(context.Background(), none); n != 0 || err != nil {
		t.Errorf("an aborted blob left %d, %v", n, err)
	}
}

func deleted(t *testing.T, h Harness) {
	id := write(t, h.Store, pattern(3000))
	r, err := h.Store.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 {
		if err := h.Store.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	gone(t, h.Store, id)
	at := make([]byte, 3000)
	if _, err := r.ReadAt(at, 0); err != nil || !bytes.Equal(at, pattern(3000)) {
		t.Errorf("an open blob lost its bytes: %v", err)
	}
}

func missing(t *testing.T, h Harness) {
	for _, id := range []blob.ID{"", "../../../../../../etc/passwd", "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF"} {
		gone(t, h.Store, id)
		if err := h.Store.Delete(id); err != nil {
			t.Errorf("Delete(%q): %v", id, err)
		}
	}
}

func crash(t *testing.T, h Harness) {
	id := write(t, h.Store, pattern(9000))
	w, err := h.Store.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(pattern(4000)); err != nil {
		t.Fatal(err)
	}
	next := h.Crash(t)
	if got := read(t, next, id); !bytes.Equal(got, pattern(9000)) {
		t.Errorf("after the crash: %d bytes", len(got))
	}
	if n, err := next.Sweep(context.Background(), none); n != 1 || err != nil {
		t.Errorf("Sweep found %d blobs (%v), want the committed one only", n, err)
	}
}

func sweep(t *testing.T, h Harness) {
	kept, orphan := write(t, h.Store, pattern(10)), write(t, h.Store, pattern(20))
	if n, err := h.Store.Sweep(context.Background(), none); n != 0 || err != nil {
		t.Errorf("Sweep took %d blobs (%v) of the running process", n, err)
	}
	next := h.Crash(t)
	young := write(t, next, pattern(30))
	n, err := next.Sweep(context.Background(), func(id blob.ID) (bool, error) { return id == kept, nil })
	if n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v", n, err)
	}
	gone(t, next, orphan)
	if len(read(t, next, kept)) != 10 || len(read(t, next, young)) != 30 {
		t.Error("Sweep damaged a live blob")
	}
}

func sweepFails(t *testing.T, h Harness) {
	id := write(t, h.Store, pattern(10))
	next := h.Crash(t)
	broken := errors.New("broken")
	if _, err := next.Sweep(context.Background(), func(blob.ID) (bool, error) { return false, broken }); !errors.Is(err, broken) {
		t.Errorf("Sweep = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := next.Sweep(ctx, none); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Sweep = %v", err)
	}
	if len(read(t, next, id)) != 10 {
		t.Error("a Sweep that failed removed a blob")
	}
}

func none(blob.ID) (bool, error) { return false, nil }

package seeding

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/id3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
)

var errStopped = errors.New("stopped")

// memory is a cloud in memory that can be made to fail, or to stop the run, at
// a given write.
type memory struct {
	mu      sync.Mutex
	objects map[string]Object
	entries map[string]Entry
	writes  []string // in order: "audio ID", "cover ID", "entry ID"
	keys    int
	stopAt  int // fail this write and all after it; 0 for never
	fail    func(op, id string) error
}

func newMemory() *memory {
	return &memory{objects: map[string]Object{}, entries: map[string]Entry{}, fail: func(string, string) error { return nil }}
}

func (m *memory) Entry(_ context.Context, id fogfile.SongID) (Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[id.String()]
	return e, ok, m.fail("get", id.String())
}

func (m *memory) Stat(_ context.Context, key string) (Stored, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	return Stored{int64(len(o.Body)), o.Meta}, ok, nil
}

// DataKey wraps a key by writing the song's id behind it.
func (m *memory) DataKey(_ context.Context, id fogfile.SongID) (plain, wrapped []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys++
	plain = make([]byte, fogfile.KeySize)
	rand.Read(plain)
	return plain, append(bytes.Clone(plain), id[:]...), m.fail("key", id.String())
}

func unwrap(h fogfile.Header) ([]byte, error) {
	if h.Mode == fogfile.ModeStatic {
		return []byte(fogfile.StaticKey), nil
	}
	if !bytes.Equal(h.WrappedKey[fogfile.KeySize:], h.SongID[:]) {
		return nil, errors.New("wrapped for another song")
	}
	return h.WrappedKey[:fogfile.KeySize], nil
}

func (m *memory) write(what, id string) error {
	if m.stopAt > 0 && len(m.writes)+1 >= m.stopAt {
		return errStopped
	}
	if err := m.fail(what, id); err != nil {
		return err
	}
	m.writes = append(m.writes, what+" "+id)
	return nil
}

func (m *memory) Store(_ context.Context, o Object, progress func(int64)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	what := "cover"
	if strings.HasPrefix(o.Key, "songs/") {
		what = "audio"
	}
	if err := m.write(what, o.Meta["song-id"]); err != nil {
		return err
	}
	progress(int64(len(o.Body)))
	o.Body = bytes.Clone(o.Body)
	m.objects[o.Key] = o
	return nil
}

func (m *memory) Register(_ context.Context, e Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.write("entry", e.SongID); err != nil {
		return err
	}
	m.entries[e.SongID] = e
	return nil
}

// watcher counts what it is shown.
type watcher struct {
	mu                      sync.Mutex
	passes                  []string
	checked, sending, ended int
	sent                    int64
}

func (w *watcher) Pass(p Pass, songs int, bytes int64) {
	w.passes = append(w.passes, fmt.Sprint(p, " ", songs, " ", bytes))
}
func (w *watcher) Checked() { w.mu.Lock(); w.checked++; w.mu.Unlock() }
func (w *watcher) Sending(*Result) Transfer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sending++
	return transfer{w}
}

type transfer struct{ w *watcher }

func (t transfer) Sent(n int64) { t.w.mu.Lock(); t.w.sent += n; t.w.mu.Unlock() }
func (t transfer) Done()        { t.w.mu.Lock(); t.w.ended++; t.w.mu.Unlock() }

// music writes n songs of differing lengths and gives their paths and audio.
func music(t *testing.T, n int) (paths []string, audio map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	audio = map[string][]byte{}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		frames := make([][]byte, 240+60*i)
		for j := range frames {
			frames[j] = make([]byte, 288)
			rand.Read(frames[j])
			copy(frames[j], []byte{0xff, 0xfb, 0x74, 0x40})
		}
		a := mp3.Join(frames)
		tag := id3.Tag{Title: fmt.Sprintf("Song %d", i), Genre: "Rock", Cover: picture.Bytes()}
		path := filepath.Join(dir, fmt.Sprintf("%02d.mp3", i))
		if err := os.WriteFile(path, append(tag.Encode(), a...), 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		audio[fogfile.SongIDOf(a).String()] = a
	}
	return paths, audio
}

func seeder(m *memory) *Seeder {
	return &Seeder{Cloud: m, Mode: fogfile.ModeKMS, KMSKey: "arn:key", ChunkSize: fogfile.DefaultChunkSize, Jobs: 3,
		Now: func() time.Time { return time.Unix(1800000000, 0) }, Random: rand.Reader, Watcher: &watcher{}}
}

func run(t *testing.T, s *Seeder, paths []string) []*Result {
	t.Helper()
	results, err := s.Run(t.Context(), paths)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func outcomes(results []*Result) (n [Failed + 1]int) {
	for _, r := range results {
		n[r.Outcome]++
	}
	return n
}

// whole checks that the cloud holds exactly these songs, and that they play.
func (m *memory) whole(t *testing.T, audio map[string][]byte) {
	t.Helper()
	if len(m.entries) != len(audio) || len(m.objects) != 2*len(audio) {
		t.Fatalf("%d entries and %d objects for %d songs", len(m.entries), len(m.objects), len(audio))
	}
	for id, e := range m.entries {
		o, c := m.objects[e.AudioKey], m.objects[e.CoverKey]
		if int64(len(o.Body)) != e.ObjectSize || o.ContentType != ContainerType || c.ContentType != "image/jpeg" {
			t.Errorf("%s: stored as %d bytes of %s, cover %s", id, len(o.Body), o.ContentType, c.ContentType)
		}
		r, err := fogfile.NewReader(bytes.NewReader(o.Body), int64(len(o.Body)), unwrap)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, r.Size())
		if _, err := r.ReadAt(got, 0); err != nil || !bytes.Equal(got, audio[id]) {
			t.Errorf("%s: not the audio that was in the file (%v)", id, err)
		}
		if bytes.Contains(o.Body, audio[id][len(audio[id])/2:][:64]) {
			t.Errorf("%s: audio lies open in the container", id)
		}
	}
}

func TestStoredSongOpens(t *testing.T) {
	paths, audio := music(t, 5)
	for _, mode := range []fogfile.Mode{fogfile.ModeKMS, fogfile.ModeStatic} {
		m := newMemory()
		s := seeder(m)
		s.Mode = mode
		if mode == fogfile.ModeStatic {
			s.KMSKey = ""
		}
		if n := outcomes(run(t, s, paths)); n[Uploaded] != 5 {
			t.Fatal(n)
		}
		m.whole(t, audio)
		w := s.Watcher.(*watcher)
		if w.checked != 10 || w.sending != 5 || w.ended != 5 || w.passes[2] != fmt.Sprint("2 5 ", w.sent) {
			t.Errorf("shown: %+v", w)
		}
	}
}

func TestSecondRunSendsNothing(t *testing.T) {
	paths, _ := music(t, 5)
	m := newMemory()
	run(t, seeder(m), paths)
	writes, keys := len(m.writes), m.keys
	if n := outcomes(run(t, seeder(m), paths)); n[Unchanged] != 5 || len(m.writes) != writes || m.keys != keys {
		t.Errorf("%v, %d writes and %d keys more", n, len(m.writes)-writes, m.keys-keys)
	}
}

// TestOnlyWhatChanged: each change sends what it concerns and no more.
func TestOnlyWhatChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(t *testing.T, m *memory, s *Seeder, path, id string)
		want    Outcome
		written string
	}{
		"retagged": {func(t *testing.T, _ *memory, _ *Seeder, path, _ string) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b = bytes.Replace(b, []byte("Song 0"), []byte("Name 0"), 1)
			if err := os.WriteFile(path, b, 0o666); err != nil {
				t.Fatal(err)
			}
		}, Updated, "entry"},
		"entry gone":    {func(_ *testing.T, m *memory, _ *Seeder, _, id string) { delete(m.entries, id) }, Updated, "entry"},
		"audio gone":    {func(_ *testing.T, m *memory, _ *Seeder, _, id string) { delete(m.objects, "songs/"+id+".enc") }, Uploaded, "audio entry"},
		"cover gone":    {func(_ *testing.T, m *memory, _ *Seeder, _, id string) { delete(m.objects, "thumbnails/"+id+".jpg") }, Updated, "cover entry"},
		"another key":   {func(_ *testing.T, _ *memory, s *Seeder, _, _ string) { s.KMSKey = "arn:other" }, Uploaded, "audio entry"},
		"another chunk": {func(_ *testing.T, _ *memory, s *Seeder, _, _ string) { s.ChunkSize = fogfile.MaxChunkSize }, Uploaded, "audio entry"},
		"audio tampered": {func(_ *testing.T, m *memory, _ *Seeder, _, id string) {
			m.objects["songs/"+id+".enc"] = Object{Body: []byte("x")}
		}, Uploaded, "audio entry"},
		"nothing changed": {func(*testing.T, *memory, *Seeder, string, string) {}, Unchanged, ""},
	} {
		paths, audio := music(t, 1)
		m := newMemory()
		run(t, seeder(m), paths)
		m.writes = nil
		s := seeder(m)
		for id := range audio {
			c.change(t, m, s, paths[0], id)
		}
		results := run(t, s, paths)
		var written []string
		for _, w := range m.writes {
			what, _, _ := strings.Cut(w, " ")
			written = append(written, what)
		}
		if got := strings.Join(written, " "); results[0].Outcome != c.want || got != c.written {
			t.Errorf("%s: outcome %d, wrote %q", name, results[0].Outcome, got)
		}
		m.whole(t, audio)
	}
}

func TestStoppedAnywhere(t *testing.T) {
	paths, audio := music(t, 4)
	for stopAt := 1; stopAt <= 13; stopAt++ {
		m := newMemory()
		m.stopAt = stopAt
		run(t, seeder(m), paths)
		before := slices.Clone(m.writes)
		m.stopAt = 0
		results := run(t, seeder(m), paths)
		if n := outcomes(results); n[Failed] != 0 || n[Pending] != 0 {
			t.Fatalf("stopped at write %d: then %v", stopAt, n)
		}
		m.whole(t, audio)
		for _, w := range m.writes[len(before):] {
			if slices.Contains(before, w) {
				t.Errorf("stopped at write %d: %q again", stopAt, w)
			}
		}
	}
}

func TestEntryIsLast(t *testing.T) {
	paths, _ := music(t, 6)
	m := newMemory()
	run(t, seeder(m), paths)
	for i, w := range m.writes {
		if id, ok := strings.CutPrefix(w, "entry "); ok {
			if !slices.Contains(m.writes[:i], "audio "+id) || !slices.Contains(m.writes[:i], "cover "+id) {
				t.Errorf("entry %s before its objects: %v", id, m.writes)
			}
		}
	}
}

func TestFailures(t *testing.T) {
	broken := errors.New("broken")
	for _, op := range []string{"get", "key", "audio", "cover", "entry"} {
		paths, audio := music(t, 4)
		m := newMemory()
		var victim string
		for id := range audio {
			victim = id
		}
		m.fail = func(what, id string) error {
			if what == op && id == victim {
				return broken
			}
			return nil
		}
		results := run(t, seeder(m), paths)
		if n := outcomes(results); n[Failed] != 1 || n[Uploaded] != 3 {
			t.Errorf("%s fails: %v", op, n)
		}
		for _, r := range results {
			if r.Outcome == Failed && (!errors.Is(r.Err, broken) || r.Song.ID.String() != victim) {
				t.Errorf("%s fails: %+v", op, r)
			}
		}
		if _, ok := m.entries[victim]; ok {
			t.Errorf("%s fails: the song is registered", op)
		}
	}
}

func TestBadFiles(t *testing.T) {
	paths, audio := music(t, 3)
	dir := t.TempDir()
	corrupt, twin, gone := filepath.Join(dir, "corrupt.mp3"), filepath.Join(dir, "twin.mp3"), filepath.Join(dir, "gone.mp3")
	whole, err := os.ReadFile(paths[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(corrupt, whole[:len(whole)/2], 0o666), os.WriteFile(twin, append(id3.Tag{Title: "Twin"}.Encode(), whole...), 0o666)); err != nil {
		t.Fatal(err)
	}
	m := newMemory()
	results := run(t, seeder(m), append(paths, corrupt, twin, gone))
	if n := outcomes(results); n[Uploaded] != 3 || n[Failed] != 2 || n[Duplicate] != 1 {
		t.Fatal(n)
	}
	var flaw *mp3.CorruptError
	if !errors.As(results[3].Err, &flaw) || results[4].Of != paths[1] || !errors.Is(results[5].Err, os.ErrNotExist) {
		t.Errorf("%v, %q, %v", results[3].Err, results[4].Of, results[5].Err)
	}
	m.whole(t, audio)
}

func TestDryRun(t *testing.T) {
	paths, _ := music(t, 3)
	m := newMemory()
	s := seeder(m)
	s.DryRun = true
	results := run(t, s, paths)
	if len(m.writes) != 0 || m.keys != 0 || outcomes(results)[Pending] != 3 {
		t.Errorf("%v, %d keys, %v", m.writes, m.keys, outcomes(results))
	}
	for _, r := range results {
		if !r.Need.Audio || !r.Need.Cover || !r.Need.Entry || r.Bytes <= r.Song.AudioSize {
			t.Errorf("%+v", r)
		}
	}
}

// TestInterrupted: what was not done stays pending and is not called failed.
func TestInterrupted(t *testing.T) {
	paths, audio := music(t, 6)
	m := newMemory()
	ctx, cancel := context.WithCancel(t.Context())
	m.fail = func(what, _ string) error {
		if what == "entry" && len(m.entries) == 2 {
			cancel()
			return ctx.Err()
		}
		return nil
	}
	s := seeder(m)
	s.Jobs = 1
	results, err := s.Run(ctx, paths)
	if n := outcomes(results); !errors.Is(err, context.Canceled) || n[Uploaded] != 2 || n[Pending] != 4 {
		t.Fatalf("%v, %v", n, err)
	}
	m.fail = newMemory().fail
	run(t, seeder(m), paths)
	m.whole(t, audio)
}

// TestChangedFile: a file that changes after it was read is not stored under
// the name of what it was.
func TestChangedFile(t *testing.T) {
	paths, _ := music(t, 2)
	m := newMemory()
	m.fail = func(what, _ string) error {
		if what == "get" { // between reading and sending
			b, err := os.ReadFile(paths[1])
			if err != nil {
				return err
			}
			return os.WriteFile(paths[0], b, 0o666)
		}
		return nil
	}
	results := run(t, seeder(m), paths)
	if !errors.Is(results[0].Err, ErrChanged) || results[1].Outcome != Uploaded || len(m.entries) != 1 {
		t.Errorf("%v, %d entries", results[0].Err, len(m.entries))
	}
}

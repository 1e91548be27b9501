package seeding

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// A Seeder holds how songs are brought into the cloud.
type Seeder struct {
	Cloud     Cloud
	Mode      fogfile.Mode
	KMSKey    string // ARN of the wrapping key; empty in static mode
	ChunkSize int
	Jobs      int // how many songs at once
	DryRun    bool
	Now       func() time.Time
	Random    io.Reader // of the salts; cryptographic
	Watcher   Watcher
}

// A Watcher is shown how a run goes. Its methods are called by several
// goroutines at once.
type Watcher interface {
	// Pass begins a pass over n songs; bytes is known when sending.
	Pass(p Pass, songs int, bytes int64)
	// Checked tells that reading or comparing has one song more behind it.
	Checked()
	// Sending tells that the song is being sent.
	Sending(r *Result) Transfer
}

// A Transfer is shown how sending a song goes.
type Transfer interface {
	Sent(bytes int64)
	// Done is called when r is final.
	Done()
}

// A Pass over the songs.
type Pass int

// The passes, in order.
const (
	Reading Pass = iota
	Comparing
	Sending
)

// An Outcome is what became of a file.
type Outcome int

const (
	Pending   Outcome = iota // not reached: the run was interrupted, or is dry
	Unchanged                // all of it was in the cloud
	Updated                  // its cover or entry was stored; its audio was there
	Uploaded                 // its audio was stored, and all the rest
	Duplicate                // its audio is that of the file named by Of
	Failed                   // Err says why
)

// A Result is what is known of a file.
type Result struct {
	Path    string
	Song    song.Song // without its cover
	Outcome Outcome
	Of      string // of a duplicate: the path of the file taken for the song
	Err     error
	Need    Need
	Bytes   int64 // to be sent

	coverSize int64
}

// Need is what the cloud lacks of a song.
type Need struct{ Audio, Cover, Entry bool }

// Any tells whether anything is lacking.
func (n Need) Any() bool { return n.Audio || n.Cover || n.Entry }

// ErrChanged is reported for a file that is no longer what was read at first.
var ErrChanged = errors.New("the file changed while it was being read")

// Run brings the songs in the files into the cloud and gives one result for
// each file, in the order of the paths. Its error is that of ctx: what goes
// wrong with a song is in its result.
func (s *Seeder) Run(ctx context.Context, paths []string) ([]*Result, error) {
	results := make([]*Result, len(paths))
	for i, p := range paths {
		results[i] = &Result{Path: p}
	}
	s.Watcher.Pass(Reading, len(results), 0)
	s.each(ctx, results, s.checked(s.read))
	deduplicate(results)
	pending := stillPending(results)
	s.Watcher.Pass(Comparing, len(pending), 0)
	s.each(ctx, pending, s.checked(s.compare))
	if s.DryRun || ctx.Err() != nil {
		return results, ctx.Err()
	}
	pending = stillPending(pending)
	var total int64
	for _, r := range pending {
		total += r.Bytes
	}
	s.Watcher.Pass(Sending, len(pending), total)
	s.each(ctx, pending, s.send)
	return results, ctx.Err()
}

// each does something for every result, Jobs at a time, until ctx ends.
func (s *Seeder) each(ctx context.Context, results []*Result, do func(context.Context, *Result) error) {
	var g errgroup.Group
	g.SetLimit(s.Jobs)
	for _, r := range results {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			r.settle(ctx, do(ctx, r))
			return nil
		})
	}
	g.Wait()
}

// settle takes the error into the result. A song that failed because ctx ended
// stays pending.
func (r *Result) settle(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		r.Outcome, r.Err = Failed, err
	}
}

func (s *Seeder) checked(do func(context.Context, *Result) error) func(context.Context, *Result) error {
	return func(ctx context.Context, r *Result) error {
		defer s.Watcher.Checked()
		return do(ctx, r)
	}
}

func stillPending(results []*Result) []*Result {
	var out []*Result
	for _, r := range results {
		if r.Outcome == Pending {
			out = append(out, r)
		}
	}
	return out
}

func (s *Seeder) read(_ context.Context, r *Result) error {
	g, _, err := song.Read(r.Path)
	r.Song = g
	r.coverSize = int64(len(g.Cover))
	r.Song.Cover = nil // read again when it is sent: there may be many songs
	return err
}

// deduplicate keeps the first file of those with the same audio.
func deduplicate(results []*Result) {
	first := map[fogfile.SongID]string{}
	for _, r := range results {
		if r.Outcome != Pending {
			continue
		}
		if path, ok := first[r.Song.ID]; ok {
			r.Outcome, r.Of = Duplicate, path
			continue
		}
		first[r.Song.ID] = r.Path
	}
}

// compare finds out what the cloud lacks of the song.
func (s *Seeder) compare(ctx context.Context, r *Result) error {
	e := s.entry(r.Song)
	had, ok, err := s.Cloud.Entry(ctx, r.Song.ID)
	if err != nil {
		return err
	}
	r.Need.Entry = !ok || !same(had, e)
	if r.Need.Audio, err = s.lacks(ctx, e.AudioKey, e.ObjectSize, audioMeta(e)); err != nil {
		return err
	}
	if r.Need.Cover, err = s.lacks(ctx, e.CoverKey, r.coverSize, coverMeta(e)); err != nil {
		return err
	}
	if r.Need.Audio {
		r.Bytes += e.ObjectSize
	}
	if r.Need.Cover {
		r.Bytes += r.coverSize
	}
	if !r.Need.Any() {
		r.Outcome = Unchanged
	}
	return nil
}

// lacks tells whether the cloud lacks the object with this size and metadata.
func (s *Seeder) lacks(ctx context.Context, key string, size int64, meta map[string]string) (bool, error) {
	o, ok, err := s.Cloud.Stat(ctx, key)
	return !ok || o.Size != size || !maps.Equal(o.Meta, meta), err
}

// send stores what the cloud lacks of the song, in sight of the watcher.
func (s *Seeder) send(ctx context.Context, r *Result) error {
	t := s.Watcher.Sending(r)
	defer t.Done()
	err := s.store(ctx, r, t)
	r.settle(ctx, err) // before Done, which shows it
	return err
}

// store stores what the cloud lacks of the song, its entry last.
func (s *Seeder) store(ctx context.Context, r *Result, t Transfer) error {
	g, audio, err := song.Read(r.Path)
	if err != nil {
		return err
	}
	if g.ID != r.Song.ID || g.CoverHash != r.Song.CoverHash {
		return ErrChanged
	}
	e := s.entry(r.Song)
	if r.Need.Audio {
		if err := s.storeAudio(ctx, g, audio, e, t); err != nil {
			return err
		}
	}
	if r.Need.Cover {
		o := Object{Key: e.CoverKey, ContentType: coverType, Body: g.Cover, Meta: coverMeta(e)}
		if err := s.Cloud.Store(ctx, o, t.Sent); err != nil {
			return err
		}
	}
	e.UploadedAt = s.Now().UTC().Format(time.RFC3339)
	if err := s.Cloud.Register(ctx, e); err != nil {
		return err
	}
	r.Outcome = Updated
	if r.Need.Audio {
		r.Outcome = Uploaded
	}
	return nil
}

func (s *Seeder) storeAudio(ctx context.Context, g song.Song, audio []byte, e Entry, t Transfer) error {
	sealed, err := s.seal(ctx, g, audio)
	if err != nil {
		return err
	}
	o := Object{Key: e.AudioKey, ContentType: ContainerType, Body: sealed, Meta: audioMeta(e)}
	return s.Cloud.Store(ctx, o, t.Sent)
}

// seal encrypts the audio under a key and a salt of its own.
func (s *Seeder) seal(ctx context.Context, g song.Song, audio []byte) ([]byte, error) {
	h := s.header(g)
	key := []byte(fogfile.StaticKey)
	if s.Mode == fogfile.ModeKMS {
		var err error
		if key, h.WrappedKey, err = s.Cloud.DataKey(ctx, g.ID); err != nil {
			return nil, err
		}
	}
	if _, err := io.ReadFull(s.Random, h.Salt[:]); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	b := bytes.NewBuffer(make([]byte, 0, h.Size()))
	w, err := fogfile.NewWriter(b, h, key)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(audio); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

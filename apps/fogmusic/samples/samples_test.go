package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/tune"
)

func command(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(args, &o, &e, func(string) string { return "" })
	return status, o.String(), e.String()
}

func TestHundred(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "music")
	if status, out, errOut := command(t, "--out", dir); status != 0 || out != "100 songs in "+dir+"\n" || errOut != "" {
		t.Fatalf("status %d: %s%s", status, out, errOut)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.mp3"))
	if err != nil || len(files) != 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	audio, titles, covers, genres := map[string]string{}, map[string]string{}, map[string]string{}, map[string]int{}
	for _, f := range files {
		s, _, err := song.Read(f)
		if err != nil || len(s.Warnings) > 0 {
			t.Fatalf("%s: %v %v", f, err, s.Warnings)
		}
		for what, seen := range map[string]map[string]string{s.AudioHash: audio, s.Title: titles, s.CoverHash: covers} {
			if other, ok := seen[what]; ok {
				t.Errorf("%s and %s have the same %q", f, other, what)
			}
			seen[what] = f
		}
		if s.Artist == "Unknown" || s.Album == "Unknown" || s.Genre == "Unknown" || s.Year != year || s.Track == 0 {
			t.Errorf("%s: %q %q %q %d %d", f, s.Artist, s.Album, s.Genre, s.Year, s.Track)
		}
		if s.Duration < 15*time.Second || s.Duration > 2*time.Minute {
			t.Errorf("%s lasts %v", f, s.Duration)
		}
		genres[s.Genre]++
	}
	if len(genres) != len(tune.Tunes) || genres["Rock"] < 15 {
		t.Errorf("genres: %v", genres)
	}
	few := t.TempDir()
	if status, _, errOut := command(t, "-o", few, "-n", "8"); status != 0 {
		t.Fatal(errOut)
	}
	again, err := os.ReadDir(few)
	if err != nil || len(again) != 8 {
		t.Fatalf("%d files again, %v", len(again), err)
	}
	for _, e := range again {
		a, errA := os.ReadFile(filepath.Join(dir, e.Name()))
		b, errB := os.ReadFile(filepath.Join(few, e.Name()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s made again differs (%v, %v)", e.Name(), errA, errB)
		}
	}
}

// TestRecordings: each carried recording has the frames of its tune's bars and
// tags of its own, and they are small together.
func TestRecordings(t *testing.T) {
	dir := t.TempDir()
	if status, _, errOut := command(t, "--originals", "-o", dir); status != 0 {
		t.Fatal(errOut)
	}
	var size int64
	for _, tn := range tune.Tunes {
		frames, err := recording(tn)
		if err != nil {
			t.Fatal(err)
		}
		if len(frames) != tune.Bars*tn.BarFrames {
			t.Errorf("%s: %d frames for %d bars of %d", tn.Name, len(frames), tune.Bars, tn.BarFrames)
		}
		for i, f := range frames {
			// main_data_begin, the first nine bits of the side information: it
			// does not need the frame before it.
			if f[4] != 0 || f[5]&0x80 != 0 {
				t.Fatalf("%s: frame %d borrows from the one before", tn.Name, i)
			}
			if h, ok := mp3.ParseFrame(f); !ok || h.SampleRate != tune.Rate {
				t.Fatalf("%s: frame %d: %+v", tn.Name, i, h)
			}
		}
		s, _, err := song.Read(filepath.Join(dir, tn.Name+".mp3"))
		if err != nil || s.Title != tn.Title || s.Artist != tn.Artist || s.Genre != tn.Genre || len(s.Warnings) > 0 {
			t.Errorf("%s: %q %q %q %v %v", tn.Name, s.Title, s.Artist, s.Genre, s.Warnings, err)
		}
		info, err := os.Stat(filepath.Join(dir, tn.Name+".mp3"))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 5<<19 {
		t.Errorf("the recordings have %d bytes", size)
	}
}

func TestForms(t *testing.T) {
	all := forms(maxSongs)
	seen := map[string]bool{}
	for _, f := range all {
		var name strings.Builder
		for _, p := range f {
			name.WriteByte(byte('a' + p.at))
		}
		if seen[name.String()] {
			t.Fatalf("form %s twice", name.String())
		}
		seen[name.String()] = true
	}
	if len(all) != maxSongs {
		t.Errorf("%d forms", len(all))
	}
	titles := map[string]bool{}
	for i := range maxSongs {
		titles[titleOf(i)] = true
	}
	if len(titles) != maxSongs {
		t.Errorf("%d titles for %d songs", len(titles), maxSongs)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"--out", "x", "more"}, {"--out", "x", "-n", "0"}, {"--out", "x", "-n", "10001"}, {"--what"}, {"--out", "x", "--lang", "fr"}} {
		if status, out, errOut := command(t, args...); status != 2 || out != "" || strings.Count(errOut, "\n") != 2 {
			t.Errorf("%v: status %d, %q", args, status, errOut)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if status, _, errOut := command(t, "--out", file); status != 1 || strings.Count(errOut, "\n") != 1 {
		t.Errorf("a file for a folder: status %d, %q", status, errOut)
	}
	for lang, want := range map[string]string{"en": "Usage:", "es": "Uso:"} {
		if _, out, _ := command(t, "--help", "--lang", lang); !strings.Contains(out, want) {
			t.Errorf("%q: %s", lang, out)
		}
	}
}

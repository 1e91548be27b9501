package song

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/id3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
)

// audio is three seconds of whole frames.
func audio() []byte {
	frame := make([]byte, 288)
	copy(frame, []byte{0xff, 0xfb, 0x74, 0x40})
	frames := make([][]byte, 125)
	for i := range frames {
		frames[i] = frame
	}
	return mp3.Join(frames)
}

func write(t *testing.T, name string, parts ...[]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, bytes.Join(parts, nil), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 90, 60))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	tag := id3.Tag{Title: "Rompeolas", Artist: "Los Faros Rotos", Album: "Marea alta", Genre: "Rock", Year: "2026", Track: "3", Cover: picture(t)}
	s, got, err := Read(write(t, "x.mp3", tag.Encode(), audio()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, audio()) || s.ID != fogfile.SongIDOf(audio()) || s.AudioSize != int64(len(got)) || s.AudioHash[:32] != s.ID.String() {
		t.Errorf("audio of %d bytes, song %s, hash %s", len(got), s.ID, s.AudioHash)
	}
	if s.Title != tag.Title || s.Artist != tag.Artist || s.Album != tag.Album || s.Genre != tag.Genre || s.Year != 2026 || s.Track != 3 ||
		s.Duration != 3*time.Second || s.Source != "x.mp3" || len(s.Warnings) != 0 {
		t.Errorf("%q by %q, %q, %q, %d, %d, %v, %q, %v", s.Title, s.Artist, s.Album, s.Genre, s.Year, s.Track, s.Duration, s.Source, s.Warnings)
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(s.Cover))
	if err != nil || format != "jpeg" || c.Width != 60 || c.Height != 60 {
		t.Errorf("cover: %s %dx%d, %v", format, c.Width, c.Height, err)
	}
	// Retagged, it is the same song.
	tag.Title = "Otra"
	again, _, err := Read(write(t, "y.mp3", tag.Encode(), audio()))
	if err != nil || again.ID != s.ID || again.Title != "Otra" {
		t.Errorf("retagged: %s %q, %v", again.ID, again.Title, err)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		file          string
		tag           id3.Tag
		title, artist string
	}{
		{"07 - Los Faros - Rompeolas.mp3", id3.Tag{}, "Rompeolas", "Los Faros"},
		{"7. Rompeolas.MP3", id3.Tag{}, "Rompeolas", "Unknown"},
		{"1979.mp3", id3.Tag{}, "1979", "Unknown"},
		{"123.mp3", id3.Tag{}, "123", "Unknown"},
		{".mp3", id3.Tag{}, "Unknown", "Unknown"},
		{"a - b - c.mp3", id3.Tag{}, "b - c", "a"},
		{"a - b.mp3", id3.Tag{Title: "  T\x00wo\tlines\n "}, "Two lines", "a"},
		{"a - b.mp3", id3.Tag{Artist: "\u200b\x07"}, "b", "a"},
		{"a - b.mp3", id3.Tag{Title: strings.Repeat("ñ", 500)}, strings.Repeat("ñ", maxText), "a"},
	} {
		s, _, err := Read(write(t, c.file, c.tag.Encode(), audio()))
		if err != nil || s.Title != c.title || s.Artist != c.artist || s.Album != "Unknown" || s.Genre != "Unknown" {
			t.Errorf("%s %+v: %q by %q, %q, %q (%v)", c.file, c.tag, s.Title, s.Artist, s.Album, s.Genre, err)
		}
		if s.Year != 0 || s.Track != 0 || len(s.Cover) == 0 {
			t.Errorf("%s: year %d, track %d, cover of %d bytes", c.file, s.Year, s.Track, len(s.Cover))
		}
	}
}

func TestGenre(t *testing.T) {
	for in, want := range map[string]string{"Rock": "Rock", "17": "Rock", "(17)": "Rock", "8": "Jazz", "255": "255", "1979": "1979", "Hi-NRG": "Hi-NRG"} {
		s, _, err := Read(write(t, "x.mp3", id3.Tag{Genre: in}.Encode(), audio()))
		if err != nil || s.Genre != want {
			t.Errorf("%q: %q, %v", in, s.Genre, err)
		}
	}
}

func TestBrokenTag(t *testing.T) {
	broken := []byte("ID3\x09\x00\x00\x00\x00\x00\x05hello") // a version that there is not
	s, _, err := Read(write(t, "a - b.mp3", broken, audio()))
	if err != nil || s.Title != "b" || len(s.Warnings) != 1 || s.Warnings[0].Part != Tags {
		t.Errorf("broken tag: %q, %v, %v", s.Title, s.Warnings, err)
	}
	tag := id3.Tag{Title: "Whole", Cover: []byte("no picture")}
	s, _, err = Read(write(t, "x.mp3", tag.Encode(), audio()))
	if err != nil || s.Title != "Whole" || len(s.Cover) == 0 || len(s.Warnings) != 1 || s.Warnings[0].Part != Cover {
		t.Errorf("broken cover: %q, cover of %d bytes, %v, %v", s.Title, len(s.Cover), s.Warnings, err)
	}
}

func TestUnreadable(t *testing.T) {
	var corrupt *mp3.CorruptError
	if _, _, err := Read(write(t, "x.mp3", []byte("no music"))); !errors.As(err, &corrupt) {
		t.Error(err)
	}
	if _, _, err := Read(filepath.Join(t.TempDir(), "none.mp3")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	large := write(t, "x.mp3")
	if err := os.Truncate(large, MaxSize+1); err != nil { // sparse: takes no room
		t.Fatal(err)
	}
	var tooLarge *TooLargeError
	if _, _, err := Read(large); !errors.As(err, &tooLarge) || tooLarge.Size != MaxSize+1 {
		t.Error(err)
	}
	if _, _, err := Read(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

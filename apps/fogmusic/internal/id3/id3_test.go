package id3

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dhowden/tag"
)

func TestReadBack(t *testing.T) {
	for _, size := range []int{1, 127, 128, 300, 1<<14 + 3, 1<<21 + 5} { // around the borders of sync-safe sizes
		in := Tag{
			Title: "Título con eñe", Artist: "Ärtist", Album: "アルバム", Genre: "Rock", Year: "2026", Track: "7",
			Comment: "free to use", Cover: bytes.Repeat([]byte{0xff}, size),
		}
		m, err := tag.ReadFrom(bytes.NewReader(append(in.Encode(), "audio"...)))
		if err != nil {
			t.Fatalf("cover of %d bytes: %v", size, err)
		}
		track, _ := m.Track()
		if m.Format() != tag.ID3v2_4 || m.Title() != in.Title || m.Artist() != in.Artist || m.Album() != in.Album || m.Genre() != in.Genre ||
			m.Year() != 2026 || track != 7 || !strings.Contains(m.Comment(), in.Comment) {
			t.Errorf("read back %s %q %q %q %q %d %d %q", m.Format(), m.Title(), m.Artist(), m.Album(), m.Genre(), m.Year(), track, m.Comment())
		}
		if p := m.Picture(); p == nil || p.MIMEType != "image/jpeg" || !bytes.Equal(p.Data, in.Cover) {
			t.Errorf("cover of %d bytes was not read back", size)
		}
	}
	if got := (Tag{}).Encode(); len(got) != 10 {
		t.Errorf("an empty tag has %d bytes", len(got))
	}
}
